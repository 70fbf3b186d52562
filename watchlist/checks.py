"""What `manage.py check --deploy --database default` says about recognition: whether it was evaluated."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from lockport.keyfiles import KeyProblem
from watchlist.evaluations import recognition_allowed
from watchlist.models import Entry


@register(Tags.security, Tags.database, deploy=True)
def recognition_was_evaluated(**kwargs: Any) -> list[CheckMessage]:
    """An error when nobody would be looked for; a warning where that is only because this is a development machine."""
    if not kwargs.get("databases"):  # Django's rule: a check asks the database only where it is named
        return []
    try:
        verdict = recognition_allowed(Entry.objects.active().count())
    except DatabaseError:
        return [Warning("The database is not ready. Run: manage.py migrate", id="watchlist.W001")]
    except KeyProblem as problem:
        return [Error(str(problem), id="watchlist.E001")]
    if not verdict.allowed:
        return [Error(verdict.reason, id="watchlist.E002")]
    return [Warning(verdict.reason, id="watchlist.W002")] if verdict.demonstration else []
