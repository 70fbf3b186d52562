"""How fast the privacy officer's room answers: `python -m tests.bench.room --records 10000000`.

Needs PostgreSQL: LOCKPORT_E2E_DATABASE_URL names a database that is made anew and dropped afterwards. The records are
invented: a year of ten schools, 300 people of whom few do most, 2,000 enrolled people, one act in 500 refused. Each
page is asked for through Django's whole stack (session, grants, the record of the look itself, the page's HTML).
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

import psycopg

from tests.end_to_end.deployment import Deployment, deployment

AT_A_TIME = 500_000
GOAL_MS = 150

# Skewed by powers of a random number: of people, entries and actions few make up most.
INVENT = """
INSERT INTO audit_accessrecord (at, actor_kind, actor_id, actor_name, role, action, subject_kind, subject_id, subject,
    reason, result, address, user_agent, request_id, school, about, "grant", mac)
SELECT timestamptz '2025-11-24' + interval '1 year' * ((n + random()) / %(all)s), 'person', who, 'Person ' || who,
    'Security', (array['looked at', 'looked at the face of', 'looked at the frame of', 'followed', 'decided',
    'approved', 'granted', 'exported'])[1 + floor(8 * action ^ 4)], 'alert', subject,
    'alert ' || subject || ', Front door, School ' || school, '',
    CASE WHEN random() < 0.002 THEN 'refused' ELSE 'done' END, '192.0.2.7', 'Browser', md5(n::text)::uuid,
    'School ' || school, 'entry ' || entry, 'School ' || school, decode(md5(n::text) || md5(n::text), 'hex')
FROM (SELECT n, 100 + floor(300 * random() ^ 3)::int who, random() action, floor(500000 * random())::int subject,
    floor(10 * random() ^ 1.5)::int school, floor(2000 * random() ^ 2)::int entry
    FROM generate_series(%(first)s, %(last)s) n) drawn
"""

PEOPLE = """
from django.contrib.auth.models import Group, User
from cameras.models import School
for number in range(10):
    School.objects.create(name=f"School {number}", jurisdiction="US-PA")
User.objects.bulk_create(User(pk=100 + n, username=f"person{n}", first_name=f"Person {n}") for n in range(300))
officer = User.objects.create_user("officer", password="a long enough pass phrase")
officer.groups.add(Group.objects.get(name="Privacy officer"))
"""

ASK = """
import json, time
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

asking = [0.0]

def timed(execute, sql, params, many, context):
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        asking[0] += (time.perf_counter() - began) * 1000

client = Client(SERVER_NAME="localhost")
client.force_login(User.objects.get(username="officer"))
taken = {}
for name, query in json.loads(%r).items():
    taken[name] = []
    for _ in range(%d):
        asking[0], began, own = 0.0, time.perf_counter(), time.process_time()
        with connection.execute_wrapper(timed):
            answer = client.get("/log/?" + query)
        whole, own = (time.perf_counter() - began) * 1000, (time.process_time() - own) * 1000
        taken[name].append([whole, asking[0], own])
        assert answer.status_code == 200, (name, answer.status_code)
print(json.dumps(taken))
"""

BEAT = """
import time
from datetime import datetime, UTC
from audit.findings import findings_renew
began = time.perf_counter()
found = findings_renew(datetime(2026, 11, 24, tzinfo=UTC))
print(round(time.perf_counter() - began, 1), found)
"""

QUERIES = {
    "everything": "",
    "a busy person": "who=101",
    "a rare person": "who=398",
    "nobody there is": "who=99999",
    "an enrolled person": "about=7",
    "a rare enrolled person": "about=1990",
    "an alert": "subject=alert+4711",
    "a school": "school=School+3",
    "a frequent act": "act=looked+at",
    "a rare act": "act=exported",
    "a kind of act": "act=look",
    "refused": "result=refused",
    "a day long ago": "since=2026-01-10&until=2026-01-10",
    "a person, a day long ago": "who=101&since=2026-01-10&until=2026-01-10",
    "a school, a month": "school=School+3&since=2026-03-01&until=2026-03-31",
    "a person at a school": "who=105&school=School+9",
    "a rare person's rare act": "who=398&act=exported",
    "refused at a school": "school=School+9&result=refused",
    "a person about an enrolled person": "who=350&about=1990",
    "four things together": "who=102&school=School+4&act=decided&result=refused",
    "what never was": "who=398&about=1990&result=refused&act=exported",
    "deep in a school": "school=School+3&before=2026-02-01T00:00:00%2B00:00~0",
    "deep in a kind": "act=look&before=2026-02-01T00:00:00%2B00:00~0",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=10)
    parser.add_argument("--keep", action="store_true", help="leave the database there, for --again")
    parser.add_argument("--again", action="store_true", help="measure in the database that --keep has left")
    given = parser.parse_args()
    url = os.environ.get("LOCKPORT_E2E_DATABASE_URL", "")
    if not url:
        parser.error("LOCKPORT_E2E_DATABASE_URL must name a PostgreSQL database that may be made anew.")
    with (
        tempfile.TemporaryDirectory(prefix="lockport-bench-") as name,
        deployment(Path(name), anew=not given.again) as district,
    ):
        try:
            if not given.again:
                invent(district, url, given.records)
            figures = measure(district, url, given.repeat)
        finally:
            if not given.keep and not given.again:
                drop(url)
    print(json.dumps(figures, indent=1))


def invent(district: Deployment, url: str, records: int) -> None:
    district.shell(PEOPLE)
    with psycopg.connect(url, autocommit=True) as connection:
        for first in range(0, records, AT_A_TIME):
            last = min(first + AT_A_TIME, records) - 1
            connection.execute(INVENT, {"all": records, "first": first, "last": last})
        connection.execute("VACUUM ANALYZE audit_accessrecord")


def measure(district: Deployment, url: str, repeat: int) -> dict[str, object]:
    with psycopg.connect(url) as connection:
        sizes = "SELECT count(*), pg_total_relation_size('audit_accessrecord') FROM audit_accessrecord"
        records, size = connection.execute(sizes).fetchone()
    taken = json.loads(district.shell(ASK % (json.dumps(QUERIES), repeat)))
    return {
        "records": records,
        "gigabytes": round(size / 1e9, 1),
        "goal_ms": GOAL_MS,
        **summary([times for each in taken.values() for times in each]),
        "each": {name: summary(each) for name, each in taken.items()},
        "pointing_out_seconds_and_findings": district.shell(BEAT),
    }


def summary(times: list[list[float]]) -> dict[str, float]:
    """Of the whole page, its queries alone, and this process's own work: a busy machine stretches the first two."""
    whole, queries, own = (sorted(column) for column in zip(*times, strict=True))
    return {
        "p50_ms": percentile(whole, 0.5),
        "p95_ms": percentile(whole, 0.95),
        "p95_ms_in_queries": percentile(queries, 0.95),
        "p95_ms_of_processor": percentile(own, 0.95),
    }


def percentile(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)


def drop(url: str) -> None:
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


if __name__ == "__main__":
    main()
