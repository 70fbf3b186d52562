"""How long things are kept: the public page says what the settings say, and how many legal holds there are."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.services import Actor
from retention.holds import hold_approve, hold_request
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def words(client: Client) -> str:
    return " ".join(client.get("/how-long/").content.decode().split())


def test_without_signing_in_one_reads_how_long_each_kind_is_kept(client: Client, settings):
    page = words(client)
    assert page.count("60 days") == 2 and "7 days here" in page and "6 years" in page and "Not kept" in page
    settings.LOCKPORT_RECORDING_DAYS, settings.LOCKPORT_ALERT_DAYS, settings.LOCKPORT_EXPORT_DAYS = 30, 14, 1
    page = words(client)
    assert "30 days" in page and "14 days" in page and "1 day here" in page and "60 days" not in page


def test_each_category_in_use_is_named_with_its_limit_and_the_others_are_not(client: Client, banned):
    banned.days_to_keep = 123
    banned.save()
    assert f"123 days: {banned.name}" in words(client)
    banned.enabled = False
    banned.save()
    assert banned.name not in words(client)


def test_the_number_of_legal_holds_is_there_and_nothing_else_about_them(client: Client, cast: Cast, banned, front_door):
    assert "0 legal holds are in force." in words(client)
    by, other = cast.north_principal, cast.privacy_officer
    hold = hold_request(
        alert=make_alert(make_entry(cast, banned), front_door).pk,
        span=None,
        reason="A suit about the staircase",
        instrument="Order 4711",
        until=timezone.now() + timedelta(days=9),
        by=by,
        actor=Actor.from_person(by),
    )
    assert "0 legal holds are in force." in words(client), "nobody has approved it"
    hold_approve(hold=hold, by=other, actor=Actor.from_person(other))
    page = words(client)
    assert "1 legal hold is in force." in page
    assert "staircase" not in page and "4711" not in page and "Front door" not in page


def test_the_sign_in_page_leads_there(client: Client):
    assert 'href="/how-long/"' in client.get("/sign-in/").content.decode()
    assert 'href="/who-can-see/"' in client.get("/sign-in/").content.decode()
