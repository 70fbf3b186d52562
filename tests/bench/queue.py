"""`python -m tests.bench.queue`: how long the server takes for the review room's pages at 100,000 alerts.

Ten schools with 300 cameras that are being watched, all of them granted to the one who asks. In a database of its own,
or an empty one that DATABASE_URL names (PostgreSQL too). Prints for each page the median and the 95th percentile in ms,
by the clock and of processor (this process's: SQLite's included, PostgreSQL's not), its queries and its size; beside
them the processor's 95th percentile at 100 alerts: the ratio says whether a page grows with the alerts, whatever else
the machine is doing. `serving.py` says what is measured; the goal is one of the clock.
"""

import argparse
import os
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

FEW, MANY = 100, 100_000
PAGES = ["/", "/alerts/{pk}/", "/alerts/{pk}/card", "/figures/", "/cameras/", "/map/{school}/", "/notifications/"]
GOAL = 150  # ms, the 95th percentile


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--alerts", type=int, default=MANY)
    rounds, many = parser.parse_args().rounds, parser.parse_args().alerts
    with tempfile.TemporaryDirectory(prefix="lockport-bench-") as name:
        prepare(Path(name))
        people = make_people()
        figures = {}
        for number in (FEW, many):
            fill(number, people)
            figures[number] = measure(people[0], rounds)
    print(f"{'page':<20}{'clock':>9}{'p95':>9}{'cpu':>9}{'p95':>9}{f'at {FEW}':>10}{'times':>7}{'queries':>9}{'kB':>7}")
    for page in PAGES:
        few, taken = figures[FEW][page], figures[many][page]
        times = "".join(f"{number:>9.1f}" for number in (*taken.clock, *taken.processor))
        ratio = f"{few.processor[1]:>10.1f}{taken.processor[1] / few.processor[1]:>7.1f}"
        verdict = "" if taken.clock[1] <= GOAL else f"   over {GOAL} ms"
        print(f"{page:<20}{times}{ratio}{taken.queries:>9}{taken.size / 1000:>7.1f}{verdict}")


def prepare(folder: Path) -> None:
    import tests.environment  # noqa: F401  (a Redis server and a data folder of its own)

    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'bench.sqlite3'}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "lockport.settings"
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.LOCKPORT_VAULT = folder / "vault"
    settings.SECURE_SSL_REDIRECT = False
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)


def make_people() -> list:
    from lockport import access
    from tests.conftest import grant_review, make_person
    from watchlist.models import Category

    people = [make_person(name, access.SECURITY) for name in ("first", "second", "third")]
    places = make_schools()
    for person in people:
        for school in places:
            grant_review(person, school, list(Category.objects.all()))
    make_entries(people)
    return people


def make_schools() -> list:
    from cameras.models import Camera, School

    schools = [School.objects.create(name=f"School {n}", jurisdiction="US-PA") for n in range(10)]
    Camera.objects.bulk_create(
        Camera(school=school, name=f"Door {n}", address="usb:0") for school in schools for n in range(30)
    )
    return schools


def report_all() -> None:
    """Every camera has been watched for an hour; one in fifty is frozen. Reports are believed for half a minute."""
    from cameras import health
    from cameras.models import Camera

    now = time.time()
    for pk in Camera.objects.values_list("pk", flat=True):
        state = "watching" if pk % 50 else "frozen"
        health.report(pk, state=state, last_frame_at=now + 60, frames_read=54_000, analysed=18_000, since=now - 3600)


def make_entries(people: list) -> None:
    from django.utils import timezone

    from watchlist.models import Category, Entry, Photograph

    for number in range(300):
        entry = Entry.objects.create(
            name=f"Person {number}",
            category=Category.objects.all()[number % 5],
            basis="Order",
            status="active",
            expires_at=timezone.now() + timedelta(days=90),
            proposed_by=people[0],
            approved_by=people[1],
        )
        Photograph.objects.create(entry=entry, quality=0.9, file=f"entries/{entry.pk}/x.jpg")


def fill(number: int, people: list) -> None:
    """Alerts over 60 days, nearly all of them decided; some hundred wait."""
    from django.db import connection
    from django.utils import timezone

    from alerts.models import Alert, Decision
    from cameras.models import Camera
    from watchlist.models import Entry

    chance, now = random.Random(1), timezone.now()
    entries, cameras = list(Entry.objects.all()), list(Camera.objects.values_list("pk", flat=True))
    rows = []
    for _ in range(number - Alert.objects.count()):
        entry, at = chance.choice(entries), now - timedelta(days=60 * chance.random())
        status = chance.choices(["rejected", "confirmed", "waiting", "second"], [900, 95, 3, 2])[0]
        both = (people[1], people[2]) if status == "confirmed" else (None, None)
        settled = at + timedelta(minutes=5) if status in {"rejected", "confirmed"} else None
        values = dict.fromkeys(["distance", "raw_distance", "threshold", "quality"], 0.3)
        rows.append(
            Alert(
                **{"entry": entry, "category_id": entry.category_id, "camera_id": chance.choice(cameras)},
                **{"status": status, "first_seen": at, "last_seen": at, "window_ends": at, "window_open": False},
                **{"looked_at": at, "answered_at": settled, "settled_at": settled},
                **{"confirmed_first_by": both[0], "confirmed_second_by": both[1]},
                **{"frames_used": 5, "gallery_size": 300, "gallery_version": "v", "model": "m", **values},
            )
        )
    Alert.objects.bulk_create(rows, batch_size=2000)
    Alert.objects.update(created_at=now)
    Decision.objects.bulk_create(
        (Decision(alert=row, by=people[1], answer="different" if row.status == "rejected" else "same") for row in rows),
        batch_size=2000,
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # as autovacuum does in a district; for SQLite nobody does
            cursor.execute("VACUUM ANALYZE")


def measure(person, rounds: int) -> dict:
    """What each page took, as a `serving.Taken`."""
    from alerts.models import Alert
    from cameras.models import School
    from tests.bench.serving import Server

    server = Server(person)
    numbers = list(Alert.objects.order_by("-first_seen").values_list("pk", flat=True)[:rounds])
    school = School.objects.values_list("pk", flat=True)[0]
    return {page: server.measure([page.format(pk=pk, school=school) for pk in numbers], report_all) for page in PAGES}


if __name__ == "__main__":
    main()
