"""How old somebody must be to be enrolled, and to be looked for."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from watchlist.evaluating.words import includes_minors
from watchlist.evaluations import trusted_figures
from watchlist.models import Category
from watchlist.particulars import STUDENTS
from watchlist.refusals import Refused

ADULT = 18
YOUNGEST = 12  # years; under it the network takes one child for another


def age_on(day: date, birth_date: date) -> int:
    """Whole years; whoever was born on 29 February is a year older on 1 March of other years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def refuse_age(category: Category, birth_date: date | None, *, today: date | None = None) -> None:
    """Raises Refused for anybody under 12, for a student whose age is not known, and for a minor where the evaluation
    that recognition relies on had nobody of that age."""
    today = today or timezone.localdate()
    if birth_date is None:
        if category.slug == STUDENTS:
            raise Refused(_("Enter the student's date of birth: nobody under 12 can be enrolled."))
        return
    if birth_date > today:
        raise Refused(_("This date of birth lies ahead. Check the year."))
    age = age_on(today, birth_date)
    if age < YOUNGEST:
        raise Refused(
            _(
                "Nobody under %(age)s can be enrolled. The network cannot tell small children apart: "
                "it would take other children for this one, again and again. Staff who know the child find "
                "them better."
            ),
            age=YOUNGEST,
        )
    _refuse_unmeasured(age)


def _refuse_unmeasured(age: int) -> None:
    """Without any evaluation nothing is refused here: nobody is then looked for at all, but in a demonstration."""
    figures = trusted_figures() if age < ADULT else None
    if figures is not None and not includes_minors(figures):
        raise Refused(
            _(
                "Nobody between 12 and 17 was in the evaluation that recognition relies on, so it is not "
                "known how often somebody of this age is taken for another. Evaluate with people of that "
                "age (--groups) first."
            )
        )
