"""Answering in the browser, with and without JavaScript."""

import pytest
from django.test import Client

from alerts.models import Alert
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def test_without_javascript_the_answer_leads_back_to_the_queue(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    answer = client.post(f"/alerts/{alert.pk}/decision", {"answer": "same", "note": "Saw her"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert alert.decisions.get().note == "Saw her"


def test_from_the_alerts_own_page_the_answer_leads_back_to_where_it_is_shown(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    answer = client.post(f"/alerts/{alert.pk}/decision", {"answer": "same", "from": "page"})
    assert answer["Location"] == f"/alerts/{alert.pk}/#answer"
    assert 'id="answer" tabindex="-1"' in client.get(answer["Location"]).content.decode()
    again = client.post(f"/alerts/{alert.pk}/decision", {"answer": "same", "from": "page"})
    assert again.status_code == 409 and 'role="alert" tabindex="-1" autofocus' in again.content.decode()


def test_with_htmx_the_card_is_returned_as_it_is_now(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    answer = client.post(f"/alerts/{alert.pk}/decision", {"answer": "different"}, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.startswith("<article") and 'data-section="decided"' in text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("data", [{}, {"answer": "maybe"}])
def test_without_one_of_the_three_answers_the_form_says_so(
    client: Client, cast: Cast, alert: Alert, data: dict[str, str], headers: dict[str, str]
):
    client.force_login(cast.north_principal)
    answer = client.post(f"/alerts/{alert.pk}/decision", data, headers=headers)
    assert answer.status_code == 422
    assert "Choose one of the three answers" in answer.content.decode()
    assert not alert.decisions.exists()


def test_a_note_too_long_is_refused_in_words(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    answer = client.post(f"/alerts/{alert.pk}/decision", {"answer": "same", "note": "x" * 1001})
    assert answer.status_code == 422
    assert "at most 1,000 characters" in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_second_answer_of_the_same_person_is_refused_kindly(
    client: Client, cast: Cast, alert: Alert, headers: dict[str, str]
):
    client.force_login(cast.north_principal)
    client.post(f"/alerts/{alert.pk}/decision", {"answer": "same"})
    answer = client.post(f"/alerts/{alert.pk}/decision", {"answer": "same"}, headers=headers)
    assert answer.status_code == 409
    assert "You have answered this alert already" in answer.content.decode()


def test_an_answer_without_the_token_of_the_form_is_refused_in_plain_words(cast: Cast, alert: Alert):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.north_principal)
    answer = strict.post(f"/alerts/{alert.pk}/decision", {"answer": "same"})
    assert answer.status_code == 403
    assert "nothing was saved" in answer.content.decode()
    assert not alert.decisions.exists()
