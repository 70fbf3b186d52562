"""When two people on the list match, the alert says so, and names whom one may know of."""

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import remove_perm

from alerts.cards import Card
from alerts.models import Alert
from alerts.selectors import readable
from alerts.services import alert_raise
from alerts.sightings import Sighting
from audit.models import AccessRecord
from tests.alerts.conftest import make_alert, make_entry
from tests.alerts.sightings import sighting_of
from watchlist.models import Category, Entry

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def other(cast) -> Entry:
    return make_entry(cast, Category.objects.get(slug="sex-offender"), "Kim Ash")


@pytest.fixture
def unclear(entry, front_door, other) -> Alert:
    """Robin Vale or Kim Ash."""
    return make_alert(entry, front_door, cannot_separate=True, runner_up=other)


def card(alert: Alert, person: object) -> Card:
    return Card(readable(Alert.objects.filter(pk=alert.pk), person).get(), person, NOW)


def test_an_alert_keeps_whom_it_could_not_separate(entry, front_door, other):
    sighting = sighting_of(entry, front_door, NOW.timestamp(), cannot_separate=True, runner_up=other.pk)
    alert = alert_raise(Sighting.from_bytes(sighting.to_bytes()))
    assert alert is not None
    assert (alert.cannot_separate, alert.runner_up) == (True, other)


def test_a_second_entry_that_has_ended_is_not_kept(entry, front_door, other):
    Entry.objects.filter(pk=other.pk).update(status=Entry.Status.WITHDRAWN)
    alert = alert_raise(sighting_of(entry, front_door, NOW.timestamp(), cannot_separate=True, runner_up=other.pk))
    assert alert is not None
    assert (alert.cannot_separate, alert.runner_up) == (True, None)


def test_a_sighting_that_waited_since_before_this_was_known_is_still_delivered(entry, front_door):
    assert alert_raise(sighting_of(entry, front_door, NOW.timestamp())).cannot_separate is False


def test_an_alert_that_is_clear_says_nothing(alert, cast):
    assert card(alert, cast.north_principal).not_separated == ""


def test_the_card_says_it_without_a_name(unclear, cast):
    words = card(unclear, cast.north_principal).not_separated
    assert words.startswith("Cannot separate this person from another person on the list (Registered")
    assert "Kim" not in words


def test_the_page_names_both_and_records_that_it_did(unclear, other, cast, client):
    client.force_login(cast.north_principal)
    page = client.get(reverse("alerts:alert", args=[unclear.pk])).content.decode()
    assert "Cannot separate Robin Vale from Kim Ash (Registered" in page
    assert AccessRecord.objects.filter(action="looked at", subject_id=str(other.pk), actor_name="Maria Lopez").exists()


def test_neither_name_nor_category_is_said_to_whom_may_not_see_it(unclear, other, cast, client):
    remove_perm("watchlist.review_category", cast.north_principal, other.category)
    client.force_login(cast.north_principal)
    for address in (reverse("alerts:alert", args=[unclear.pk]), reverse("alerts:queue")):
        page = client.get(address).content.decode()
        assert "Cannot separate this person from another person on the list" in page
        assert "Kim Ash" not in page
        assert "Registered" not in page


def test_an_entry_that_has_ended_is_named_no_more(unclear, other, cast):
    Entry.objects.filter(pk=other.pk).update(status=Entry.Status.WITHDRAWN)
    unclear.refresh_from_db()
    assert card(unclear, cast.north_principal).other is None
    assert "Cannot separate" in card(unclear, cast.north_principal).not_separated
