import io
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import remove_perm
from PIL import Image

from alerts.models import Alert
from audit.models import AccessRecord
from retention.vault import destroy_key
from tests.watchlist.conftest import enrolment
from watchlist import views
from watchlist.models import Entry

pytestmark = pytest.mark.django_db


def look(person, entry: Entry):
    client = Client()
    client.force_login(person)
    return client.get(f"/watchlist/photograph/{entry.photographs.get().pk}/")


@pytest.fixture
def alert(active, front_door) -> Alert:
    now = timezone.now()
    return Alert.objects.create(
        entry=active,
        category=active.category,
        camera=front_door,
        first_seen=now,
        last_seen=now,
        window_ends=now + timedelta(minutes=5),
        distance=-0.1,
        raw_distance=0.45,
        threshold=-0.06,
        frames_used=3,
        quality=0.8,
        gallery_size=1,
        gallery_version="v",
        model="dlib",
    )


def test_an_administrator_sees_the_photograph_and_the_look_is_recorded(active, cast):
    response = look(cast.administrator, active)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.content == enrolment().jpeg
    assert Image.open(io.BytesIO(response.content)).format == "JPEG"
    record = AccessRecord.objects.get(subject_kind="photograph")
    assert (record.action, record.actor_id) == ("looked at", cast.administrator.pk)


def test_a_reviewer_sees_it_beside_an_alert_of_their_own_school(alert, active, cast):
    assert look(cast.north_principal, active).status_code == 200
    assert look(cast.south_principal, active).status_code == 404


def test_a_reviewer_without_an_alert_does_not_browse_the_watchlist(active, cast):
    assert look(cast.north_principal, active).status_code == 404


@pytest.mark.parametrize("person", ["privacy_officer", "system_administrator", "outsider", "superuser"])
def test_for_everybody_else_there_is_no_such_photograph(person, alert, active, cast):
    assert look(getattr(cast, person), active).status_code == 404
    assert not AccessRecord.objects.filter(subject_kind="photograph").exists()


def test_an_administrator_without_the_category_does_not_see_it(active, cast, banned):
    remove_perm("watchlist.review_category", cast.administrator, banned)
    assert look(cast.administrator, active).status_code == 404


def test_grants_without_a_role_are_not_enough(alert, active, cast):
    cast.north_principal.groups.clear()
    assert look(cast.north_principal, active).status_code == 403


def test_a_stranger_is_sent_to_sign_in(active):
    response = Client().get(f"/watchlist/photograph/{active.photographs.get().pk}/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/sign-in/")


def test_after_its_day_it_is_not_shown_although_nobody_has_cleared_it_away_yet(active, cast):
    Entry.objects.update(expires_at=timezone.now())
    assert look(cast.administrator, active).status_code == 404


def test_a_photograph_whose_key_is_destroyed_is_not_shown(active, cast):
    destroy_key(active.owner)
    assert look(cast.administrator, active).status_code == 404


def test_without_a_record_no_byte_is_sent(active, cast, monkeypatch):
    def fail(**_: object) -> None:
        raise DatabaseError("the log is full")

    monkeypatch.setattr(views, "record_access", fail)
    response = look(cast.administrator, active)
    assert response.status_code == 503
    assert enrolment().jpeg[:32] not in response.content
