"""Many sightings, few alerts: one for each person, camera and suppression window."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.models import Alert, AlertEvent, Sighting
from alerts.services import alert_raise
from audit.models import AccessRecord
from cameras.models import Camera
from retention.keyfolder import owners_with_keys
from retention.vault import has_key
from tests.alerts.sightings import sighting_of
from watchlist.models import Entry

NOON = 1_790_000_000.0
WINDOW = 300  # seconds, LOCKPORT_SUPPRESSION_SECONDS


@pytest.fixture
def entry(cast, banned):
    return Entry.objects.create(
        every_school=True,
        name="Jo Doe",
        category=banned,
        basis="Order 17",
        expires_at=timezone.now() + timedelta(days=30),
        status=Entry.Status.ACTIVE,
        proposed_by=cast.administrator,
        approved_by=cast.second_administrator,
    )


def test_a_first_sighting_raises_an_alert_with_its_evidence_in_the_vault(entry, front_door):
    alert = alert_raise(sighting_of(entry, front_door, NOON))
    assert alert.status == Alert.Status.WAITING
    assert alert.category == entry.category
    assert alert.face.open().read()[:2] == b"\xff\xd8"
    assert has_key(alert.owner)
    assert AlertEvent.objects.get().kind == AlertEvent.Kind.RAISED
    assert AccessRecord.objects.filter(action="raised", actor_kind="worker").count() == 1


def test_further_sightings_within_the_window_update_the_alert(entry, front_door):
    first = alert_raise(sighting_of(entry, front_door, NOON))
    second = alert_raise(sighting_of(entry, front_door, NOON + 10))
    assert second.pk == first.pk
    second.refresh_from_db()
    assert second.sightings == 2
    assert second.last_seen.timestamp() == NOON + 10
    assert list(AlertEvent.objects.values_list("kind", flat=True)) == ["raised"], "nobody's page looks again for that"


@pytest.mark.parametrize(("seconds", "alerts"), [(WINDOW - 0.001, 1), (WINDOW, 2), (WINDOW + 0.001, 2)])
def test_the_window_ends_to_the_millisecond(entry, front_door, seconds, alerts):
    alert_raise(sighting_of(entry, front_door, NOON))
    alert_raise(sighting_of(entry, front_door, NOON + seconds, first_seen=NOON + seconds))
    assert Alert.objects.count() == alerts


def test_the_same_sighting_delivered_twice_counts_once(entry, front_door):
    sighting = sighting_of(entry, front_door, NOON)
    assert alert_raise(sighting).pk == alert_raise(sighting).pk
    assert Alert.objects.get().sightings == 1
    assert Sighting.objects.count() == 1


def test_another_camera_raises_an_alert_of_its_own(entry, front_door, north):
    gym = Camera.objects.create(school=north, name="Gym door", address="usb:1")
    alert_raise(sighting_of(entry, front_door, NOON))
    alert_raise(sighting_of(entry, gym, NOON + 1))
    assert Alert.objects.count() == 2


def test_a_clearly_better_shot_replaces_the_evidence_while_nobody_has_answered(
    entry, front_door, django_capture_on_commit_callbacks
):
    first = alert_raise(sighting_of(entry, front_door, NOON, quality=0.4))
    with django_capture_on_commit_callbacks(execute=True):
        better = alert_raise(sighting_of(entry, front_door, NOON + 1, quality=0.9, distance=-0.12))
    assert better.distance == -0.12
    assert better.face.name != first.face.name
    assert not better.face.storage.exists(first.face.name)


def test_evidence_stays_as_it_was_once_somebody_has_answered(entry, front_door):
    first = alert_raise(sighting_of(entry, front_door, NOON, quality=0.4))
    Alert.objects.update(status=Alert.Status.SECOND)
    alert_raise(sighting_of(entry, front_door, NOON + 1, quality=0.9))
    assert Alert.objects.get().face.name == first.face.name


@pytest.mark.parametrize("status", ["withdrawn", "expired", "proposed"])
def test_nothing_is_kept_of_somebody_who_is_not_looked_for_any_more(entry, front_door, status, settings):
    type(entry).objects.update(status=status)
    assert alert_raise(sighting_of(entry, front_door, NOON)) is None
    assert not Alert.objects.exists()
    assert not list(owners_with_keys())
    assert not any(path.is_file() for path in settings.LOCKPORT_VAULT.rglob("*"))


@pytest.mark.django_db(transaction=True)
def test_eight_workers_that_see_the_person_at_once_raise_one_alert(entry, front_door):
    gate = threading.Barrier(8)

    def work(number: int) -> None:
        gate.wait()
        try:
            alert_raise(sighting_of(entry, front_door, NOON + number / 100))
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    alert = Alert.objects.get()
    assert alert.sightings == 8
    assert [owner for owner, _ in owners_with_keys()] == [alert.owner]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 2000), min_size=1, max_size=12))
def test_each_sighting_belongs_to_one_alert_whose_window_covers_it_whatever_the_order(entry, front_door, seconds):
    Alert.objects.all().delete()
    for second in seconds:
        alert_raise(sighting_of(entry, front_door, NOON + second, first_seen=NOON + second))
    rows = Sighting.objects.select_related("alert")
    assert len(rows) == len(seconds)
    assert all(row.alert.first_seen <= row.seen_at < row.alert.window_ends for row in rows)
    assert Alert.objects.filter(window_open=True).count() <= 1
    assert sum(alert.sightings for alert in Alert.objects.all()) == len(seconds)
