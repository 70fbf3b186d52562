"""Invariant 8: what belongs to people or schools is reached through `visible_to`, and that lets nobody in by itself."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from lockport.access import ScopedQuerySet
from tests.watchlist.conftest import *  # noqa: F403 - the fixtures of the watchlist's tests

pytestmark = pytest.mark.django_db

# What shows itself by other doors: the log to the privacy officer, an authorisation to those who may know the law,
# and rows that are only ever reached through an alert that was looked up first.
NOT_SCOPED = {
    "AccessRecord",
    "AccessLink",
    "AccessCheckpoint",
    "AccessHead",
    "HeadDelivery",
    "Finding",
    "WeeklyReview",
    "Authorisation",
    "Decision",
    "Sighting",
    "Evaluation",
}
# Of the clock: numbers, and the copies of what is held, which nobody reads.
NOT_SCOPED |= {"Destruction", "Clock", "PurgeRun", "Certificate", "HeldCopy"}
OURS = {"alerts", "audit", "cameras", "retention", "watchlist"}


def scoped_models() -> list:
    models = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return [model for model in models if issubclass(model._default_manager._queryset_class, ScopedQuerySet)]


def test_every_model_is_scoped_or_named_as_an_exception():
    ours = {model.__name__ for model in apps.get_models() if model._meta.app_label in OURS}
    assert ours - {model.__name__ for model in scoped_models()} == NOT_SCOPED


def test_every_scoped_model_names_its_grants():
    for model in scoped_models():
        rows = model._default_manager.get_queryset()
        assert rows.grants or "visible_to" in vars(type(rows)), model


def test_without_grants_there_is_nothing_to_see(active, front_door, cast):
    for model in scoped_models():
        for person in (cast.outsider, cast.superuser, cast.system_administrator, AnonymousUser()):
            assert not model._default_manager.get_queryset().visible_to(person).exists(), (model, person)


def test_one_missing_grant_of_two_means_no(active, front_door, cast, north, banned):
    from guardian.shortcuts import remove_perm

    from alerts.models import Alert

    grants = Alert.objects.all().grants
    assert set(grants.values()) == {"cameras.review_camera", "watchlist.review_category"}
    from django.utils import timezone

    now = timezone.now()
    figures = dict.fromkeys(["distance", "raw_distance", "threshold", "quality"], 0.5)
    times = dict.fromkeys(["first_seen", "last_seen", "window_ends"], now)
    Alert.objects.create(
        entry=active, category=banned, camera=front_door, frames_used=1, gallery_size=1, **figures, **times
    )
    assert Alert.objects.visible_to(cast.north_principal).exists()
    remove_perm("watchlist.review_category", cast.north_principal, banned)
    assert not Alert.objects.visible_to(cast.north_principal).exists()
    remove_perm("cameras.review_school", cast.north_security, north)
    assert not Alert.objects.visible_to(cast.north_security).exists()


def test_lists_counts_and_search_in_admin_show_nothing_without_a_grant(active, cast, banned):
    from guardian.shortcuts import remove_perm

    from watchlist.models import Category

    for category in Category.objects.all():
        remove_perm("watchlist.review_category", cast.administrator, category)
    client = Client()
    client.force_login(cast.administrator)
    for query in ({}, {"q": "Robin"}, {"status__exact": "active"}, {"category__id__exact": banned.pk}, {"all": ""}):
        response = client.get("/admin/watchlist/entry/", query)
        assert b"Vale" not in response.content
        assert response.context["cl"].result_count == response.context["cl"].full_result_count == 0
