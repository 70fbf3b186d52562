"""The REST API shows what the pages show, to the same people, with the same records."""

import pytest
from django.test import Client

from alerts.models import Alert
from audit.models import AccessRecord
from cameras.models import Camera
from tests.alerts.conftest import make_alert
from tests.conftest import Cast
from watchlist.models import Entry

pytestmark = pytest.mark.django_db


def test_the_list_holds_ones_own_alerts_and_no_others(client: Client, cast: Cast, alert: Alert, south_alert: Alert):
    client.force_login(cast.north_principal)
    answer = client.get("/api/alerts/").json()
    assert [row["id"] for row in answer["results"]] == [alert.pk]
    assert AccessRecord.objects.get(action="looked at").subject == f"list of alerts: {alert.pk}"


def test_a_long_list_comes_in_pages_and_each_is_recorded(
    client: Client, cast: Cast, entry: Entry, front_door: Camera, monkeypatch
):
    monkeypatch.setattr("alerts.api.NewestFirst.page_size", 2)
    made = [make_alert(entry, front_door).pk for _ in range(5)]
    client.force_login(cast.north_principal)
    seen, address = [], "/api/alerts/"
    while address:
        answer = client.get(address).json()
        seen += [row["id"] for row in answer["results"]]
        address = answer["next"]
    assert seen == sorted(made, reverse=True)
    recorded = AccessRecord.objects.filter(action="looked at").values_list("subject", flat=True)
    assert sum(subject.count(",") + 1 for subject in recorded) == 5


def test_one_alert_has_its_numbers_and_their_words(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    row = client.get(f"/api/alerts/{alert.pk}/").json()
    assert (row["distance"], row["threshold"], row["status"]) == (0.21, 0.3, "open")
    assert "stranger" in row["doubt"]
    assert AccessRecord.objects.get(action="looked at").subject_id == str(alert.pk)


def test_a_decision_is_taken_down_and_the_first_answer_stays_hidden(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    first = client.post(f"/api/alerts/{alert.pk}/decision/", {"answer": "same", "note": "scarf"}, "application/json")
    assert (first.status_code, first.json()["status"]) == (201, "second")
    client.force_login(cast.north_security)
    row = client.get(f"/api/alerts/{alert.pk}/").json()
    assert (row["status"], row["decisions"]) == ("open", [])
    second = client.post(f"/api/alerts/{alert.pk}/decision/", {"answer": "same"}, "application/json")
    assert second.json()["status"] == "confirmed"
    assert [given["answer"] for given in second.json()["decisions"]] == ["same", "same"]


def test_a_second_answer_and_an_unknown_answer_are_refused_in_words(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    address = f"/api/alerts/{alert.pk}/decision/"
    unknown = client.post(address, {"answer": "maybe"}, "application/json")
    assert unknown.status_code == 400
    assert "Choose one of the three answers" in unknown.json()["answer"][0]
    client.post(address, {"answer": "same"}, "application/json")
    again = client.post(address, {"answer": "same"}, "application/json")
    assert again.status_code == 409
    assert "already" in again.json()["detail"]


@pytest.mark.parametrize("body", ["[]", '"same"', "{", '{"answer": ["same"]}', '{"answer": {"a": 1}}', "null"])
def test_a_body_of_another_shape_is_refused_and_never_a_server_error(
    client: Client, cast: Cast, alert: Alert, body: str
):
    client.force_login(cast.north_principal)
    answer = client.post(f"/api/alerts/{alert.pk}/decision/", body, "application/json")
    assert answer.status_code == 400
    assert not alert.decisions.exists()


def test_a_decision_needs_the_token_of_the_session(cast: Cast, alert: Alert):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.north_principal)
    answer = strict.post(f"/api/alerts/{alert.pk}/decision/", {"answer": "same"}, "application/json")
    assert answer.status_code == 403
    assert not alert.decisions.exists()


def test_cameras_are_listed_without_their_address(client: Client, cast: Cast, front_door: Camera):
    client.force_login(cast.north_principal)
    answer = client.get("/api/cameras/")
    assert [row["name"] for row in answer.json()["results"]] == ["Front door"]
    assert "192.0.2.7" not in answer.content.decode()
    client.force_login(cast.south_principal)
    assert client.get("/api/cameras/").json()["results"] == []
