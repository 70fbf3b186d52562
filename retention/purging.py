"""The purge: every hour, what is due is destroyed, in batches; killed at any point, the next run goes on."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from retention import clock
from retention.certificates import certify
from retention.destroying import finish_pending
from retention.holding import copy_held, spared
from retention.models import PurgeRun
from retention.registry import Destroyed, Holding, holdings

logger = logging.getLogger(__name__)
BATCH = 5000
PAUSE = timedelta(minutes=50)  # between two runs: what is due is gone within the hour, the run's own time included
ERRORS_KEPT = 100


def is_due() -> bool:
    """Whether no purge that came to its end began lately. One that began in a future that a set-back clock has left
    behind does not count."""
    now = timezone.now()
    runs = PurgeRun.objects.filter(kind=PurgeRun.Kind.PURGE, ended_at__isnull=False)
    return not runs.filter(began_at__range=(now - PAUSE, now)).exists()


def purge() -> PurgeRun:
    """Destroy all that is due; the run's record says how much. Several at once take turns, batch by batch."""
    began = timezone.now()
    run = PurgeRun.objects.create(kind=PurgeRun.Kind.PURGE, began_at=began, cut_off=clock.now())
    try:
        now = clock.tick()
    except clock.ClockProblem as problem:
        logger.critical("Nothing is purged: %s", problem)
        return end_run(run, [str(problem)])
    run.cut_off = now
    errors = _attempt("unfinished destructions", finish_pending) + _attempt("legal holds", lambda: copy_held(now))
    for holding in in_order():
        errors += _attempt(str(holding.title), partial(_purge, run, holding, now))
    errors += _attempt("certificates", lambda: certify(now))
    return end_run(run, errors)


def in_order() -> list[Holding]:
    """All holdings, holds first: what a hold that has ended kept is then due in the same run."""
    return sorted(holdings(), key=lambda holding: holding.kind != "holds")


def end_run(run: PurgeRun, errors: list[str]) -> PurgeRun:
    """Write down how a run ended."""
    run.errors = (run.errors + errors)[:ERRORS_KEPT]
    run.ended_at = timezone.now()
    run.save()
    return run


def note(run: PurgeRun, kind: str, done: Destroyed) -> None:
    """Add to a run's record what was destroyed, in the transaction that destroyed it."""
    before = run.destroyed.get(kind, {"count": 0, "bytes": 0})
    run.destroyed[kind] = {"count": before["count"] + done.count, "bytes": before["bytes"] + done.size}
    run.errors = (run.errors + list(done.errors))[:ERRORS_KEPT]
    run.save(update_fields=["destroyed", "errors"])


def _purge(run: PurgeRun, holding: Holding, now: datetime) -> None:
    while True:
        with transaction.atomic():
            clock.take_turn()
            done = holding.destroy_due(now, BATCH, spared())
            if done.count or done.errors:
                note(run, holding.kind, done)
        if not done.count:
            return


def _attempt(what: str, act: Callable[[], object]) -> list[str]:
    """Do one part of the run; what goes wrong there does not keep the others from being done."""
    try:
        act()
    except Exception as error:
        logger.exception("The purge of %s failed.", what)
        return [f"{what}: {type(error).__name__}"]
    return []
