"""Years that a page takes. At both ends of the calendar a day cannot be moved to another time zone any more."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

TAKEN = range(1900, 3000)


def refuse_year(day: date) -> None:
    """Raises ValidationError for a day or moment so far away that it must be a slip of the keyboard."""
    if day.year not in TAKEN:
        words = _("Give a year from %(first)s to %(last)s.")
        raise ValidationError(words, params={"first": TAKEN[0], "last": TAKEN[-1]})
