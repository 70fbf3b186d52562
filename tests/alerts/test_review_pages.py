"""The rest of the review room: undo, correction, filters, the day of an entry, who has looked, the letter."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from alerts.deciding import decide
from alerts.models import Alert, Decision
from audit.services import Actor
from cameras.aiming import plan_set
from cameras.models import Camera
from tests.alerts.conftest import make_alert, make_entry
from tests.cameras.test_aiming import a_picture
from tests.conftest import Cast
from watchlist.models import Category, Entry

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(client: Client, person, address: str = "/") -> str:
    client.force_login(person)
    return client.get(address).content.decode()


def answer(person, alert: Alert, what: str) -> None:
    decide(person=person, actor=Actor.from_person(person), alert_pk=alert.pk, answer=what)


def section(text: str, key: str) -> str:
    return text.split(f'<section class="queue" data-section="{key}"')[1].split("</section>")[0]


def test_an_answer_comes_back_with_the_form_that_undoes_it(client: Client, cast: Cast, alert: Alert):
    client.force_login(cast.north_principal)
    card = client.post(f"/alerts/{alert.pk}/decision", {"answer": "different"}, headers=HTMX).content.decode()
    assert re.search(r'data-undo="(9|10)"', card) and 'data-said="Not this person"' in card
    card = client.post(f"/alerts/{alert.pk}/undo", headers=HTMX).content.decode()
    assert 'data-section="yours"' in card and "Is this the same person?" in card and "data-undo" not in card


def test_later_there_is_no_such_form_and_the_server_says_why(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    Decision.objects.update(at=timezone.now() - timedelta(seconds=30))
    assert "data-undo" not in page(client, cast.north_principal)
    answered = client.post(f"/alerts/{alert.pk}/undo", headers=HTMX)
    assert answered.status_code == 422 and "too late" in answered.content.decode()


def test_a_correction_is_shown_beside_the_first_answer(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "same")
    address = f"/alerts/{alert.pk}/"
    assert "Correct my answer" in page(client, cast.north_principal, address)
    form = {"answer": "different", "note": "The ears differ", "from": "page"}
    assert client.post(f"{address}correction", form).status_code == 302
    text = client.get(address).content.decode()
    assert text.count("Maria Lopez · ") >= 2 and "The ears differ" in text and "In place of an earlier answer" in text
    refused = client.post(f"{address}correction", {"answer": "same", "note": "", "from": "page"})
    assert refused.status_code == 422 and "Say why" in refused.content.decode()


def test_one_no_can_be_contradicted_on_the_card(client: Client, cast: Cast, alert: Alert):
    answer(cast.north_principal, alert, "different")
    assert "Do you see it otherwise?" in page(client, cast.north_security)
    card = client.post(f"/alerts/{alert.pk}/decision", {"answer": "same"}, headers=HTMX).content.decode()
    assert 'data-section="others"' in card
    assert "Do you see it otherwise?" not in page(client, cast.north_principal)


@pytest.fixture
def both_schools(cast: Cast, south) -> None:
    assign_perm("cameras.review_school", cast.north_principal, south)


def test_filters_are_remembered_and_can_be_taken_off(
    client: Client, cast: Cast, alert: Alert, south_alert: Alert, both_schools
):
    text = page(client, cast.north_principal)
    assert f"alert-{alert.pk}" in text and f"alert-{south_alert.pk}" in text
    client.get("/", {"school": south_alert.camera.school_id, "category": ""})
    text = client.get("/").content.decode()
    assert f'id="alert-{alert.pk}"' not in text and f'id="alert-{south_alert.pk}"' in text
    assert "Only some alerts are shown here" in text and "data-waiting-count >2<" in text
    assert f'id="alert-{alert.pk}"' in client.get("/?school=&category=").content.decode()


def test_a_category_can_be_chosen(client: Client, cast: Cast, alert: Alert, front_door: Camera):
    threat = Category.objects.get(slug="credible-threat")
    graver = make_alert(make_entry(cast, threat, "Alex Hart"), front_door)
    client.force_login(cast.north_principal)
    text = client.get("/", {"category": threat.pk}).content.decode()
    assert f'id="alert-{graver.pk}"' in text and f'id="alert-{alert.pk}"' not in text


@pytest.mark.parametrize("school", ["999999999999999999999", "-1", "x", "²", ""])
def test_a_filter_that_means_nothing_shows_everything(client: Client, cast: Cast, alert: Alert, school: str):
    client.force_login(cast.north_principal)
    assert f'id="alert-{alert.pk}"' in client.get("/", {"school": school}).content.decode()


def test_a_school_not_granted_cannot_be_chosen(client: Client, cast: Cast, alert: Alert, south_alert: Alert):
    client.force_login(cast.north_principal)
    text = client.get("/", {"school": south_alert.camera.school_id}).content.decode()
    assert f'id="alert-{alert.pk}"' in text and f'id="alert-{south_alert.pk}"' not in text


def test_an_alert_nobody_answered_within_a_day_is_listed_apart_and_can_still_be_answered(
    client: Client, cast: Cast, entry: Entry, front_door: Camera
):
    old = make_alert(entry, front_door, first_seen=timezone.now() - timedelta(hours=25))
    text = page(client, cast.north_principal)
    assert f'id="alert-{old.pk}"' in section(text, "unanswered")
    assert "Is this the same person?" in section(text, "unanswered")
    assert "data-waiting-count hidden>0<" in text


def test_the_first_look_is_kept_and_later_ones_do_not_change_it(client: Client, cast: Cast, alert: Alert):
    page(client, cast.north_principal)
    alert.refresh_from_db()
    first = alert.looked_at
    assert first
    page(client, cast.north_security, f"/alerts/{alert.pk}/")
    alert.refresh_from_db()
    assert alert.looked_at == first


def test_the_page_shows_the_entry_s_other_alerts_of_the_day_that_one_may_see(
    client: Client, cast: Cast, alert: Alert, south_alert: Alert, entry: Entry, north
):
    gym = Camera.objects.create(school=north, name="Gym door", address="usb:0")
    near = make_alert(entry, gym, first_seen=alert.first_seen + timedelta(minutes=4))
    far = make_alert(entry, gym, first_seen=alert.first_seen - timedelta(hours=25))
    text = page(client, cast.north_principal, f"/alerts/{alert.pk}/")
    assert f'href="/alerts/{near.pk}/"' in text and "Gym door, North Park" in text
    assert f'href="/alerts/{far.pk}/"' not in text
    assert "South" not in text


def test_the_timeline_does_not_tell_what_others_answered_there(
    client: Client, cast: Cast, alert: Alert, entry: Entry, north
):
    gym = Camera.objects.create(school=north, name="Gym door", address="usb:0")
    near = make_alert(entry, gym, first_seen=alert.first_seen + timedelta(minutes=4))
    answer(cast.north_security, near, "same")
    assert "waiting for a second person" not in page(client, cast.north_principal, f"/alerts/{alert.pk}/")


def test_who_has_looked_is_shown_to_those_who_have_answered(client: Client, cast: Cast, alert: Alert):
    address = f"/alerts/{alert.pk}/"
    assert "Sam Reed" not in page(client, cast.north_security, address).split("Who has looked")[1]
    answer(cast.north_principal, alert, "same")
    looks = page(client, cast.north_principal, address).split("Who has looked")[1]
    assert "Sam Reed · " in looks and "Maria Lopez · " in looks


def test_the_letter_is_for_a_match_that_was_wrong_and_names_nobody(client: Client, cast: Cast, alert: Alert):
    address = f"/alerts/{alert.pk}/letter"
    client.force_login(cast.north_principal)
    assert client.get(address).status_code == 404
    answer(cast.north_security, alert, "different")
    text = client.get(address).content.decode()
    local = alert.first_seen.astimezone(alert.camera.school.zone)
    assert "It was wrong" in text and f"{local:%H:%M %Z}" in text and f"alert {alert.pk}" in text
    for secret in (alert.entry.name, alert.category.name, "Sam Reed", "<img", "/face"):
        assert secret not in text
    client.force_login(cast.south_principal)
    assert client.get(address).status_code == 404


def test_the_queries_of_an_alert_s_page_do_not_grow_with_the_day(
    client: Client, cast: Cast, alert: Alert, entry: Entry, front_door: Camera, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(cast.north_principal)
    make_alert(entry, front_door)
    answer(cast.north_principal, alert, "same")
    client.get(f"/alerts/{alert.pk}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/alerts/{alert.pk}/")
    for number in range(8):
        answer(cast.north_security if number % 2 else cast.north_principal, make_alert(entry, front_door), "unclear")
    with django_assert_max_num_queries(len(few)):
        client.get(f"/alerts/{alert.pk}/")


def test_the_page_shows_on_the_plan_where_the_same_person_may_have_been_in_the_order_of_time(
    client: Client, cast: Cast, alert: Alert, entry: Entry, north, front_door: Camera
):
    plan_set(school=north, file=a_picture((960, 480)), actor=Actor.command())
    assert "polyline" not in page(client, cast.north_principal, f"/alerts/{alert.pk}/")
    gym = Camera.objects.create(school=north, name="Gym door", address="usb:0", plan_x=0.5, plan_y=0.5)
    Camera.objects.filter(pk=front_door.pk).update(plan_x=0.25, plan_y=0.5)
    make_alert(entry, gym, first_seen=alert.first_seen + timedelta(minutes=4))
    make_alert(entry, front_door, first_seen=alert.first_seen + timedelta(minutes=9))
    text = page(client, cast.north_principal, f"/alerts/{alert.pk}/")
    assert 'points="240.0,240.0 480.0,240.0 240.0,240.0"' in text
    assert "<title>Front door</title>" in text and ">1, 3</text>" in text and ">2</text>" in text


def test_a_poor_picture_is_warned_of(client: Client, cast: Cast, alert: Alert, front_door: Camera, entry: Entry):
    assert "picture is poor" not in page(client, cast.north_principal)
    make_alert(entry, front_door, quality=0.2)
    assert "picture is poor" in page(client, cast.north_principal)


def test_a_filter_tells_how_many_wait_outside_of_it_and_not_that_nobody_was_seen(
    client: Client, cast: Cast, alert: Alert, south_alert: Alert, both_schools
):
    answer(cast.south_principal, south_alert, "different")
    client.force_login(cast.north_principal)
    text = client.get("/", {"school": south_alert.camera.school_id, "category": ""}).content.decode()
    assert "1 more waits for you outside this filter." in text
    assert f'data-outside="{alert.pk}"' in text and "data-waiting-count >1<" in text
    assert "Nothing within this filter waits for you." in section(text, "yours")
    assert "No camera has seen anybody" not in text
    assert "outside this filter" not in client.get("/?school=&category=").content.decode()
