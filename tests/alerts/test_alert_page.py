"""One alert: its page, its card, its two pictures."""

from datetime import datetime

import pytest
from django.db import DatabaseError
from django.test import Client

from alerts.deciding import decide
from alerts.models import Alert
from audit.models import AccessRecord
from audit.services import Actor
from tests.alerts.conftest import jpeg
from tests.conftest import Cast, grant_review

pytestmark = pytest.mark.django_db

ALL_VIEWS = ["/alerts/{}/", "/alerts/{}/card", "/alerts/{}/face", "/alerts/{}/frame"]


def test_the_page_says_why_this_matched(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    text = client.get(f"/alerts/{alert.pk}/").content.decode()
    for words in ("0.210", "0.300", "0.410", "0.620", "12 people", "dlib-resnet-v1", "abc123", "stranger"):
        assert words in text, words


def test_the_page_says_when_this_look_was_recorded(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    text = client.get(f"/alerts/{alert.pk}/").content.decode()
    at: datetime = AccessRecord.objects.get(action="looked at").at.astimezone(alert.camera.school.zone)
    assert f"Your look at this alert was recorded at {at:%H:%M %Z}." in text


def test_the_protocol_of_the_category_is_numbered_and_can_be_called(client: Client, cast: Cast, alert: Alert):
    alert.category.protocol = "Stay calm.\nCall 716 555 0134."
    alert.category.save()
    client.force_login(cast.north_principal)
    text = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "<li>Stay calm.</li>" in text
    assert '<a href="tel:7165550134">716 555 0134</a>' in text


def test_answers_and_notes_are_hidden_until_one_has_answered_oneself(client: Client, cast: Cast, alert: Alert):
    maria = cast.north_principal
    decide(person=maria, actor=Actor.from_person(maria), alert_pk=alert.pk, answer="same", note="His red scarf")
    client.force_login(cast.north_security)
    before = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "His red scarf" not in before and "Maria Lopez" not in before
    client.post(f"/alerts/{alert.pk}/decision", {"answer": "unclear"})
    after = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "His red scarf" in after and "Maria Lopez" in after


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_strangers_to_the_school_find_nothing(client: Client, cast: Cast, alert: Alert, view: str):
    for person in (cast.south_principal, cast.administrator, cast.privacy_officer, cast.superuser, cast.outsider):
        client.force_login(person)
        assert client.get(view.format(alert.pk)).status_code == 404
    assert not AccessRecord.objects.filter(action__startswith="looked at").exists()


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_a_stranger_cannot_tell_what_is_hidden_from_what_does_not_exist(
    client: Client, cast: Cast, alert: Alert, view: str
):
    client.force_login(cast.south_principal)
    hidden, missing = client.get(view.format(alert.pk)), client.get(view.format(99_999))
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_grants_without_the_role_are_refused_with_what_is_missing(client: Client, cast: Cast, alert: Alert, view: str):
    grant_review(cast.outsider, alert.camera.school)
    client.force_login(cast.outsider)
    answer = client.get(view.format(alert.pk))
    assert answer.status_code == 403
    assert "alerts.view_alert" in answer.content.decode()
    assert "system administrator" in answer.content.decode()


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_every_look_is_recorded_with_the_alert(client: Client, cast: Cast, alert: Alert, view: str):
    client.force_login(cast.north_principal)
    assert client.get(view.format(alert.pk)).status_code == 200
    record = AccessRecord.objects.get(action__startswith="looked at")
    assert (record.actor_id, record.subject_kind, record.subject_id) == (
        cast.north_principal.pk,
        "alert",
        str(alert.pk),
    )


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_no_record_no_picture(client: Client, cast: Cast, alert: Alert, view: str, monkeypatch):
    def fail(**_: object) -> None:
        raise DatabaseError("the disk is full")

    client.force_login(cast.north_principal)
    monkeypatch.setattr("alerts.views.record_access", fail)
    answer = client.get(view.format(alert.pk))
    assert answer.status_code == 503
    assert b"\xff\xd8\xff" not in answer.content
    assert "Possible match" not in answer.content.decode()


@pytest.mark.parametrize(("view", "brightness"), [("face", 120), ("frame", 140)])
def test_pictures_come_out_of_the_vault_and_are_kept_nowhere(
    client: Client, cast: Cast, alert: Alert, view: str, brightness: int
):
    client.force_login(cast.north_principal)
    answer = client.get(f"/alerts/{alert.pk}/{view}")
    assert answer.content == jpeg(brightness)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("view", ["face", "frame"])
def test_a_picture_that_has_been_destroyed_is_not_found(client: Client, cast: Cast, alert: Alert, view: str):
    from retention.vault import destroy

    destroy(alert.owner, [], alert.face.storage)
    client.force_login(cast.north_principal)
    assert client.get(f"/alerts/{alert.pk}/{view}").status_code == 404
    assert client.get(f"/alerts/{alert.pk}/").status_code == 200


def test_an_entry_whose_photographs_are_gone_says_so(client: Client, cast: Cast, alert: Alert):
    alert.entry.photographs.all().delete()
    client.force_login(cast.north_principal)
    assert "The photograph has been destroyed" in client.get(f"/alerts/{alert.pk}/").content.decode()


def test_names_and_notes_are_shown_as_text_and_never_as_markup(client: Client, cast: Cast, alert: Alert):
    alert.camera.name = alert.entry.name = "<img src=x>"
    alert.camera.save()
    alert.entry.save()
    client.force_login(cast.north_principal)
    client.post(f"/alerts/{alert.pk}/decision", {"answer": "same", "note": "<b>bold</b>"})
    text = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "<img src=x>" not in text and "<b>bold" not in text
    assert "&lt;b&gt;bold" in text


def test_the_page_has_its_date_and_its_print_who_printed_it(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    text = client.get(f"/alerts/{alert.pk}/").content.decode()
    local = alert.first_seen.astimezone(alert.camera.school.zone)
    day = f"{local:%a} {local.day} {local:%b %Y}"
    assert f"{day}, {local:%H:%M:%S %Z}</time>" in text
    printed = text.split('<p class="printed">')[1].split("</p>")[0]
    assert printed.startswith("Printed by Maria Lopez from a page made on ") and day in printed


def test_what_is_of_no_use_on_paper_is_not_printed(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    text = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert '<div class="unprinted"><section class="panel" aria-labelledby="clip">' in text


def test_a_button_that_changes_an_answer_says_so(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    client.post(f"/alerts/{alert.pk}/decision", {"answer": "same"})
    text = client.get(f"/alerts/{alert.pk}/").content.decode()
    assert "<button>Change my answer</button>" in text and "<button>Correct</button>" not in text
