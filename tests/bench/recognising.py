"""What recognising costs and how often it errs: one probe against ten thousand entries, enrolling, a small evaluation.

Each figure has that of the usual way beside it, measured in the same run on the same photographs.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

import tests.environment as environment
from cameras.vision.match import decide
from cameras.vision.prior import DEFAULT_PRIOR
from cameras.vision.types import DIMENSIONS, Gallery

ENTRIES = 10_000
PROCESSES = 2
PHOTOGRAPHS = 60  # enrolled; the usual way is shown a tenth of them
ENROLLED, STRANGERS, EACH = 60, 250, 8  # of the small evaluation: people with several photographs, and with one
EVALUATE = "--rounds 6 --size 50 --json --processes"


def probe() -> dict[str, float]:
    """Milliseconds to decide on a track of three shots among 10,000 entries, and to compare one face the usual way.

    In a process of its own, which like a worker has numpy on one thread.
    """
    import lockport  # noqa: F401  (it says so in the environment)

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_probe).result()


def _probe() -> dict[str, float]:
    random = np.random.default_rng(0)
    centre = DEFAULT_PRIOR.crowding.centre
    vectors = (centre + random.normal(0, 0.05, (ENTRIES, DIMENSIONS))).astype(np.float32)
    gallery = Gallery(tuple(range(ENTRIES)), vectors, np.full(ENTRIES, 0.6, np.float32), -0.2, "bench")
    shots = (vectors[7] + random.normal(0, 0.01, (3, DIMENSIONS))).astype(np.float32)
    weights = np.ones(3, np.float32)
    plainly = vectors.astype(np.float64)
    if decide(shots, weights, gallery) is None:
        raise AssertionError("The track of an enrolled person was not found: these timings are of something else.")
    stranger = (centre + random.normal(0, 0.05, (3, DIMENSIONS))).astype(np.float32)
    return {
        "entries": ENTRIES,
        "stranger_ms": _milliseconds(lambda: decide(stranger, weights, gallery)),
        "enrolled_ms": _milliseconds(lambda: decide(shots, weights, gallery)),
        # What face_recognition.face_distance does.
        "usual_ms": _milliseconds(lambda: np.linalg.norm(plainly - stranger[0], axis=1)),
    }


def enrolling(photographs: Sequence[Path]) -> dict[str, float]:
    """Photographs a second that are examined, with two processes; and processor time against the usual way."""
    chosen = [str(path) for path in photographs[:PHOTOGRAPHS]]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(_examined, chosen[: 4 * PROCESSES]))  # both processes have loaded the networks
        start = time.monotonic()
        spent = list(pool.map(_examined, chosen, chunksize=4))
        seconds = time.monotonic() - start
        usual = list(pool.map(_usually, chosen[: PHOTOGRAPHS // 10]))
    ours = statistics.mean(spent)
    return {
        "a_second": round(len(chosen) / seconds, 1),
        "cpu_ms": round(1000 * ours, 1),
        "usual_cpu_ms": round(1000 * statistics.mean(usual), 1),
        "times_less_cpu": round(statistics.mean(usual) / ours, 2),
    }


def accuracy(folder: Path, source: Path) -> dict[str, Any]:
    """A small `manage.py evaluate` on people of LFW; nothing of it is kept."""
    people = {one: sorted(one.glob("*.jpg")) for one in sorted(source.iterdir()) if one.is_dir()}
    several = [one for one, pictures in people.items() if len(pictures) >= EACH][:ENROLLED]
    single = [one for one, pictures in people.items() if len(pictures) == 1][:STRANGERS]
    for person in several + single:
        (folder / person.name).mkdir(parents=True)
        for picture in people[person][:EACH]:
            (folder / person.name / picture.name).symlink_to(picture)
    words = ["--gallery", str(folder), "--probes", str(folder), *EVALUATE.split(), str(PROCESSES)]
    environ = os.environ | {
        "LOCKPORT_DATA": str(folder.parent / "data"),
        "DATABASE_URL": f"sqlite:///{folder.parent / 'evaluation.sqlite3'}",
    }
    for command in (["migrate", "-v0"], ["evaluate", *words]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=environment.PROJECT,
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
    by_use = {(each["photographs"], each["frames"]): each for each in json.loads(done.stdout)["settings"]}
    return {
        "fnir_1_photograph": _missed(by_use[1, 1], "ours"),
        "usual_fnir_1_photograph": _missed(by_use[1, 1], "usual"),
        "fnir_3_photographs": _missed(by_use[3, 1], "ours"),
        "usual_fnir_3_photographs": _missed(by_use[3, 1], "usual"),
        "fnir_3_photographs_3_pictures": _missed(by_use[3, 3], "ours"),
        "fpir_derived": by_use[3, 3]["ours"]["operating"]["fpir"]["value"],
        "fpir_usual_at_0.6": by_use[3, 3]["usual"]["operating"]["fpir"]["value"],
    }


def rows(figures: dict[str, Any]) -> list[tuple[str, Any, str]]:
    """What to print, with the goals; bounds of the small evaluation are wide, for it is small."""
    one, enrolment = figures["probe"], figures["enrolling"]
    told: list[tuple[str, Any, str]] = [
        (f"ms to decide on a passer-by, {one['entries']:,} entries", one["stranger_ms"], "<= 1"),
        ("ms where the track matches", one["enrolled_ms"], ""),
        ("the usual way, one face, not deciding", one["usual_ms"], ""),
        ("photographs enrolled a second, 2 processes", enrolment["a_second"], ">= 30"),
        ("CPU ms a photograph", enrolment["cpu_ms"], ""),
        ("times less CPU than the usual way", enrolment["times_less_cpu"], ""),
    ]
    small = figures.get("accuracy")
    if small:
        told += [
            ("missed at FPIR 1 %, 1 photograph", _share(small, "fnir_1_photograph"), "<= 0.4 x usual"),
            ("missed at FPIR 1 %, 3 photographs", _share(small, "fnir_3_photographs"), "<= 0.2 x usual"),
            ("missed, 3 photographs, tracks of 3", f"{small['fnir_3_photographs_3_pictures']:.1%}", "<= 2 %"),
            ("strangers alerted, budget 0.1 %", f"{small['fpir_derived']:.2%}", "<= 0.5 %"),
            ("strangers alerted, usual way at 0.6", f"{small['fpir_usual_at_0.6']:.0%}", ""),
        ]
    return told


def _share(small: dict[str, float], name: str) -> str:
    return f"{small[name]:.1%} / {small[f'usual_{name}']:.0%}"


def _missed(setting: dict[str, Any], way: str) -> float:
    return next(point["fnir"]["value"] for point in setting[way]["measured"] if point["wanted"] == 0.01)


def _milliseconds(call: Callable[[], object], *, times: int = 101) -> float:
    call()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        spent.append(time.perf_counter() - start)
    return round(1000 * statistics.median(spent), 3)


def _django() -> None:
    import cv2
    import django

    django.setup()
    cv2.setNumThreads(1)


def _examined(path: str) -> float:
    """Processor seconds to examine one photograph, refused or not."""
    _django()
    from contextlib import suppress

    from watchlist.enrolment import EnrolmentProblem, examine

    start = time.process_time()
    with suppress(EnrolmentProblem):
        examine(Path(path).read_bytes())
    return time.process_time() - start


def _usually(path: str) -> float:
    """Processor seconds of face_recognition's face_encodings: dlib's detector, landmarks and network."""
    import cv2

    loop = _usual_loop()
    start = time.process_time()
    loop.encodings(cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB))
    return time.process_time() - start


@cache
def _usual_loop() -> Any:
    _django()
    from cameras.benchmarking import Enrolled, UsualLoop

    return UsualLoop(Enrolled(Gallery.empty(), (), {}, ()))
