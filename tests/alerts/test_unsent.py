"""An answer that could not be given: signed out meanwhile, or its address opened as if it were a page."""

import pytest
from django.test import Client

from alerts.models import Alert
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_signed_out_on_the_queue_the_answer_leads_to_the_sign_in_and_back_to_the_queue(client: Client, alert: Alert):
    headers = HTMX | {"Referer": "http://testserver/?school=1"}
    answer = client.post(f"/alerts/{alert.pk}/decision", {"answer": "same"}, headers=headers)
    assert answer["HX-Redirect"] == "/sign-in/?next=/%3Fschool%3D1%26unsent%3D1"
    assert answer.content == b"" and not alert.decisions.exists()


def test_signed_out_on_the_alert_s_page_it_leads_back_to_that_page_which_says_so(
    client: Client, cast: Cast, alert: Alert
):
    page = f"/alerts/{alert.pk}/"
    headers = {"Referer": f"http://testserver{page}"}
    answer = client.post(f"{page}decision", {"answer": "same", "from": "page"}, headers=headers)
    assert answer["Location"] == f"/sign-in/?next={page}%3Funsent%3D1"
    assert "nothing was saved" in client.get(answer["Location"]).content.decode()
    client.force_login(cast.north_principal)
    assert "no answer was given" in client.get(f"{page}?unsent=1").content.decode()
    assert "no answer was given" not in client.get(page).content.decode()


def test_a_page_elsewhere_is_never_where_signing_in_leads(client: Client, alert: Alert):
    headers = {"Referer": "https://elsewhere.example/"}
    answer = client.post(f"/alerts/{alert.pk}/decision", {"answer": "same"}, headers=headers)
    assert answer["Location"] == f"/sign-in/?next=/alerts/{alert.pk}/decision%3Funsent%3D1"


def test_what_an_open_page_asks_for_by_itself_is_answered_with_a_word_and_no_page(client: Client, alert: Alert):
    for place in ("/cameras/state", f"/alerts/{alert.pk}/card"):
        answer = client.get(place, headers=HTMX)
        assert (answer.status_code, answer["HX-Trigger"]) == (204, "lockport:signed-out")


def test_the_address_of_a_form_leads_to_its_page(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    for form in ("decision", "undo", "correction", "note"):
        assert client.get(f"/alerts/{alert.pk}/{form}?unsent=1")["Location"] == f"/alerts/{alert.pk}/?unsent=1"
    client.force_login(cast.system_administrator)
    for form in ("areas", "view", "place"):
        assert client.get(f"/cameras/{alert.camera_id}/{form}")["Location"] == f"/cameras/{alert.camera_id}/"


def test_where_nothing_can_be_opened_a_page_says_so_with_a_way_back(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    answer = client.get("/sign-out/")
    assert answer.status_code == 405 and answer["Allow"]
    assert "This address is no page" in answer.content.decode() and 'href="/"' in answer.content.decode()
