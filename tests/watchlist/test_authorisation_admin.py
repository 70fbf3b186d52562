from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from audit.models import AccessRecord
from lockport import access
from tests.conftest import make_person, signed_in
from watchlist.gallery import load_gallery
from watchlist.models import Authorisation, Category

pytestmark = pytest.mark.django_db
ADD = "/admin/watchlist/authorisation/add/"


def page(row: Authorisation, name: str) -> str:
    return f"/admin/watchlist/authorisation/{row.pk}/{name}/"


@pytest.fixture
def otto(cast) -> Client:
    return signed_in(cast.system_administrator)


@pytest.fixture
def other(cast) -> Client:
    return signed_in(make_person("second", access.SYSTEM_ADMINISTRATOR, staff=True))


def words(school, **changes) -> dict:
    now = timezone.now()
    values = {
        "school": school.pk,
        "categories": [category.pk for category in Category.objects.all()],
        "law": "Resolution 12 of the board of education",
        "valid_from_0": f"{now - timedelta(days=1):%Y-%m-%d}",
        "valid_from_1": "00:00:00",
        "valid_until_0": f"{now + timedelta(days=30):%Y-%m-%d}",
        "valid_until_1": "00:00:00",
    }
    return values | changes


def in_force() -> bool:
    return Authorisation.objects.in_force().exists()


def test_one_person_signs_another_approves_and_only_then_is_it_in_force(otto, other, cast, north):
    otto.post(ADD, words(north))
    row = Authorisation.objects.get()
    assert (row.signed_by, row.categories.count(), in_force()) == (cast.system_administrator, 5, False)
    assert b"nobody decides alone" in otto.get(page(row, "approve")).content
    otto.post(page(row, "approve"))
    assert not in_force()
    assert AccessRecord.objects.filter(action="approved", result="refused").exists()
    other.post(page(row, "approve"))
    assert in_force()


def test_a_changed_authorisation_is_not_in_force_until_it_is_approved_again(otto, authorisation, north):
    assert in_force()
    otto.post(page(authorisation, "change"), words(north, law="Another law"))
    assert Authorisation.objects.get().law == "Another law"
    assert not in_force()


def test_where_the_law_forbids_it_nobody_can_authorise_recognition(otto, north, front_door):
    north.jurisdiction = "US-NY"
    north.save()
    response = otto.post(ADD, words(north))
    assert "forbidden" in " ".join(response.context["adminform"].form.errors["school"])
    assert not Authorisation.objects.exists()


def test_new_york_in_small_letters_is_new_york(otto, north, front_door):
    north.jurisdiction = " us-ny "
    north.save()
    response = otto.post(ADD, words(north))
    assert "is in US-NY" in " ".join(response.context["adminform"].form.errors["school"])


@pytest.mark.parametrize("written", ["New York", "NY", "US-XX", ""])
def test_however_the_state_is_written_what_is_no_code_of_one_authorises_nothing(otto, north, front_door, written):
    north.jurisdiction = written
    north.save()
    response = otto.post(ADD, words(north))
    assert "code of the state" in " ".join(response.context["adminform"].form.errors["school"])
    assert not Authorisation.objects.exists()


def test_an_authorisation_approved_before_the_school_moved_to_new_york_is_not_in_force(
    authorisation, active, north, front_door
):
    assert len(load_gallery(front_door.pk)) == 1
    north.jurisdiction = "US-NY"
    north.save()
    assert len(load_gallery(front_door.pk)) == 0


def test_an_authorisation_that_ends_before_it_begins_is_an_error_in_the_form(otto, north):
    response = otto.post(ADD, words(north, valid_until_0="2001-01-01"))
    assert response.status_code == 200
    assert not Authorisation.objects.exists()


def test_a_watchlist_administrator_sees_authorisations_but_neither_signs_nor_approves(cast, authorisation):
    ada = signed_in(cast.administrator)
    assert ada.get("/admin/watchlist/authorisation/").status_code == 200
    assert ada.get(ADD).status_code == 403
    assert ada.post(page(authorisation, "approve")).status_code == 403


def test_authorisations_are_never_deleted(cast, authorisation):
    assert signed_in(cast.superuser).post(page(authorisation, "delete"), {"post": "yes"}).status_code == 403
    assert Authorisation.objects.exists()


def test_the_words_of_a_category_can_be_changed_but_not_its_limits(cast, banned):
    root = signed_in(cast.superuser)
    values = {
        "name": "Banned",
        "enabled": "on",
        "legal_basis": "An order",
        "protocol": "Ask.",
        "days_to_keep": 9999,
        "slug": "x",
    }
    root.post(f"/admin/watchlist/category/{banned.pk}/change/", values)
    row = Category.objects.get(pk=banned.pk)
    assert (row.name, row.slug, row.days_to_keep) == ("Banned", "banned", banned.days_to_keep)
    assert AccessRecord.objects.filter(action="changed", subject_kind="category").exists()


def test_there_is_no_sixth_category_and_none_is_deleted(cast, banned):
    root = signed_in(cast.superuser)
    assert root.get("/admin/watchlist/category/add/").status_code == 403
    assert root.post(f"/admin/watchlist/category/{banned.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Category.objects.count() == 5


def test_what_a_role_may_do_cannot_be_changed_in_admin(cast):
    root = signed_in(cast.superuser)
    assert root.get(f"/admin/auth/group/{Group.objects.first().pk}/change/").status_code == 404


def test_an_authorisation_until_the_end_of_the_calendar_is_a_slip_of_the_keyboard(otto, north):
    response = otto.post(ADD, words(north, valid_until_0="9999-12-31", valid_until_1="23:59:59"))
    assert "Give a year from" in " ".join(response.context["adminform"].form.errors["valid_until"])
