"""Invariant 5: enrolling and authorising recognition need two different people; the database refuses one twice."""

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alerts.models import Alert, Decision
from tests.watchlist.conftest import *  # noqa: F403 - the fixtures of the watchlist's tests
from watchlist.models import Authorisation, Entry

pytestmark = pytest.mark.django_db
PAIRS = [(Entry, "proposed_by", "approved_by"), (Authorisation, "signed_by", "approved_by")]


@pytest.fixture
def rows(active, authorisation) -> dict:
    return {Entry: active, Authorisation: authorisation}


@pytest.mark.parametrize(("model", "first", "second"), PAIRS)
def test_the_orm_cannot_store_one_person_twice(rows, model, first, second):
    row = rows[model]
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**{second: getattr(row, first)})
    setattr(row, first, getattr(row, second))
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize(("model", "first", "second"), PAIRS)
def test_raw_sql_cannot_store_one_person_twice(rows, model, first, second):
    table = model._meta.db_table
    statement = f"UPDATE {table} SET {second}_id = {first}_id WHERE id = %s"  # noqa: S608 - names of our own columns
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [rows[model].pk])


def test_an_entry_cannot_be_looked_for_without_a_second_person(proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.filter(pk=proposed.pk).update(status=Entry.Status.ACTIVE)


def test_an_authorisation_of_one_person_is_not_in_force(authorisation):
    assert Authorisation.objects.in_force().exists()
    Authorisation.objects.update(approved_by=None)
    assert not Authorisation.objects.in_force().exists()


def test_nobody_answers_the_same_alert_twice(active, front_door, cast):
    now = timezone.now()
    figures = dict.fromkeys(["distance", "raw_distance", "threshold", "quality"], 0.5)
    alert = Alert.objects.create(
        entry=active,
        category=active.category,
        camera=front_door,
        first_seen=now,
        last_seen=now,
        window_ends=now,
        frames_used=1,
        gallery_size=1,
        **figures,
    )
    Decision.objects.create(alert=alert, by=cast.north_principal, answer=Decision.Answer.SAME)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(alert=alert, by=cast.north_principal, answer=Decision.Answer.SAME)
    Decision.objects.create(alert=alert, by=cast.north_security, answer=Decision.Answer.SAME)

    def confirm_by_hand(first, second) -> None:
        with transaction.atomic():
            Alert.objects.filter(pk=alert.pk).update(
                status=Alert.Status.CONFIRMED, confirmed_first_by=first, confirmed_second_by=second
            )

    for first, second in [(None, None), (cast.north_principal, None), (cast.north_principal, cast.north_principal)]:
        with pytest.raises(IntegrityError):
            confirm_by_hand(first, second)
    confirm_by_hand(cast.north_principal, cast.north_security)


def test_every_model_with_an_approver_has_such_a_constraint():
    from django.apps import apps

    for model in apps.get_models():
        try:
            model._meta.get_field("approved_by")
        except FieldDoesNotExist:
            continue
        assert any(name.name.endswith("by_two_people") for name in model._meta.constraints), model
