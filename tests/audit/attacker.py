"""A database superuser who attacks the log: triggers do not hold them, but they have neither of the log's keys."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.forms.models import model_to_dict

from audit import triggers, verifier
from audit.keys import public_pem
from audit.models import AccessRecord
from audit.publishing import publish
from audit.reading import links
from audit.services import Actor, record_access
from audit.verifying import examine


@contextlib.contextmanager
def superuser() -> Iterator[None]:
    """The database without the log's triggers, which are back afterwards: a careful attacker tidies up."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            triggers.remove(connection)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET session_replication_role = origin")
            else:
                triggers.install(connection)


def run(statement: str, *values: object) -> None:
    with superuser(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def write(count: int, *, subject: str = "alert") -> list[AccessRecord]:
    return [record_access(actor=Actor.worker(), action="looked at", subject=f"{subject} {n}") for n in range(count)]


def written_and_published(count: int = 10, head_after: int = 6) -> list[AccessRecord]:
    """A log with a head after some of its records and one at its end; both witnesses have both heads."""
    records = write(head_after)
    publish(at_once=True)
    records += write(count - head_after)
    publish(at_once=True)
    return records


def rechain(first: int) -> None:
    """Make all hashes from a position on follow from each other again, as whoever knows the format can."""
    found = [link for link, _ in links()]
    before = next((link.hash for link in found if link.position == first - 1), verifier.START)
    for link in found:
        if link.position >= first:
            before = verifier.link_hash(before, link.position, link.record, link.mac, link.content)
            run("UPDATE audit_accesslink SET hash = %s WHERE position = %s", before, link.position)


def forged(**changes: object) -> AccessRecord:
    """A record that Lockport never wrote, put into the table past `record_access`."""
    said = model_to_dict(record_access(actor=Actor.worker(), action="looked at", subject="alert 99"), exclude=["id"])
    newest = AccessRecord.objects.order_by("-pk")[0]
    run("DELETE FROM audit_accessrecord WHERE id = %s", newest.pk)
    values = said | {"mac": newest.mac, "at": newest.at, "request_id": ""} | changes
    return AccessRecord.objects.create(**values)


def in_the_database() -> str:
    """All that `audit_verify` complains of, one a line."""
    return "\n".join(problem.words for problem in examine().problems)


def outside(folder: Path, *, heads: list[Path] | None = None) -> str:
    """All that the standalone verifier complains of in an export that the attacker made, with the witnesses' heads."""
    export, public = folder / "export.jsonl", folder / "public.pem"
    with export.open("wb") as stream:
        stream.writelines(verifier.line_of(link) for link, _ in links())
    public.write_text(public_pem())
    report = verifier.verify_files(
        str(export), heads=[str(file) for file in heads or witness_files()], keys=verifier.keys_from([str(public)])
    )
    return "\n".join(problem.words for problem in report.problems)


def witness_files() -> list[Path]:
    return [Path(name.removeprefix("file:")) for name in settings.LOCKPORT_WITNESSES]
