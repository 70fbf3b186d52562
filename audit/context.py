"""What a record copies from its subject besides its name: the school, the enrolled person, the grants relied on."""

from dataclasses import dataclass
from functools import reduce

from django.db import models

from lockport.access import ScopedQuerySet
from lockport.held import relied_on

LONGEST = 300  # characters of `grant`


@dataclass(frozen=True, slots=True)
class Context:
    """Copied as text, like every name in the log: true even when the school or the grant is gone."""

    school: str = ""
    about: str = ""
    grant: str = ""


def context_of(actor_id: int | None, subject: models.Model | str) -> Context:
    """The context of an act on `subject` by the account `actor_id` (None for workers and the command line).

    A row says its school as `logged_school` and its enrolled person as `logged_about` ("entry 5"), where it has any.
    Costs at most one query where the row's `visible_to` asks for grants, so call it before taking a lock.
    """
    if isinstance(subject, str):
        return Context()
    return Context(
        school=getattr(subject, "logged_school", ""),
        about=getattr(subject, "logged_about", ""),
        grant="; ".join(_held(actor_id, subject))[:LONGEST] if actor_id is not None else "",
    )


def _held(actor_id: int, subject: models.Model) -> list[str]:
    """The names of those objects among the needed ones that are granted to this account; others rely on their role."""
    rows = subject._meta.model._default_manager.get_queryset()  # type(subject) may be a lazy stand-in
    if not isinstance(rows, ScopedQuerySet):
        return []
    needed = [(_follow(subject, lookup), permission) for lookup, permission in rows.grants.items()]
    return [str(row) for row in relied_on(actor_id, needed)]


def _follow(row: models.Model, lookup: str) -> models.Model:
    """The object that a lookup such as "camera__school" leads to; "pk" is the row itself."""
    return row if lookup == "pk" else reduce(getattr, lookup.split("__"), row)
