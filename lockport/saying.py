"""Numbers and days as the reader's language writes them, and the one language of what is stored."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.utils import dateformat, translation
from django.utils.formats import number_format


def grouped(number: float) -> str:
    """A whole number with its thousands apart: "12,000"."""
    return number_format(round(number), force_grouping=True)


def name_of(person: AbstractUser) -> str:
    """The full name, or what they sign in with where none was entered."""
    return person.get_full_name() or person.get_username()


def short_day(moment: date | datetime) -> str:
    """ "Wed 25 Nov" """
    return dateformat.format(moment, "D j M")


def in_storage_language() -> translation.override:
    """Within it labels are said as the access log and the database keep them, whoever is reading."""
    return translation.override(settings.LANGUAGE_CODE)
