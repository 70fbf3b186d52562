"""Real workers, a real broker, real leases: each camera is watched by one worker, whatever happens to the workers."""

import json
import random
import re
import time
from datetime import datetime
from pathlib import Path

import av
import numpy as np
import pytest
import redis

from cameras.leases import LIFETIME
from tests.end_to_end.deployment import BEAT, WORKER, Deployment, deployment, wait_for

pytestmark = pytest.mark.timeout(300)

MAKE = """
from cameras.models import Camera, School
school, _ = School.objects.get_or_create(name="North Park", jurisdiction="US-PA")
Camera.objects.bulk_create(Camera(school=school, name=f"Camera {{n}}", address="still.mp4") for n in range({count}))
print(*Camera.objects.values_list("pk", flat=True))
"""
LINE = re.compile(r"^(\S+ \S+?),(\d+) INFO alerts\.\w+: Camera (\d+): watch (began|ended)", re.MULTILINE)


@pytest.fixture
def running(tmp_path: Path):
    with deployment(tmp_path) as district:
        yield district


def make_cameras(district: Deployment, count: int) -> list[int]:
    """Cameras that all show the same small, quiet video file."""
    videos = district.folder / "videos"
    videos.mkdir(exist_ok=True)
    with av.open(str(videos / "still.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=2)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for _ in range(20):
            picture = av.VideoFrame.from_ndarray(np.full((120, 160, 3), 90, np.uint8), format="bgr24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return [int(word) for word in district.shell(MAKE.format(count=count)).split()]


def start_workers(district: Deployment, *names: str, cameras: int) -> None:
    for name in names:
        district.start_watch_worker(name, cameras=cameras)
    district.start("work", f"{WORKER} -Q default --concurrency=1 --hostname=work@%h")
    district.start("beat", f"{BEAT} --schedule={district.folder / 'beat-schedule'}")


def watched(district: Deployment) -> set[int]:
    """The cameras for which somebody holds a lease."""
    connection = redis.Redis.from_url(district.environment["REDIS_URL"])
    return {int(key.rsplit(b":", 1)[1]) for key in connection.scan_iter("lockport:lease:camera:*")}


def intervals(district: Deployment, *names: str) -> dict[int, list[tuple[float, float, str]]]:
    """Per camera, each watch as (begin, end, worker) in unix seconds, from the workers' own logs."""
    found: dict[int, list[tuple[float, float, str]]] = {}
    for name in names:
        open_since: dict[int, float] = {}
        for stamp, milliseconds, camera, what in LINE.findall(district.log(name)):
            moment = datetime.fromisoformat(stamp).timestamp() + int(milliseconds) / 1000
            if what == "began":
                open_since[int(camera)] = moment
            elif int(camera) in open_since:
                found.setdefault(int(camera), []).append((open_since.pop(int(camera)), moment, name))
        for camera_id, began in open_since.items():
            found.setdefault(camera_id, []).append((began, float("inf"), name))
    return found


def test_a_killed_worker_s_cameras_are_watched_again_within_15_seconds(running: Deployment):
    cameras = set(make_cameras(running, 4))
    start_workers(running, "one", "two", cameras=8)
    wait_for(lambda: watched(running) == cameras, "not all cameras are watched", seconds=60)
    time.sleep(1)
    victims = {camera for camera, rows in intervals(running, "one").items() if rows[-1][1] == float("inf")}
    survivor, victim = ("two", "one") if victims else ("one", "two")
    victims = victims or cameras
    running.kill(victim)
    killed_at = time.time()

    def all_taken_over() -> bool:
        rows = intervals(running, survivor)
        return all(any(began > killed_at for began, _, _ in rows.get(camera, [])) for camera in victims)

    wait_for(all_taken_over, "the killed worker's cameras are not watched again", seconds=15)
    print(f"\nwatched again {time.time() - killed_at:.1f} s after the worker was killed (a lease lives {LIFETIME:g} s)")


def test_a_worker_that_is_asked_to_stop_stops_within_5_seconds_and_another_takes_over(running: Deployment):
    cameras = set(make_cameras(running, 3))
    start_workers(running, "one", cameras=8)
    wait_for(lambda: watched(running) == cameras, "not all cameras are watched", seconds=60)
    assert running.stop("one") <= 5
    assert watched(running) == set(), "a stopped worker gives its leases back"
    running.start_watch_worker("two")
    wait_for(lambda: watched(running) == cameras, "nobody took over", seconds=30)


def test_a_hundred_cameras_switched_at_random_are_never_watched_twice_nor_left_behind(running: Deployment):
    cameras = make_cameras(running, 100)
    start_workers(running, "one", "two", cameras=60)
    wait_for(lambda: len(watched(running)) == 100, "not all cameras are watched", seconds=90)
    wanted = json.loads(
        running.shell(SWITCH_AT_RANDOM.format(seconds=20, seed=random.randrange(10**6))).splitlines()[-1]
    )
    wait_for(lambda: watched(running) == set(wanted), "the watched cameras are not those switched on", seconds=30)
    time.sleep(5)
    assert watched(running) == set(wanted), "an orphaned task began to watch a camera that is off"
    for camera, rows in intervals(running, "one", "two").items():
        rows.sort()
        for (_, ended, first), (began, _, second) in zip(rows, rows[1:], strict=False):
            assert began >= ended, f"camera {camera} was watched by {first} and {second} at once"
        assert (rows[-1][1] == float("inf")) == (camera in wanted)
    assert set(cameras) == set(intervals(running, "one", "two"))


SWITCH_AT_RANDOM = """
import json, random, time
from cameras.models import Camera
random.seed({seed})
ids = list(Camera.objects.values_list("pk", flat=True))
deadline = time.monotonic() + {seconds}
while time.monotonic() < deadline:
    some = random.sample(ids, random.randint(1, 10))
    Camera.objects.filter(pk__in=some).update(enabled=random.random() < 0.6)
    time.sleep(random.random() / 5)
print(json.dumps(list(Camera.objects.filter(enabled=True).values_list("pk", flat=True))))
"""
