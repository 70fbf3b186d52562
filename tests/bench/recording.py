"""What recording costs and how soon playback starts: `python -m tests.bench.recording cpu` and `… playback ROWS …`.

`cpu`: 16 cameras of 4 Mbit/s for 20 seconds in real time, into a real vault and database; processor time of all that
recording does (copying, muxing, encrypting, writing, indexing), without reading the network or decoding.
`playback`: on the PostgreSQL of DATABASE_URL, in a database of its own that is dropped at the end; index rows of 300
cameras are made up to each number of rows, and minutes at random are found, decrypted and put together.
"""

import argparse
import json
import os
import random
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import tests.environment as environment

CAMERAS, SECONDS, MEGABITS = 16, 20, 4
FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["cpu", "playback"])
    parser.add_argument("rows", nargs="*", type=int, default=[1_000_000, 4_000_000, 16_000_000])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lockport-bench-") as name:
        os.environ["LOCKPORT_VAULT"] = f"{name}/vault"
        os.environ["LOCKPORT_KEYS_FOLDER"] = f"{name}/keys"
        os.environ["DJANGO_SETTINGS_MODULE"] = "lockport.settings"
        if asked.what == "cpu":
            os.environ["DATABASE_URL"] = f"sqlite:///{name}/bench.sqlite3"
            print(json.dumps(cpu(Path(name)), indent=1))
        else:
            with own_database():
                print(json.dumps(playback(Path(name), asked.rows), indent=1))


def prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def cpu(folder: Path) -> dict:
    """Seconds of processor time for each second of wall time, of all cameras together."""
    prepare()
    from cameras.models import Camera, School, Segment
    from cameras.recording.reasons import Reason
    from cameras.recording.recorder import Recorder
    from cameras.recording.slicing import Mode
    from cameras.recording.storing import VaultKeeper

    school = School.objects.create(name="Bench", jurisdiction="US-PA")
    rows = [Camera.objects.create(school=school, name=f"Camera {n}", address="usb:9") for n in range(CAMERAS)]
    clip = make_clip(folder / "clip.mp4")
    # Each camera has packets of its own, read before the clock starts.
    packets = [read(clip) for _ in rows]
    recorder = Recorder(VaultKeeper())
    taps = [recorder.attach(row.pk, Mode.ALWAYS) for row in rows]
    began, used = time.monotonic(), time.process_time()
    threads = [threading.Thread(target=send, args=(tap, own, began)) for tap, own in zip(taps, packets, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = time.process_time()
    wall = time.monotonic() - began
    for tap in taps:
        recorder.detach(tap, Reason.WORKER, timeout=30)
    stored = sum(Segment.objects.values_list("size", flat=True))
    return {
        "cameras": CAMERAS,
        "megabits_per_camera": round(sum(packet.size for packet in packets[0]) * 8 / SECONDS / 1e6, 2),
        "wall_s": round(wall, 1),
        "cpu_s": round(time.process_time() - used, 2),
        "cpu_s_until_the_last_packet": round(sent - used, 2),
        "share_of_one_core": round((time.process_time() - used) / wall, 3),
        "goal": 0.15,
        "stored_mb": round(stored / 1e6, 1),
        "segments": Segment.objects.count(),
        "dropped": sum(tap.dropped for tap in taps),
    }


def make_clip(path: Path) -> Path:
    """Noise that takes 4 Mbit/s, 1280×720, 15 pictures a second, a keyframe every two seconds."""
    import av
    import numpy as np

    rng = np.random.default_rng(0)
    rate, bits = 15, MEGABITS * 1_000_000
    options = {"preset": "ultrafast", "g": "30", "nal-hrd": "cbr", "maxrate": str(bits), "bufsize": str(bits)}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 1280, 720, "yuv420p", bits
        noise = rng.integers(0, 255, (8, 720, 1280, 3), np.uint8)
        for number in range(rate * SECONDS):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(noise[number % 8], format="bgr24")))
        container.mux(stream.encode(None))
    return path


def read(path: Path) -> list:
    import av

    container = av.open(str(path))
    return [packet for packet in container.demux(video=0) if packet.size]


def send(tap, packets: list, began: float) -> None:
    for packet in packets:
        time.sleep(max(0.0, began + float(packet.dts * packet.time_base) - time.monotonic()))
        tap.on_packet(packet)


def own_database():
    """A new database on the server of DATABASE_URL, dropped at the end."""
    import contextlib

    import psycopg

    @contextlib.contextmanager
    def make():
        server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
        name = f"lockport_bench_{os.getpid()}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = f"{server}/{name}"
        try:
            yield
        finally:
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    return make()


def playback(folder: Path, sizes: list[int]) -> list[dict]:
    prepare()
    from cameras.models import Camera, School

    school = School.objects.create(name="Bench", jurisdiction="US-PA")
    Camera.objects.bulk_create(Camera(school=school, name=f"Camera {n}", address="usb:9") for n in range(300))
    cameras = list(Camera.objects.order_by("pk"))
    content = segment(folder)
    found, there = [], 0
    for rows in sorted(sizes):
        fill(cameras, there, rows // len(cameras), len(content))
        there = rows // len(cameras)
        found.append(measure(cameras, there, content))
    return found


def segment(folder: Path) -> bytes:
    """Ten seconds of 4 Mbit/s as they are stored."""
    from cameras.recording.mux import segment_bytes
    from cameras.recording.slicing import Mode, Slicer

    slicer = Slicer(Mode.ALWAYS)
    for packet in read(make_clip(folder / "clip.mp4")):
        for one in slicer.add(packet, float(packet.dts * packet.time_base)):
            return segment_bytes(one.track, one.samples)
    raise AssertionError("the clip is too short")


def fill(cameras: list, there: int, each: int, size: int) -> None:
    """Index rows of ten seconds, from `there` up to `each` for each camera, in the order in which they would come."""
    from django.db import connection

    with connection.cursor() as cursor:
        # Twelve million looks at the cameras' table would take longer than all the rest.
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'cameras_segment'::regclass AND contype = 'f'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE cameras_segment DROP CONSTRAINT "{name}"')
        cursor.execute(
            'INSERT INTO cameras_segment (camera_id, start, "end", codec, track, size, has_motion) '
            "SELECT camera, %s::timestamptz + n * interval '10 s', %s::timestamptz + (n + 1) * interval '10 s', "
            "'h264', 'abcdef01', %s, n %% 5 = 0 "
            "FROM generate_series(%s, %s) AS n, unnest(%s::bigint[]) AS camera",
            [FIRST, FIRST, size, there, each - 1, [camera.pk for camera in cameras]],
        )
        cursor.execute("ANALYZE cameras_segment")


def measure(cameras: list, each: int, content: bytes, *, times: int = 40) -> dict:
    """From the request for a minute at random to its first part in memory, ready to be sent."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import storages
    from django.db import connection

    from cameras.recording.selectors import chunks, segments_between, video_between

    rng = random.Random(each)
    lookups, starts = [], []
    for _ in range(times):
        camera = rng.choice(cameras)
        minute = FIRST + timedelta(seconds=60 * rng.randrange(max(1, each // 6 - 1)))
        vault = storages["vault"]
        names = [row.name for row in segments_between(camera, minute, minute + timedelta(minutes=1))]
        for name in names:
            vault.save(name, ContentFile(content))
        connection.close()
        connection.ensure_connection()
        began = time.perf_counter()
        rows = segments_between(camera, minute, minute + timedelta(minutes=1))
        lookups.append(time.perf_counter() - began)
        first = chunks(rows, start=minute, end=minute + timedelta(minutes=1))[0]
        video_between(camera, first.start, first.end)
        starts.append(time.perf_counter() - began)
        for name in names:
            vault.delete(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), pg_total_relation_size('cameras_segment') / 1e6 FROM cameras_segment")
        rows, size = cursor.fetchone()
    return {
        "rows": rows,
        "table_mb": round(float(size)),
        "lookup_ms": figures(lookups),
        "first_part_ms": figures(starts),
        "goal_ms": 300,
    }


def figures(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {"median": round(1000 * ordered[len(ordered) // 2], 1), "worst": round(1000 * ordered[-1], 1)}


if __name__ == "__main__":
    assert environment.FOLDER.exists()
    main()
