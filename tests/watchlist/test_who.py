"""Who can see what: the page agrees with what the doors do, and the public one names nobody."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from audit.models import AccessRecord
from audit.services import Actor
from cameras.models import School
from lockport.access import granted
from tests.conftest import Cast
from watchlist.grants import grant_set
from watchlist.models import Category
from watchlist.who import who_can_see

pytestmark = pytest.mark.django_db

OTTO = Actor(kind="person", name="Otto Lang", id=10**6)


def test_it_says_of_everybody_what_the_grants_say(cast: Cast, north, south):
    grant_set(to=cast.outsider, row=south, actor=OTTO, until=timezone.now() + timedelta(hours=1))
    told = {sight.person: sight for sight in who_can_see()}
    for person in User.objects.all():
        schools = set(granted(person, "cameras.review_school").values_list("name", flat=True))
        categories = set(granted(person, "watchlist.review_category").values_list("name", flat=True))
        sight = told.get(person)
        assert {name for name, _ in sight.schools} == schools if sight else not schools
        assert {name for name, _ in sight.categories} == categories if sight else not categories
    assert told[cast.north_principal].sees_alerts and not told[cast.outsider].sees_alerts
    assert told[cast.administrator].sees_watchlist and not told[cast.superuser].sees_watchlist


def test_a_single_camera_is_named_and_counted_as_a_part_of_its_school(client: Client, cast: Cast, front_door, banned):
    until = timezone.now() + timedelta(hours=1)
    grant_set(to=cast.north_guard, row=front_door, actor=OTTO, until=until)
    sight = next(sight for sight in who_can_see() if sight.person == cast.north_guard)
    assert sight.sees_alerts and sight.schools == [] and sight.schools_in_part == {"North Park"}
    assert sight.cameras == [("Front door, North Park", until)]
    page = " ".join(client.get("/who-can-see/").content.decode().split())
    assert "1 × Principal; 1 × Security; 1 × Security (some cameras only)" in page and "Front door" not in page
    client.force_login(cast.privacy_officer)
    assert "Front door, North Park (until " in client.get("/watchlist/who-can-see/").content.decode()


def test_it_asks_the_same_number_of_questions_for_a_hundred_accounts(cast: Cast, django_assert_max_num_queries):
    User.objects.bulk_create(User(username=f"person-{number}") for number in range(100))
    with django_assert_max_num_queries(12):
        who_can_see()


def test_the_officer_reads_names_and_ends_and_the_look_is_recorded(client: Client, cast: Cast, south):
    grant_set(to=cast.north_security, row=south, actor=OTTO, until=timezone.now() + timedelta(hours=1))
    client.force_login(cast.privacy_officer)
    page = client.get("/watchlist/who-can-see/").content.decode()
    assert "Maria Lopez" in page and "South Hill (until " in page and "No second factor yet" in page
    record = AccessRecord.objects.get(subject__startswith="who can see what", actor_name="Priya Nair")
    assert record.subject.startswith("who can see what, accounts: ")


def test_the_public_page_has_numbers_and_posts_and_no_names(client: Client, cast: Cast):
    page = client.get("/who-can-see/").content.decode()
    assert "North Park" in page and "1 × Principal; 1 × Security" in " ".join(page.split())
    assert "2 × Watchlist administrator" in page
    for person in User.objects.all():
        assert person.get_full_name() not in page or not person.get_full_name()
        assert f">{person.username}<" not in page
    assert School.objects.count() == 2 and Category.objects.count() == 5
