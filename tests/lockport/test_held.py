"""lockport/held.py asks the tables; access.py composes queries. Both say the same of everybody."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm, remove_perm

from cameras.models import Camera, School
from lockport.access import granted_itself
from lockport.held import grants_of, relied_on, roles_of
from lockport.models import TimeLimit
from tests.conftest import Cast
from watchlist.models import Category

pytestmark = pytest.mark.django_db


def ends(person: User, permission: str, row: School | Camera, when: timedelta) -> None:
    assign_perm(permission, person, row)
    named = {"permission__codename": permission.split(".")[1], "object_pk": str(row.pk)}
    grant = UserObjectPermission.objects.get(user=person, **named)
    TimeLimit.objects.create(grant=grant, valid_until=timezone.now() + when, granted_by="a test")


@pytest.fixture
def grants(cast: Cast, front_door: Camera, south: School) -> None:
    """Of every sort: one's own, with an end, ended, taken away, a group's, and a permission that opens nothing."""
    guards = Group.objects.create(name="Night guards")
    cast.outsider.groups.add(guards)
    assign_perm("cameras.review_school", guards, south)
    ends(cast.outsider, "cameras.review_camera", front_door, timedelta(hours=1))
    ends(cast.superuser, "cameras.review_camera", front_door, timedelta(seconds=-1))
    ends(cast.privacy_officer, "cameras.review_school", south, timedelta(microseconds=0))
    assign_perm("cameras.view_camera", cast.south_principal, front_door)
    assign_perm("cameras.review_school", cast.north_guard, south)
    remove_perm("cameras.review_school", cast.north_guard, south)


def test_the_same_grants_are_found_as_when_the_orm_asks(grants: None, cast: Cast):
    found = 0
    for person in User.objects.all():
        for permission in ("cameras.review_school", "cameras.review_camera", "watchlist.review_category"):
            asked = grants_of(person.pk).get(permission, [])
            assert sorted(asked) == sorted(granted_itself(person, permission).values_list("pk", flat=True))
            found += len(asked)
    assert found > 5


def test_the_roles_are_the_groups_in_order(cast: Cast):
    cast.north_principal.groups.add(Group.objects.create(name="Chess club"), Group.objects.create(name="Zoo"))
    assert roles_of(cast.north_principal.pk) == ["Chess club", "Principal", "Zoo"]
    assert roles_of(cast.outsider.pk) == []


def test_what_covers_a_row_is_relied_on_before_the_row_itself(cast: Cast, front_door: Camera):
    person, needed = cast.outsider, [(front_door, "cameras.review_camera")]
    assert relied_on(person.pk, needed) == []
    assign_perm("cameras.review_camera", person, front_door)
    assert relied_on(person.pk, needed) == [front_door]
    assign_perm("cameras.review_school", person, front_door.school)
    assert relied_on(person.pk, needed) == [front_door.school]
    remove_perm("cameras.review_school", person, front_door.school)
    assert relied_on(person.pk, needed) == [front_door], "what was taken away is gone with the next question"


def test_all_grants_of_a_row_are_one_question(cast: Cast, front_door: Camera, django_assert_num_queries):
    category = Category.objects.all()[0]
    with django_assert_num_queries(1):
        relied_on(
            cast.north_principal.pk, [(front_door, "cameras.review_camera"), (category, "watchlist.review_category")]
        )
