"""Nobody under 12 is enrolled."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.services import Actor
from tests.watchlist.conftest import approve
from tests.watchlist.evaluations import crowd, figures_of
from watchlist.ages import age_on, refuse_age
from watchlist.cautions import age_caution
from watchlist.evaluations import Evaluation, keep
from watchlist.models import Category, Entry
from watchlist.services import Refused, entry_withdraw

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


def aged(propose, years: int) -> Entry:
    today = timezone.localdate()
    return propose(birth_date=today.replace(year=today.year - years, day=min(today.day, 28)))


@pytest.mark.parametrize(("years", "warned"), [(12, True), (17, True), (18, False)])
def test_of_a_minor_it_is_said_when_nothing_was_measured(propose, years, warned):
    assert ("No evaluation kept here" in age_caution(aged(propose, years))) is warned


def test_what_is_said_of_a_minor_is_what_the_evaluation_found(propose, models):
    figures = figures_of(counts=crowd(40, 160), grouped=True)
    figures["groups"]["ages"]["young"] = [{"group": "10-19", "people": 77, "within": 0.002, "within_interval": [0, 1]}]
    figures["groups"]["ages"]["adults"] = 0.0005
    keep(figures, actor=Actor.command())
    words = age_caution(aged(propose, 13))
    assert "ages 10-19 were taken for each other 4.0 times as often as adults (one pair in 500; 77 people)" in words


def test_an_altered_evaluation_is_not_believed_about_minors(propose, models):
    row = keep(figures_of(counts=crowd(40, 160), grouped=True), actor=Actor.command())
    Evaluation.objects.filter(pk=row.pk).update(made_by="somebody else")
    assert "No evaluation kept here" in age_caution(aged(propose, 13))


def test_a_minor_is_refused_where_the_evaluation_had_nobody_of_that_age(propose, models, cast):
    waiting = aged(propose, 13)
    keep(figures_of(counts=crowd(40, 160)), actor=Actor.command())
    with pytest.raises(Refused, match="Nobody between 12 and 17"):
        aged(propose, 17)
    with pytest.raises(Refused, match="Nobody between 12 and 17"):
        approve(waiting, cast.second_administrator)
    assert aged(propose, 18).pk


def test_a_minor_is_accepted_where_the_evaluation_had_people_of_that_age(propose, models):
    keep(figures_of(counts=crowd(40, 160), grouped=True), actor=Actor.command())
    assert aged(propose, 12).pk


def test_a_date_of_birth_goes_with_the_entry(propose, cast):
    entry = propose(birth_date=date(1980, 1, 1))
    entry_withdraw(entry=entry, reason="Lifted.", actor=Actor.from_person(cast.administrator))
    entry.refresh_from_db()
    assert entry.birth_date is None
