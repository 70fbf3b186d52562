"""What the false-alarm budget means in a week at a school."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cameras.models import Camera, Traffic
from cameras.traffic import expectations

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


def passed(camera: Camera, people: int, days_ago: int = 0) -> None:
    Traffic.objects.create(camera=camera, day=TODAY - timedelta(days=days_ago), passers_by=people)


@pytest.mark.parametrize(
    ("a_day", "words"),
    [
        (1000, "about 7 false alarms a week"),
        (143, "about 1 false alarm a week"),
        (20, "fewer than 1 false alarm a week (about 1 in 7 weeks)"),
        (1, "hardly any"),
    ],
)
def test_a_budget_is_said_in_false_alarms_a_week(front_door, cast, a_day, words):
    passed(front_door, a_day)
    assert [one.words for one in expectations(cast.north_principal, today=TODAY)] == [words]


def test_days_on_which_nobody_passed_count_too(front_door, cast):
    passed(front_door, 1400, days_ago=6)
    [found] = expectations(cast.north_principal, today=TODAY)
    assert found.passers_by == 1400


@pytest.mark.parametrize(("days_ago", "counted"), [(27, True), (28, False)])
def test_only_the_last_four_weeks_count(front_door, cast, days_ago, counted):
    passed(front_door, 1000, days_ago)
    assert bool(expectations(cast.north_principal, today=TODAY)) is counted


def test_another_school_is_not_spoken_of(front_door, cast):
    passed(front_door, 1000)
    assert expectations(cast.south_principal, today=TODAY) == []
    assert len(expectations(cast.north_principal, today=TODAY)) == 1


def test_the_cameras_page_says_it(front_door, cast, client, settings):
    settings.LOCKPORT_FALSE_ALARM_BUDGET = 0.01
    Traffic.objects.create(camera=front_door, day=date.today(), passers_by=300)
    client.force_login(cast.north_principal)
    page = client.get(reverse("cameras:cameras")).content.decode()
    assert "1 in 100 passers-by" in page
    assert "about 21 false alarms a week" in page
