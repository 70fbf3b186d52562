import io

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import AccessRecord
from audit.services import Actor
from cameras.models import Camera, School
from watchlist.grants import grants_give, grants_of
from watchlist.models import Category
from watchlist.services import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def otto(cast) -> Client:
    """The system administrator."""
    client = Client()
    client.force_login(cast.system_administrator)
    return client


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_grants_are_given_from_the_command_line_and_recorded(cast, north, banned):
    assert "2 new grants" in run("grant", "nobody", "--school", "North Park", "--category", "banned")
    assert set(School.objects.visible_to(cast.outsider)) == {north}
    assert set(Category.objects.visible_to(cast.outsider)) == {banned}
    reasons = AccessRecord.objects.filter(action="granted", subject="nobody").values_list("reason", flat=True)
    assert set(reasons) == {"school North Park", f"category {banned}"}


def test_one_camera_is_granted_from_the_command_line_and_taken_again(cast, front_door, south):
    Camera.objects.create(school=south, name="Front door", address="usb:0")
    assert "1 new grants" in run("grant", "nobody", "--camera", "Front door, North Park")
    assert set(Camera.objects.visible_to(cast.outsider)) == {front_door}
    assert not School.objects.visible_to(cast.outsider).exists()
    assert AccessRecord.objects.get(action="granted").reason == "camera Front door, North Park"
    with pytest.raises(CommandError, match="several cameras are known. There are: Front door, North Park; Front door"):
        run("grant", "nobody", "--camera", "Front door")
    with pytest.raises(CommandError, match="no camera is known"):
        run("grant", "nobody", "--camera", "Gate")
    assert "1 grants taken away" in run("revoke", "nobody", "--camera", "Front door, North Park")
    assert not Camera.objects.visible_to(cast.outsider).exists()


def test_all_categories_can_be_granted_at_once(cast):
    run("grant", "nobody", "--all-categories")
    assert Category.objects.visible_to(cast.outsider).count() == 5


def test_what_is_granted_already_is_not_granted_or_recorded_again(cast):
    assert "0 new grants" in run("grant", "maria", "--school", "North Park")
    assert not AccessRecord.objects.filter(action="granted").exists()


def test_a_revoked_grant_is_gone_at_once_and_recorded(cast, north):
    assert "1 grants taken away" in run("revoke", "maria", "--school", "North Park")
    assert not School.objects.visible_to(User.objects.get(username="maria")).exists()
    assert AccessRecord.objects.get(action="revoked").reason == "school North Park"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ghost", "--school", "North Park"], "no user “ghost”"),
        (["maria", "--school", "East"], "no school “East”. There are: North Park, South Hill"),
        (["maria", "--category", "x"], "no category “x”. There are: credible-threat"),
        (["maria"], "at least one --school"),
    ],
)
def test_a_mistyped_command_says_what_there_is(cast, arguments, words):
    with pytest.raises(CommandError, match=words):
        run("grant", *arguments)


def test_nobody_grants_anything_to_themselves(cast, north):
    with pytest.raises(Refused, match="nobody decides alone"):
        grants_give(to=cast.system_administrator, rows=[north], actor=Actor.from_person(cast.system_administrator))
    assert grants_of(cast.system_administrator) == []


def test_the_system_administrator_ticks_schools_and_categories_on_a_page(otto, cast, north, south, banned):
    address = f"/admin/auth/user/{cast.north_principal.pk}/grants/"
    shown = otto.get(address).content.decode()
    assert shown.count("checked") == 1 + 5
    otto.post(address, {"schools": [south.pk], "categories": [banned.pk]})
    assert set(grants_of(cast.north_principal)) == {south, banned}
    assert AccessRecord.objects.filter(action="granted").count() == 1
    assert AccessRecord.objects.filter(action="revoked").count() == 1 + 4


def test_a_single_camera_is_ticked_under_the_name_of_its_school(otto, cast, front_door, north, banned):
    address = f"/admin/auth/user/{cast.outsider.pk}/grants/"
    until = "2999-12-01T14:30"
    otto.post(address, {"cameras": [front_door.pk], "categories": [banned.pk], "until": until, "reason": "Incident 12"})
    assert set(grants_of(cast.outsider)) == {front_door, banned}
    page = " ".join(otto.get(address).content.decode().split())
    assert "North Park" in page and "Front door (until 2999-12-01 14:30 EST)" in page and "<details open>" in page
    assert "192.0.2.7" not in page and "s3cret-word" not in page


def test_on_the_page_too_nobody_grants_anything_to_themselves(otto, cast, north):
    address = f"/admin/auth/user/{cast.system_administrator.pk}/grants/"
    response = otto.post(address, {"schools": [north.pk]}, follow=True)
    assert "nobody decides alone" in str(next(iter(response.context["messages"])))
    assert grants_of(cast.system_administrator) == []


@pytest.mark.parametrize("person", ["administrator", "north_principal", "privacy_officer"])
def test_nobody_else_reaches_the_page(person, cast):
    user = getattr(cast, person)
    user.is_staff = True
    user.save()
    client = Client()
    client.force_login(user)
    assert client.get(f"/admin/auth/user/{cast.outsider.pk}/grants/").status_code == 403


def test_a_system_administrator_cannot_make_themselves_a_superuser_or_change_their_own_role(otto, cast):
    me = cast.system_administrator
    values = {"username": "sys", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": []}
    otto.post(f"/admin/auth/user/{me.pk}/change/", values)
    me.refresh_from_db()
    assert not me.is_superuser
    assert [group.name for group in me.groups.all()] == ["System administrator"]


def test_a_system_administrator_cannot_take_over_a_superusers_account(otto, cast):
    for address in ("change", "password", "grants"):
        response = otto.post(f"/admin/auth/user/{cast.superuser.pk}/{address}/", {"password1": "x" * 20})
        assert response.status_code == 403
    assert User.objects.get(pk=cast.superuser.pk).password == cast.superuser.password


def test_a_changed_role_is_recorded_with_the_roles_there_are_then(otto, cast):
    from django.contrib.auth.models import Group

    security = Group.objects.get(name="Security")
    values = {"username": "nobody", "is_active": "on", "groups": [security.pk]}
    otto.post(f"/admin/auth/user/{cast.outsider.pk}/change/", values)
    record = AccessRecord.objects.get(action="changed", subject_kind="user")
    assert (record.subject, record.reason) == ("nobody", "roles: Security; active")
