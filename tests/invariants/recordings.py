"""A holding like the recordings: a file and a row for each segment, a key for each camera and day.

It is written from the contract in retention/registry.py alone, so that these tests hold whatever cameras do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.core.files.base import ContentFile
from django.db import connection

from cameras.models import Camera
from retention import registry
from retention.checks import policy
from retention.files import delete_files, remove_folder, size_of, vault
from retention.keys import Unreadable
from retention.policy import cutoff
from retention.registry import DayStored, Destroyed, HeldFile, Holding, Span, Spared
from retention.vault import destroy_key

KIND = "recordings"
LENGTH = timedelta(seconds=10)


class Recordings:
    """The index is a table of its own: name, camera, and start and end in seconds since 1970."""

    def __init__(self, camera: int) -> None:
        self.camera = camera

    @contextmanager
    def registered(self) -> Iterator[None]:
        before = registry._holdings.get(KIND)
        registry.register(self.holding())
        self.run("CREATE TABLE test_recordings (name TEXT PRIMARY KEY, camera INT, first BIGINT, last BIGINT)")
        try:
            yield
        finally:
            self.run("DROP TABLE test_recordings")
            registry._holdings.pop(KIND)
            if before is not None:
                registry.register(before)

    def run(self, sql: str, *values: object) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall()) if cursor.description else []

    def add(self, start: datetime, content: bytes = b"the video of ten seconds") -> str:
        name = f"{self.owner(start)}/{start:%H%M%S}.mp4"
        vault().save(name, ContentFile(content))
        first = int(start.timestamp())
        row = (name, self.camera, first, first + int(LENGTH.total_seconds()))
        self.run("INSERT INTO test_recordings VALUES (%s, %s, %s, %s)", *row)
        return name

    def owner(self, start: datetime) -> str:
        return f"{KIND}/{self.camera}-{start.astimezone(UTC):%Y%m%d}"

    def rows(self) -> set[str]:
        return {name for (name,) in self.run("SELECT name FROM test_recordings")}

    def destroy_due(self, now: datetime, size: int, spare: Spared) -> Destroyed:
        limit = int(cutoff(now, policy().recordings).timestamp())
        found = self.run("SELECT name, first, last FROM test_recordings WHERE last <= %s ORDER BY last", limit)
        due = [row for row in found if not any(self.touches(span, *row[1:]) for span in spare.spans)][:size]
        sizes, errors = sum(size_of(name) for name, *_ in due), delete_files(name for name, *_ in due)
        for name, *_ in due:
            self.run("DELETE FROM test_recordings WHERE name = %s", name)
        for owner in {name.rpartition("/")[0] for name, *_ in due}:
            if not self.names(owner) and self.day_is_over(owner, now):
                destroy_key(owner)
                errors += remove_folder(owner)
        return Destroyed(len(due), sizes, errors)

    def day_is_over(self, owner: str, now: datetime) -> bool:
        """Nothing can be recorded under this owner any more: a limit is at least a day."""
        return datetime.strptime(owner[-8:], "%Y%m%d").replace(tzinfo=UTC) + timedelta(days=1) <= now

    def touches(self, span: Span, first: int, last: int) -> bool:
        return span.touches(self.camera, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))

    def destroy_owner(self, owner: str) -> Destroyed:
        count = len(self.names(owner))
        destroy_key(owner)
        errors = remove_folder(owner)
        self.run("DELETE FROM test_recordings WHERE name LIKE %s", f"{owner}/%")
        return Destroyed(count, 0, errors)

    def names(self, owner: str) -> set[str]:
        return {name for (name,) in self.run("SELECT name FROM test_recordings WHERE name LIKE %s", f"{owner}/%")}

    def owners(self) -> set[str]:
        return {name.rpartition("/")[0] for name in self.rows()}

    def first_due(self, spare: Spared) -> datetime | None:
        rows = self.run("SELECT first, last FROM test_recordings ORDER BY last")
        for first, last in rows:
            if not any(self.touches(span, first, last) for span in spare.spans):
                return datetime.fromtimestamp(last, UTC) + policy().recordings
        return None

    def stored_per_day(self) -> list[DayStored]:
        days = sorted(
            datetime.fromtimestamp(last, UTC).date() for (last,) in self.run("SELECT last FROM test_recordings")
        )
        return [DayStored(day, days.count(day), 0) for day in sorted(set(days))]

    def held_files(self, span: Span) -> list[HeldFile]:
        found = self.run("SELECT name, first, last FROM test_recordings WHERE camera = %s", span.camera)
        return [
            HeldFile(name, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC))
            for name, first, last in found
            if self.touches(span, first, last)
        ]

    def holding(self) -> Holding:
        return Holding(
            kind=KIND,
            title="Recordings",
            keep=lambda: policy().recordings,
            destroy_due=self.destroy_due,
            destroy_owner=self.destroy_owner,
            existing=lambda owners: set(owners) & self.owners(),
            names=self.names,
            owners=self.owners,
            first_due=self.first_due,
            stored_per_day=self.stored_per_day,
            held_files=self.held_files,
            visible=lambda person: Camera.objects.visible_to(person),
        )


def can_be_read(name: str) -> bool:
    """Whether a file of the vault can be opened and decrypted."""
    try:
        with vault().open(name) as stream:
            return bool(stream.read())
    except (Unreadable, FileNotFoundError):
        return False
