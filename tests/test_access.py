from typing import ClassVar

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.http import Http404
from guardian.shortcuts import assign_perm, remove_perm

from cameras.models import Camera, School
from lockport.access import ROLES, ScopedQuerySet, ensure_roles, granted, require, visible_or_404
from watchlist.models import Category

pytestmark = pytest.mark.django_db


def test_a_person_sees_the_rows_of_their_grants_and_no_others(cast, north, south):
    assert list(School.objects.visible_to(cast.north_principal)) == [north]
    assert list(School.objects.visible_to(cast.south_principal)) == [south]


def test_what_belongs_to_a_school_is_seen_with_a_grant_on_the_school(cast, front_door, south):
    other = Camera.objects.create(school=south, name="Gate", address="usb:0")
    assert list(Camera.objects.visible_to(cast.north_principal)) == [front_door]
    assert list(Camera.objects.visible_to(cast.south_principal)) == [other]


@pytest.mark.parametrize("person", ["outsider", "superuser", "system_administrator", "privacy_officer"])
def test_without_a_grant_there_is_nothing_whatever_the_role(person, cast):
    user = getattr(cast, person)
    assert not School.objects.visible_to(user).exists()
    assert not Category.objects.visible_to(user).exists()


def test_somebody_not_signed_in_sees_nothing(cast):
    assert not School.objects.visible_to(AnonymousUser()).exists()


def test_a_switched_off_account_sees_nothing_although_its_grants_remain(cast):
    cast.north_principal.is_active = False
    cast.north_principal.save()
    assert not School.objects.visible_to(cast.north_principal).exists()


def test_a_grant_to_a_group_counts_for_its_members(cast, south):
    assign_perm("cameras.review_school", Group.objects.get(name="Principal"), south)
    assert south in School.objects.visible_to(cast.north_principal)
    assert south not in School.objects.visible_to(cast.north_security)


def test_a_permission_given_without_an_object_grants_nothing(cast, north):
    assign_perm("cameras.review_school", cast.outsider)
    assert not School.objects.visible_to(cast.outsider).exists()
    assert not granted(cast.outsider, "cameras.review_school").exists()


def test_a_grant_taken_away_is_gone_at_once(cast, north):
    remove_perm("cameras.review_school", cast.north_principal, north)
    assert not School.objects.visible_to(cast.north_principal).exists()


def test_rows_whose_grants_were_forgotten_are_visible_to_nobody(cast):
    class Forgotten(ScopedQuerySet[School]):
        grants: ClassVar[dict[str, str]] = {}

    assert not Forgotten(School).visible_to(cast.north_principal).exists()


def test_a_row_that_is_not_theirs_and_a_row_that_is_not_there_look_the_same(cast, south):
    with pytest.raises(Http404) as hidden:
        visible_or_404(School.objects.all(), cast.north_principal, pk=south.pk)
    with pytest.raises(Http404) as missing:
        visible_or_404(School.objects.all(), cast.north_principal, pk=99999)
    assert str(hidden.value) == str(missing.value)
    assert visible_or_404(School.objects.all(), cast.south_principal, pk=south.pk) == south


def test_what_a_role_lacks_is_named(cast):
    require(cast.north_principal, ["alerts.view_alert"])
    with pytest.raises(PermissionDenied, match=r"Your role does not let you: add entries \(watchlist.add_entry\)"):
        require(cast.north_principal, ["alerts.view_alert", "watchlist.add_entry"])


def test_each_role_holds_exactly_what_is_written_down(db):
    for name, wanted in ROLES.items():
        held = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
        assert sorted(f"{app}.{codename}" for app, codename in held) == sorted(wanted), name


def test_what_was_added_to_a_role_by_hand_is_gone_after_the_next_migration(db):
    security = Group.objects.get(name="Security")
    security.permissions.set(Group.objects.get(name="System administrator").permissions.all())
    ensure_roles()
    assert security.permissions.count() == len(ROLES["Security"])


def test_no_role_may_change_or_delete_the_log_an_alert_or_an_entry():
    forbidden = {"accessrecord", "alert", "entry"}
    held = {permission.split(".")[1] for permissions in ROLES.values() for permission in permissions}
    assert not {f"delete_{name}" for name in forbidden} & held
    assert not {"change_accessrecord", "add_accessrecord", "change_alert", "change_decision"} & held
