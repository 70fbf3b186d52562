"""How fast the purge takes recordings' rows out of the index: `python -m tests.bench.purging --rows 1000000`.

Works in a database of its own on the server that DATABASE_URL names (PostgreSQL for the figure that counts). The rows
have no files, as when the disk of the vault was lost: it is the index that is measured, and the memory it takes.
"""

import argparse
import os
import resource
import time
from datetime import timedelta

import django

import tests.environment  # noqa: F401  (a temporary data folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cameras", type=int, default=300)
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")
    django.setup()
    from django.db import connection
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    before = runner.setup_databases()
    try:
        figures = measure(chosen.rows, chosen.cameras)
    finally:
        runner.teardown_databases(before)
    print(f"{connection.vendor}: {figures['rate']:,.0f} rows a second (goal on PostgreSQL: 5,000)")
    print(f"{figures['busy_rate']:,.0f} rows for each second of this process's own processor time")
    print(f"memory: {figures['megabytes_before']} MB before, {figures['megabytes_after']} MB at most")


def measure(rows: int, cameras: int) -> dict[str, float]:
    from cameras.models import Camera, School, Segment
    from retention.purging import purge

    school = School.objects.create(name="Bench", jurisdiction="US-PA")
    places = Camera.objects.bulk_create(
        [Camera(school=school, name=f"Camera {number}", address="usb:0", enabled=False) for number in range(cameras)]
    )
    fill(rows, [camera.pk for camera in places])
    before = peak_megabytes()
    began, busy = time.perf_counter(), time.process_time()
    run = purge()
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    assert not Segment.objects.exists() and run.errors == [], run.errors
    assert run.destroyed["recordings"]["count"] == rows
    return {
        "rate": rows / seconds,
        "busy_rate": rows / busy,
        "megabytes_before": before,
        "megabytes_after": peak_megabytes(),
    }


def fill(rows: int, cameras: list[int]) -> None:
    """Ten-second segments, one camera after the other through the days, all of them past their limit."""
    from django.utils import timezone

    from cameras.models import Segment

    first = timezone.now() - timedelta(days=70)
    batch = []
    for number in range(rows):
        start = first + timedelta(seconds=10 * (number // len(cameras)))
        camera = cameras[number % len(cameras)]
        end = start + timedelta(seconds=10)
        batch.append(Segment(camera_id=camera, start=start, end=end, codec="h264", track="x", size=1, has_motion=False))
        if len(batch) == 20_000 or number == rows - 1:
            Segment.objects.bulk_create(batch, batch_size=2_000)
            batch.clear()


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
