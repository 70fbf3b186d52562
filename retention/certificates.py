"""Destruction certificates: one a day (UTC), signed, each naming the one before, so that none can be left out."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db import IntegrityError, transaction

from lockport.signing import is_signed, public_hex, signing_key
from retention.models import Certificate, Destruction, PurgeRun

SETTLED = timedelta(hours=1)  # into the next day, so that runs over midnight are in it


def certify(now: datetime) -> list[Certificate]:
    """Sign the days that are over and not certified yet, oldest first. Raises KeyProblem."""
    made = []
    for day in _days_due(now):
        content = json.dumps(_content(day), sort_keys=True, separators=(",", ":"))
        key = signing_key()
        row = Certificate(
            day=day, content=content, signature=key.sign(content.encode()).hex(), public_key=public_hex(key)
        )
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:  # another purger was first
            continue
        made.append(row)
    return made


def problems(public_keys: set[str] | None = None) -> Iterator[str]:
    """What is wrong with the certificates, in sentences: nothing when all are whole and as they were signed.

    `public_keys` (hexadecimal) are those to be trusted; by default this installation's. Raises KeyProblem.
    """
    trusted = public_keys or {public_hex(signing_key())}
    before: Certificate | None = None
    for row in Certificate.objects.order_by("day"):
        content = json.loads(row.content)
        if row.public_key not in trusted:
            yield f"{row.day}: signed by a key that is not trusted ({row.public_key[:16]}…)."
        if not is_signed(row.public_key, row.signature, row.content.encode()) or content["day"] != str(row.day):
            yield f"{row.day}: altered after it was signed."
        if content["previous"] != _digest(before):
            yield f"{row.day}: does not follow the one before it: a certificate is missing or was exchanged."
        if (content["keys"], content["keys_sha256"]) != _keys_of(row.day):
            yield f"{row.day}: the list of destroyed keys is not the one that was certified."
        before = row


def _days_due(now: datetime) -> Iterator[date]:
    last = Certificate.objects.order_by("-day").values_list("day", flat=True).first()
    first_run = PurgeRun.objects.order_by("cut_off").values_list("cut_off", flat=True).first()
    if last is not None:
        day = last + timedelta(days=1)
    elif first_run is not None:
        day = first_run.astimezone(UTC).date()
    else:
        return
    while _midnight(day + timedelta(days=1)) + SETTLED <= now:
        yield day
        day += timedelta(days=1)


def _content(day: date) -> dict:
    runs = PurgeRun.objects.filter(cut_off__gte=_midnight(day), cut_off__lt=_midnight(day + timedelta(days=1)))
    destroyed: dict[str, dict[str, int]] = {}
    errors = 0
    for run in runs:
        errors += len(run.errors)
        for kind, done in run.destroyed.items():
            total = destroyed.setdefault(kind, {"count": 0, "bytes": 0})
            total["count"] += done["count"]
            total["bytes"] += done["bytes"]
    keys, digest = _keys_of(day)
    before = Certificate.objects.filter(day__lt=day).order_by("-day").first()
    return {
        "day": str(day),
        "runs": runs.count(),
        "destroyed": destroyed,
        "errors": errors,
        "keys": keys,
        "keys_sha256": digest,
        "previous": _digest(before),
    }


def _keys_of(day: date) -> tuple[int, str]:
    """How many keys were destroyed on the day, and a digest of whose."""
    rows = Destruction.objects.filter(done_at__gte=_midnight(day), done_at__lt=_midnight(day + timedelta(days=1)))
    owners = sorted(rows.values_list("owner", flat=True))
    return len(owners), hashlib.sha256("\n".join(owners).encode()).hexdigest()


def _digest(row: Certificate | None) -> str:
    return "" if row is None else hashlib.sha256(f"{row.content}\n{row.signature}".encode()).hexdigest()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
