"""What is proposed of a person, and where they may be looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from cameras.models import School
from watchlist.models import Category
from watchlist.refusals import Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What is proposed of a person: who, why, where, until when. `listed` is the list it comes from, and its number."""

    name: str
    category: Category
    basis: str
    expires_at: datetime
    particulars: Mapping[str, str] = field(default_factory=dict)
    every_school: bool = False
    schools: Sequence[School] = ()
    birth_date: date | None = None
    listed: tuple[str, str] = ("", "")


def refuse_category(category: Category) -> None:
    """Raises Refused where the district has switched the category off."""
    if not category.enabled:
        raise Refused(
            _("“%(category)s” is switched off in this district: nobody of it is looked for."), category=category
        )


def refuse_where(every_school: bool, schools: Sequence[School]) -> None:
    """Raises Refused unless it was said where: at every school, or at which."""
    if every_school and schools:
        raise Refused(_("Choose either every school or some schools, not both."))
    if not every_school and not schools:
        raise Refused(_("Choose the schools at which the person is looked for, or say “every school”."))
