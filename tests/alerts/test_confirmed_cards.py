"""What the first person sees once a second one has confirmed, withdrawn that, or once nobody is left to ask."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from alerts.correcting import correct
from alerts.deciding import decide
from alerts.models import Alert
from alerts.remaining import nobody_left
from audit.services import Actor
from lockport import access
from tests.conftest import Cast, grant_review, make_person

pytestmark = pytest.mark.django_db
NOBODY = "Everybody who may answer has answered"


def answer(person, alert: Alert, what: str) -> None:
    decide(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what)


def change(person, alert: Alert, what: str) -> None:
    correct(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what, reason="The ears differ")


def queue(client: Client, person) -> str:
    client.force_login(person)
    return client.get("/").content.decode()


def test_a_confirmed_alert_still_shows_what_to_do_for_some_hours(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    answer(cast.north_security, alert, "same")
    assert "What to do now" in queue(client, cast.north_principal)
    Alert.objects.update(settled_at=timezone.now() - timedelta(hours=9))
    assert "What to do now" not in client.get(f"/alerts/{alert.pk}/card").content.decode()


def test_a_confirmation_withdrawn_is_said_with_who_is_asked_now(client: Client, cast: Cast, alert: Alert):
    grant_review(make_person("tess", access.SECURITY), alert.camera.school)
    answer(cast.north_principal, alert, "same")
    answer(cast.north_security, alert, "same")
    change(cast.north_security, alert, "different")
    text = queue(client, cast.north_principal)
    assert "The confirmation was withdrawn:" in text and "A further person is asked" in text
    assert NOBODY not in text


def test_an_answer_changed_before_there_were_two_withdraws_nothing(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    change(cast.north_principal, alert, "unclear")
    assert "withdrawn" not in queue(client, cast.north_principal)


def test_where_nobody_is_left_to_answer_the_card_says_whom_to_ask(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "unclear")
    assert NOBODY not in queue(client, cast.north_principal)
    answer(cast.north_security, alert, "unclear")
    for place in ("/", f"/alerts/{alert.pk}/", f"/alerts/{alert.pk}/card"):
        assert NOBODY in client.get(place).content.decode(), place


def test_only_who_may_decide_on_this_one_counts(cast: Cast, alert: Alert, django_assert_num_queries):
    answer(cast.north_principal, alert, "unclear")
    answer(cast.north_security, alert, "unclear")
    rows = list(Alert.objects.select_related("camera").prefetch_related("decisions"))
    with django_assert_num_queries(1):
        assert nobody_left(rows) == {alert.pk}
    grant_review(cast.outsider, alert.camera.school)  # without a role that decides
    assert nobody_left(rows) == {alert.pk}
    grant_review(make_person("tess", access.SECURITY), alert.camera.school)
    assert nobody_left(rows) == set()
