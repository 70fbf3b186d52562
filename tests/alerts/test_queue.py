"""The review room's first page."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from alerts.deciding import decide
from alerts.models import Alert
from audit.models import AccessRecord
from audit.services import Actor
from cameras import health
from cameras.models import Camera
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast
from watchlist.evaluations import Evaluation
from watchlist.models import Category, Entry

pytestmark = pytest.mark.django_db


def page(client: Client, person) -> str:
    client.force_login(person)
    return client.get("/").content.decode()


def section(text: str, key: str) -> str:
    """The part of the page that holds one section."""
    return text.split(f'<section class="queue" data-section="{key}"')[1].split("</section>")[0]


def answer(person, alert: Alert, what: str) -> None:
    decide(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what)


def test_an_alert_waits_with_both_faces_its_place_and_the_question(client: Client, cast: Cast, alert: Alert):
    waiting = section(page(client, cast.north_principal), "yours")
    assert f'id="alert-{alert.pk}"' in waiting
    assert f"/alerts/{alert.pk}/face" in waiting
    assert "North Park" in waiting and "Front door" in waiting and alert.category.name in waiting
    assert "Is this the same person?" in waiting
    for answer_value in ("same", "different", "unclear"):
        assert f'name="answer" value="{answer_value}"' in waiting


def test_the_time_is_that_of_the_school(client: Client, cast: Cast, alert: Alert):
    local = alert.first_seen.astimezone(alert.camera.school.zone)
    assert f"{local:%H:%M:%S %Z}" in section(page(client, cast.north_principal), "yours")


@pytest.mark.parametrize("place", ["/", "/notifications/", "/cameras/", "/figures/", "/?school=0&category="])
def test_how_many_wait_stands_on_every_page(place: str, client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    assert "data-waiting-count >1<" in client.get(place).content.decode()


def test_alerts_of_other_schools_are_neither_shown_nor_counted(
    client: Client, cast: Cast, alert: Alert, south_alert: Alert
):
    text = page(client, cast.south_principal)
    assert f'id="alert-{south_alert.pk}"' in text
    assert f'id="alert-{alert.pk}"' not in text
    assert "North Park" not in text
    assert "data-waiting-count >1<" in text


def test_categories_that_were_not_granted_are_not_shown(client: Client, cast: Cast, alert: Alert):
    from guardian.shortcuts import remove_perm

    remove_perm("watchlist.review_category", cast.north_principal, alert.category)
    assert f'id="alert-{alert.pk}"' not in page(client, cast.north_principal)


def test_who_has_answered_waits_for_a_second_person(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    text = page(client, cast.north_principal)
    assert f'id="alert-{alert.pk}"' in section(text, "others")
    assert "You answered <strong>same person</strong>" in text


@pytest.mark.parametrize("first", ["same", "unclear"])
def test_the_second_person_is_not_told_the_first_answer(client: Client, cast: Cast, alert: Alert, first: str):
    answer(cast.north_principal, alert, first)
    waiting = section(page(client, cast.north_security), "yours")
    assert "Somebody has answered already" in waiting
    assert 'data-status="open"' in waiting
    assert "Maria" not in waiting
    assert "You answered" not in waiting


def test_what_the_second_person_reads_does_not_depend_on_the_first_answer(
    client: Client, cast: Cast, alert: Alert, entry: Entry, north
):
    door = Camera.objects.create(school=north, name="Front door 2", address="usb:0")
    other = make_alert(entry, door, first_seen=alert.first_seen, last_seen=alert.last_seen)
    answer(cast.north_principal, alert, "same")
    answer(cast.north_principal, other, "unclear")
    client.force_login(cast.north_security)
    cards = []
    for row in (alert, other):
        text = client.get(f"/alerts/{row.pk}/card").content.decode().replace("Front door 2", "Front door")
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
        cards.append(re.sub(rf'((?:alert|title|question|note)-|alerts/|data-alert="){row.pk}\b', r"\1N", text))
    assert cards[0] == cards[1]


def test_decided_alerts_of_today_are_listed_with_their_outcome(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "different")
    assert "The passer-by is not the enrolled person" in section(page(client, cast.north_security), "decided")


def test_alerts_decided_yesterday_are_no_longer_listed(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "different")
    Alert.objects.update(settled_at=timezone.now() - timedelta(hours=25))
    assert f'id="alert-{alert.pk}"' not in page(client, cast.north_security)


def test_the_gravest_category_comes_first(client: Client, cast: Cast, alert: Alert, front_door: Camera):
    threat = Category.objects.get(slug="credible-threat")
    graver = make_alert(
        make_entry(cast, threat, "Alex Hart"), front_door, first_seen=alert.first_seen - timedelta(hours=1)
    )
    waiting = section(page(client, cast.north_principal), "yours")
    assert waiting.index(f'id="alert-{graver.pk}"') < waiting.index(f'id="alert-{alert.pk}"')


def test_an_empty_queue_explains_itself(client: Client, cast: Cast, front_door: Camera):
    health.report(front_door.pk, state="watching", last_frame_at=timezone.now().timestamp())
    waiting = " ".join(section(page(client, cast.north_principal), "yours").split())
    assert "No camera has seen anybody on the list yet. 1 of 1 camera watching." in waiting


def test_an_empty_queue_says_which_camera_is_blind(client: Client, cast: Cast, front_door: Camera):
    health.report(front_door.pk, state="unreachable")
    text = page(client, cast.north_principal)
    assert "Front door, North Park has been blind since" in text
    assert "nobody passing there would be noticed" in text
    assert "All cameras blind" in text


def test_when_nobody_is_looked_for_the_queue_and_the_top_of_every_page_say_so(
    client: Client, cast: Cast, front_door: Camera
):
    health.report(front_door.pk, state="watching", last_frame_at=timezone.now().timestamp())
    assert "Nobody is looked for" not in page(client, cast.north_principal)
    altered = {"gallery_size": 100, "fpir": 0.001, "claim_supported": True, "figures": {}, "signature": "00" * 64}
    Evaluation.objects.create(made_at=timezone.now(), **altered)
    text = page(client, cast.north_principal)
    assert "Nobody is looked for now, whoever passes" in text
    for place in ("/", "/figures/", "/cameras/", "/cameras/state"):
        shown = client.get(place).content.decode()
        assert "<span>Nobody is looked for</span>" in shown and "All cameras watching</span>" not in shown, place


def test_the_look_is_recorded_with_the_numbers_that_were_shown(client: Client, cast: Cast, alert: Alert):
    page(client, cast.north_principal)
    record = AccessRecord.objects.get(action="looked at")
    assert (record.actor_name, record.subject) == ("Maria Lopez", f"review queue, alerts: {alert.pk}")


def test_a_look_that_cannot_be_recorded_is_not_given(client: Client, cast: Cast, alert: Alert, monkeypatch):
    from django.db import DatabaseError

    def fail(**_: object) -> None:
        raise DatabaseError("the disk is full")

    client.force_login(cast.north_principal)
    monkeypatch.setattr("audit.lists.record_access", fail)
    answer_page = client.get("/")
    assert answer_page.status_code == 503
    assert "alert-" not in answer_page.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_alerts(
    client: Client, cast: Cast, alert: Alert, front_door: Camera, banned: Category, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(cast.north_principal)
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for number in range(12):
        made = make_alert(make_entry(cast, banned, f"Person {number}"), front_door)
        if number % 3 == 0:
            answer(cast.north_principal, made, "same")
        if number % 3 == 1:
            answer(cast.north_principal, made, "different")
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    # Sections that were empty prefetch for the first time: four queries each, however many rows they hold.
    assert len(many) <= len(few) + 6
    with django_assert_max_num_queries(len(many)):
        client.get("/")


def test_more_alerts_than_fit_are_counted_and_not_dropped_silently(
    client: Client, cast: Cast, entry: Entry, front_door: Camera, monkeypatch
):
    monkeypatch.setattr("alerts.selectors.MOST_SHOWN", 2)
    for _ in range(5):
        make_alert(entry, front_door)
    waiting = section(page(client, cast.north_principal), "yours")
    assert waiting.count("<article") == 2
    assert "data-tally>5<" in waiting
    assert "3 more after these" in waiting


def test_no_page_has_a_script_or_a_style_of_its_own(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    for address in ("/", f"/alerts/{alert.pk}/", "/cameras/", "/sign-in/"):
        text = client.get(address).content.decode()
        assert "<style" not in text and "style=" not in text, address
        assert "<script>" not in text and " onclick" not in text, address
