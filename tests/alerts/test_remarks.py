"""Notes beside the answers: kept with their writer, shown to those who have answered, and never changed."""

import pytest
from django.test import Client

from alerts.deciding import decide
from alerts.models import Alert, Remark
from audit.models import AccessRecord
from audit.services import Actor
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def answer(person, alert: Alert, what: str) -> None:
    decide(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what)


def write(client: Client, person, alert: Alert, text: str):
    client.force_login(person)
    return client.post(f"/alerts/{alert.pk}/note", {"note": text, "from": "page"})


def page(client: Client, person, alert: Alert) -> str:
    client.force_login(person)
    return client.get(f"/alerts/{alert.pk}/").content.decode()


def test_a_note_is_shown_with_its_writer_to_those_who_have_answered_and_to_no_others(
    client: Client, cast: Cast, alert: Alert
):
    answer(cast.north_principal, alert, "same")
    written = write(client, cast.north_principal, alert, "Told the front office")
    assert (written.status_code, written["Location"]) == (302, f"/alerts/{alert.pk}/#answers")
    shown = page(client, cast.north_principal, alert)
    assert "Told the front office" in shown and "Maria Lopez · " in shown
    assert "Told the front office" not in page(client, cast.north_security, alert)
    assert AccessRecord.objects.filter(action="wrote a note on", subject_id=str(alert.pk)).count() == 1


def test_whoever_has_yet_to_answer_an_open_alert_writes_none(client: Client, cast: Cast, alert: Alert):
    refused = write(client, cast.north_principal, alert, "I know her")
    assert refused.status_code == 422 and "Answer first" in refused.content.decode()
    assert not Remark.objects.exists()


def test_about_a_decided_alert_everybody_who_may_decide_can_write(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_security, alert, "different")
    assert write(client, cast.north_principal, alert, "The visitor was told").status_code == 302


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_an_empty_or_endless_note_is_refused_with_words(client: Client, cast: Cast, alert: Alert, text: str):
    answer(cast.north_principal, alert, "same")
    refused = write(client, cast.north_principal, alert, text)
    assert refused.status_code == 422 and 'class="problem"' in refused.content.decode()


def test_at_another_school_there_is_nothing_to_write_on(client: Client, cast: Cast, alert: Alert):
    assert write(client, cast.south_principal, alert, "Hello").status_code == 404
