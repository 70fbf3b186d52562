"""`python -m tests.bench.access_log`: what the access log costs, on the database that DATABASE_URL names.

Records a second with eight writers, each durable before the call returns, while the sealer chains them; what a record
adds to a page; how fast the whole log is verified, in the database and from an export. Needs an empty database that it
may fill (`--records` rows) and drop: use one of its own, never a district's.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WRITERS = 8
SECONDS = 10
PATIENCE = 300  # seconds for nine processes to start on a busy machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=200_000, help="how many to verify")
    parser.add_argument("--only", choices=["writing", "page", "verifying"], help="measure one of the three")
    parser.add_argument("--json", action="store_true", help="print JSON")
    said = parser.parse_args()
    import tests.environment  # noqa: F401  (a data folder and a Redis of its own)

    set_up()
    create, drop = database()
    create()
    try:
        from tests.bench.logged_page import added_to_a_page

        parts = {"writing": writing, "page": added_to_a_page, "verifying": lambda: verifying(said.records)}
        figures = {}
        for part in [said.only] if said.only else parts:
            figures |= parts[part]()
    finally:
        drop()
    print(json.dumps(figures, indent=1) if said.json else table(figures))


def set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")
    django.setup()


def database():
    """A test database of Django's own, and how to drop it."""
    from django.db import connection

    name = connection.settings_dict["NAME"]

    def create() -> None:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        os.environ["LOCKPORT_BENCH_DATABASE"] = str(connection.settings_dict["NAME"])

    return create, lambda: connection.creation.destroy_test_db(name, verbosity=0)


def use_the_test_database() -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = os.environ["LOCKPORT_BENCH_DATABASE"]


def write_for(seconds: float, ready, count) -> None:
    """One writer: as many records as it can, each committed before the next."""
    set_up()
    use_the_test_database()
    from django.db import connection

    from audit.services import Actor, record_access

    actor = Actor(kind="person", name="Maria Lopez", id=7, role="Principal", address="192.0.2.50", user_agent="x" * 110)
    connection.ensure_connection()
    ready.wait(PATIENCE)  # all begin together
    end, made = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        record_access(actor=actor, action="looked at", subject=f"alert {made}, Front door, North Park")
        made += 1
    count.put(made)


def seal_for(seconds: float, ready) -> None:
    set_up()
    use_the_test_database()
    from audit.sealing import seal

    ready.wait(PATIENCE)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seal()
        time.sleep(1)


def writing() -> dict:
    """Eight writers and the sealer, each a process."""
    from django.db import connection

    from audit.sealing import seal, unsealed

    connection.close()
    spawn = multiprocessing.get_context("spawn")
    ready, count = spawn.Barrier(WRITERS + 1), spawn.Queue()
    workers = [spawn.Process(target=write_for, args=(SECONDS, ready, count)) for _ in range(WRITERS)]
    workers.append(spawn.Process(target=seal_for, args=(SECONDS, ready)))
    for worker in workers:
        worker.start()
    made = sum(count.get(timeout=PATIENCE) for _ in range(WRITERS))
    for worker in workers:
        worker.join()
    waiting = unsealed().count()
    began = time.monotonic()
    sealed = seal(look_back=None)
    seconds = time.monotonic() - began
    return {
        "records_per_second": round(made / SECONDS),
        "waiting_for_the_chain_at_the_end": waiting,
        "chained_per_second": round(sealed / seconds) if sealed else None,
    }


def somebody_with_an_alert():
    """A principal with the grants of a school and its categories, and an alert there."""
    from datetime import timedelta

    from django.contrib.auth.models import User
    from django.utils import timezone

    from cameras.models import Camera, School
    from lockport import access
    from tests.alerts.conftest import make_alert
    from tests.conftest import grant_review, make_person
    from watchlist.models import Category, Entry

    access.ensure_roles()
    school = School.objects.create(name="North Park", time_zone="America/New_York", jurisdiction="US-PA")
    person = make_person("maria", access.PRINCIPAL, full_name="Maria Lopez")
    grant_review(person, school)
    two = [User.objects.create_user(name) for name in ("ada", "bela")]
    entry = Entry.objects.create(
        every_school=True,
        name="Robin Vale",
        category=Category.objects.all()[0],
        basis="Court order 12/2026",
        expires_at=timezone.now() + timedelta(days=30),
        status=Entry.Status.ACTIVE,
        proposed_by=two[0],
        approved_by=two[1],
    )
    camera = Camera.objects.create(school=school, name="Front door", address="rtsp://192.0.2.8/stream")
    return person, make_alert(entry, camera)


def verifying(wanted: int) -> dict:
    """Records a second of `audit_verify` (codes, chain, seals, heads) and of the standalone verifier."""
    from audit import verifier
    from audit.heads import stored
    from audit.keys import public_pem
    from audit.models import AccessHead
    from audit.publishing import publish
    from audit.reading import links
    from audit.sealing import seal
    from audit.verifying import examine

    fill(wanted)
    began = time.perf_counter()
    seal(look_back=None)
    chaining = time.perf_counter() - began
    publish(at_once=True)
    began, worked = time.perf_counter(), processor_seconds()
    found = examine(processes=os.cpu_count() or 1)
    inside, worked_inside = time.perf_counter() - began, processor_seconds() - worked
    assert not [problem for problem in found.problems if problem.kind != "witness"], found.problems[:3]
    count = found.report.records
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "export.jsonl").open("wb") as stream:
            stream.writelines(verifier.line_of(link) for link, _ in links())
        (folder / "heads.jsonl").write_text("".join(verifier.head_line(stored(r)) for r in AccessHead.objects.all()))
        (folder / "public.pem").write_text(public_pem())
        words = ["export.jsonl", "--heads", "heads.jsonl", "--public-key", "public.pem"]
        began, worked = time.perf_counter(), processor_seconds()
        subprocess.run([sys.executable, verifier.__file__, *words], cwd=folder, check=True, capture_output=True)
        outside, worked_outside = time.perf_counter() - began, processor_seconds() - worked
    return {
        "records": count,
        "chained_at_once_per_second": round(wanted / chaining),
        "verified_in_place_per_second": round(count / inside),
        "the_same_per_processor_second": round(count / worked_inside),
        "verified_standalone_per_second": round(count / outside),
        "standalone_per_processor_second": round(count / worked_outside),
    }


def processor_seconds() -> float:
    """Of this process and the children it has waited for: what a busy machine does not distort much."""
    return sum(os.times()[:4])


def fill(wanted: int) -> None:
    """Genuine records, in bulk: what they say is as long as in earnest."""
    from datetime import timedelta

    from django.utils import timezone

    from audit.encoding import content_of_record
    from audit.keys import code_key
    from audit.models import AccessRecord
    from audit.verifier import code_of

    began, rows = timezone.now(), []
    for number in range(wanted):
        row = AccessRecord(
            at=began + timedelta(microseconds=number),
            actor_kind="person",
            actor_id=number % 300,
            actor_name=f"Person {number % 300}",
            role="Principal",
            action="looked at",
            subject_kind="alert",
            subject_id=str(number),
            subject=f"alert {number}, Front door, North Park",
            address="192.0.2.50",
            user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0",
            request_id="0b6e0b6e-0b6e-0b6e-0b6e-0b6e0b6e0b6e",
            school="North Park",
            grant="North Park; Banned",
        )
        row.mac = code_of(code_key(), content_of_record(row))
        rows.append(row)
    AccessRecord.objects.bulk_create(rows, batch_size=2000)


def table(figures: dict) -> str:
    goals = {
        "records_per_second": ">= 1000",
        "record_ms_p95": "<= 5",  # what the log adds to a page
        "verified_in_place_per_second": ">= 100000",
        "verified_standalone_per_second": ">= 100000",
    }
    rows = [("figure", "measured", "goal")]
    for name, value in figures.items():
        rows.append(
            (name.replace("_", " "), f"{value:.1f}" if isinstance(value, float) else value, goals.get(name, ""))
        )
    return "\n".join(f"{what:<42}{value!s:>12}   {goal}" for what, value, goal in rows)


if __name__ == "__main__":
    main()
