"""`make bench`: what the main job costs, as ratios against the usual way in the same run. `ARGS=--json` prints JSON.

With ../shared beside the project the clip shows London faces walking past (people in the picture half of the time);
without it, the two public-domain faces of the demonstration.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2

import tests.environment as environment
from tests.bench import recognising, resting
from tests.end_to_end.deployment import Deployment, deployment, wait_for

SHARED = environment.PROJECT.parent / "shared"
ENROLLED, PASSERS_BY = ["003", "014", "022"], ["008", "031", "061"]
CAMERAS = 8

MAKE_CAMERAS = """
from cameras.models import Camera, School
school = School.objects.create(name="Bench", jurisdiction="US-PA")
Camera.objects.bulk_create(Camera(school=school, name=f"Camera {{n}}", address="walk.mp4") for n in range({count}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    as_json = parser.parse_args().json
    with tempfile.TemporaryDirectory(prefix="lockport-bench-") as name:
        folder = Path(name)
        clip, gallery, enrolled = make_clip(folder)
        figures = {"pipeline": pipeline(clip, gallery, enrolled), "memory": memory_of_a_worker(folder, clip)}
        figures |= recognition(folder, gallery) | {"resting": resting.resting(folder)}
    print(json.dumps(figures, indent=1) if as_json else table(figures))


def make_clip(folder: Path) -> tuple[Path, Path, list[str]]:
    """A clip with people in it half of the time, a folder with the gallery, and who should be found."""
    gallery = folder / "gallery"
    gallery.mkdir()
    clip = folder / "walk.mp4"
    if not SHARED.exists():
        return make_packaged_clip(clip, gallery)
    for person in ENROLLED:
        (gallery / f"{person}.jpg").write_bytes((SHARED / "data/london/neutral" / f"{person}.jpg").read_bytes())
    people = [name for pair in zip(ENROLLED, PASSERS_BY, strict=True) for name in pair]
    options = [
        "--size",
        "1920x1080",
        "--fps",
        "15",
        "--crossing",
        "4",
        "--gap",
        "8",
        "--face",
        "150",
        "--people",
    ] + people
    faces = SHARED / "data/london/smiling"
    command = [sys.executable, SHARED / "tools/make_clip.py", "--faces", faces, "--out", clip]
    subprocess.run([*command, "--truth", folder / "walk.json", *options], check=True)
    return clip, gallery, ENROLLED


def make_packaged_clip(clip: Path, gallery: Path) -> tuple[Path, Path, list[str]]:
    import django

    django.setup()
    from lockport.demo.clip import make_clip as film
    from lockport.demo.district import walker
    from lockport.demo.faces import packaged_faces

    faces = packaged_faces()
    film(clip, [walker(face) for face in faces])
    enrolled = [face for face in faces if face.enrolled]
    for face in enrolled:
        cv2.imwrite(str(gallery / f"{face.name}.jpg"), face.picture)
    return clip, gallery, [face.name for face in enrolled]


def pipeline(clip: Path, gallery: Path, enrolled: list[str]) -> dict:
    """`manage.py benchmark` against the usual loop on the same frames."""
    words = ["benchmark", str(clip), "--gallery", str(gallery), "--fps", "5", "--against", "face_recognition", "--json"]
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=environment.PROJECT, capture_output=True, text=True, check=True
    )
    report = json.loads(done.stdout)
    found = sorted({match["person"] for match in report["matches"]})
    return {
        "ms_per_analysed_frame": report["cpu_ms_per_analysed_frame"],
        "usual_ms_per_analysed_frame": report["usual_cpu_ms_per_analysed_frame"],
        "times_less_cpu": report["times_less_cpu"],
        "times_less_cpu_without_decoding": report["times_less_cpu_without_decoding"],
        "cameras_per_core": report["cameras_per_core"],
        "found": found,
        "missed": sorted(set(enrolled) - set(found)),
        "wrong": sorted(set(found) - set(enrolled)),
    }


def recognition(folder: Path, gallery: Path) -> dict:
    """One probe, enrolling and, with ../shared, a small evaluation."""
    press, portraits = SHARED / "data" / "lfw", SHARED / "data" / "london" / "neutral"
    photographs = sorted(portraits.glob("*.jpg")) if SHARED.exists() else sorted(gallery.glob("*.jpg")) * 20
    figures = {"probe": recognising.probe(), "enrolling": recognising.enrolling(photographs)}
    if SHARED.exists():
        figures["accuracy"] = recognising.accuracy(folder / "press", press)
    return figures


def memory_of_a_worker(folder: Path, clip: Path) -> dict:
    """The most memory that one watch worker with eight cameras took, in MB, after each has watched for a while."""
    (folder / "videos").mkdir()
    clip.rename(folder / "videos" / "walk.mp4")
    with deployment(folder) as district:
        district.shell(MAKE_CAMERAS.format(count=CAMERAS))
        district.start_all()
        wait_for(
            lambda: district.log("watch").count("watch began") >= CAMERAS, "not all cameras are watched", seconds=60
        )
        before = processor_seconds(district)
        seconds = 40
        time.sleep(seconds)
        status = Path(f"/proc/{district.processes['watch'].pid}/status").read_text()
        peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        used = processor_seconds(district) - before
    return {"cameras": CAMERAS, "peak_mb": round(peak / 1024), "cores": round(used / seconds, 2)}


def processor_seconds(district: Deployment) -> float:
    fields = Path(f"/proc/{district.processes['watch'].pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def table(figures: dict) -> str:
    pipe, memory = figures["pipeline"], figures["memory"]
    rows = [
        ("CPU ms an analysed 1080p frame", pipe["ms_per_analysed_frame"], ""),
        ("the usual loop, same frames", pipe["usual_ms_per_analysed_frame"], ""),
        ("times less CPU, decoding included", pipe["times_less_cpu"], ">= 20"),
        ("times less CPU, without decoding", pipe["times_less_cpu_without_decoding"], ">= 30"),
        ("cameras per core", pipe["cameras_per_core"], ">= 10"),
        ("missed", ", ".join(pipe["missed"]) or "nobody", "nobody"),
        ("wrongly named", ", ".join(pipe["wrong"]) or "nobody", "nobody"),
        (f"MB of a worker with {memory['cameras']} cameras", memory["peak_mb"], "<= 1200"),
        (f"cores of that worker, {memory['cameras']} cameras", memory["cores"], ""),
        *resting.rows(figures),
        *recognising.rows(figures),
    ]
    return "\n".join(
        f"{what:<42}{value!s:>12}   {goal}" for what, value, goal in [("figure", "measured", "goal"), *rows]
    )


if __name__ == "__main__":
    main()
