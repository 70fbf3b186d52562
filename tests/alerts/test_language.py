"""Whoever reads, reads in their language; what is kept, and what leaves, does not depend on who was reading."""

import pytest
from django.test import Client
from django.urls import reverse

from alerts.destinations import Destination
from alerts.models import Alert
from alerts.notices import Notice, text_of
from audit.models import AccessRecord
from cameras.models import Camera
from tests.alerts.notices import destination_of
from tests.conftest import Cast

SPANISH = {"Accept-Language": "es"}


@pytest.fixture
def maria(cast: Cast) -> Client:
    client = Client(headers=SPANISH)
    client.force_login(cast.north_principal)
    return client


def test_an_alert_is_shown_and_asked_about_in_the_reader_s_language(maria: Client, alert: Alert):
    page = maria.get(f"/alerts/{alert.pk}/").content.decode()
    for words in ("Posible coincidencia", "¿Es la misma persona?", "La misma persona", "Pida a una segunda persona"):
        assert words in page
    assert "Possible match" not in page


def test_a_category_that_the_district_has_renamed_is_shown_as_it_was_typed(maria: Client, alert: Alert):
    assert "Con prohibición de entrar a la escuela" in maria.get(f"/alerts/{alert.pk}/").content.decode()
    alert.category.name = "Trespass notice on file"
    alert.category.save()
    assert "Trespass notice on file" in maria.get(f"/alerts/{alert.pk}/").content.decode()


def test_an_answer_given_in_spanish_is_recorded_as_one_given_in_english(maria: Client, alert: Alert):
    maria.post(f"/alerts/{alert.pk}/decision", {"answer": "same", "note": "La vi."})
    maria.post(f"/alerts/{alert.pk}/correction", {"answer": "unclear", "note": "No estoy segura."})
    decided, corrected = AccessRecord.objects.filter(action__in=["decided", "corrected an answer on"]).order_by("pk")
    assert decided.reason == "Same person"
    assert corrected.reason == "Same person → Cannot tell: No estoy segura."


def test_what_is_drawn_on_a_camera_s_picture_is_recorded_in_english(cast: Cast, front_door: Camera):
    client = Client(headers=SPANISH)
    client.force_login(cast.system_administrator)
    area = {"kind": "privacy", "name": "Ventana", "points": "[[0, 0], [1, 0], [1, 1]]"}
    client.post(reverse("cameras:areas", args=[front_door.pk]), area)
    assert "máscara de privacidad" in client.get(reverse("cameras:aim", args=[front_door.pk])).content.decode()
    record = AccessRecord.objects.get(action="drew an area for")
    assert record.reason == "Ventana (privacy mask: nobody is looked for here)"


def test_messages_are_in_the_language_in_which_somebody_asked_for_them(
    maria: Client, cast: Cast, alert: Alert, monkeypatch
):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("192.0.2.10", 443))])
    maria.post("/notifications/", {"name": "Teléfono", "address": "ntfys://ntfy.invalid/topic"})
    place = Destination.objects.get(owner=cast.north_principal)
    assert text_of(Notice(destination=place, alert=alert, kind=Notice.Kind.RAISED)).startswith(
        "Posible coincidencia en"
    )
    other = destination_of(cast.north_security)
    assert text_of(Notice(destination=other, alert=alert, kind=Notice.Kind.RAISED)).startswith("Possible match at")


def test_a_number_is_written_alike_in_both_languages(maria: Client, alert: Alert):
    Alert.objects.filter(pk=alert.pk).update(distance=-0.2)
    assert "30,000" in maria.get(f"/alerts/{alert.pk}/").content.decode()
    assert "0.410" in maria.get(f"/alerts/{alert.pk}/").content.decode()
