"""Nobody under 12 is enrolled."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.services import Actor
from tests.watchlist.conftest import approve
from watchlist.cautions import age_caution
from watchlist.models import Category, Entry
from watchlist.services import Refused, age_on, entry_withdraw, refuse_age

BORN = date(2014, 5, 20)
TWELFTH = date(2026, 5, 20)


@pytest.fixture
def students(db) -> Category:
    return Category.objects.get(slug="suspended-student")


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, False), (1, False)])
def test_nobody_is_enrolled_before_their_twelfth_birthday(banned, days, refused):
    today = TWELFTH + timedelta(days=days)
    if refused:
        with pytest.raises(Refused, match="Nobody under 12"):
            refuse_age(banned, BORN, today=today)
    else:
        refuse_age(banned, BORN, today=today)


@pytest.mark.parametrize(
    ("day", "years"),
    [(date(2024, 2, 28), 11), (date(2024, 2, 29), 12), (date(2025, 2, 28), 12), (date(2025, 3, 1), 13)],
)
def test_whoever_was_born_on_29_february_grows_older_by_the_calendar(day, years):
    assert age_on(day, date(2012, 2, 29)) == years


def test_a_date_of_birth_that_lies_ahead_is_refused(banned):
    with pytest.raises(Refused, match="lies ahead"):
        refuse_age(banned, TWELFTH + timedelta(days=1), today=TWELFTH)


def test_the_age_of_a_student_must_be_known(students, banned):
    refuse_age(banned, None)
    with pytest.raises(Refused, match="date of birth"):
        refuse_age(students, None)


def test_a_child_is_refused_when_proposed(propose):
    with pytest.raises(Refused, match="Nobody under 12"):
        propose(birth_date=timezone.localdate() - timedelta(days=10 * 365))
    assert not Entry.objects.exists()


def test_a_child_that_was_entered_some_other_way_is_not_approved(proposed, cast):
    Entry.objects.update(birth_date=timezone.localdate() - timedelta(days=10 * 365))
    with pytest.raises(Refused, match="Nobody under 12"):
        approve(proposed, cast.second_administrator)


@pytest.mark.parametrize(("years", "warned"), [(12, True), (17, True), (18, False)])
def test_of_a_minor_it_is_said_that_they_are_confused_more_often(propose, years, warned):
    today = timezone.localdate()
    entry = propose(birth_date=today.replace(year=today.year - years, day=min(today.day, 28)))
    assert ("twice as often" in age_caution(entry)) is warned


def test_a_date_of_birth_goes_with_the_entry(propose, cast):
    entry = propose(birth_date=date(1980, 1, 1))
    entry_withdraw(entry=entry, reason="Lifted.", actor=Actor.from_person(cast.administrator))
    entry.refresh_from_db()
    assert entry.birth_date is None
