"""The desk goes by the district's clock, and says which it is."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import async_to_sync
from django.contrib.staticfiles import finders
from django.test import AsyncClient, Client
from django.utils import timezone

from retention.models import PurgeRun
from tests.watchlist.test_entry_admin import page
from watchlist.models import Entry
from watchlist.papers import Appeal, Renewal

pytestmark = pytest.mark.django_db
NOON_IN_JULY = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)


def test_a_time_is_shown_in_the_zone_of_the_schools_with_its_name(active, ada):
    Entry.objects.update(expires_at=NOON_IN_JULY.replace(year=2099))
    assert "2099-07-01 12:00 EDT" in ada.get("/admin/watchlist/entry/").content.decode()
    shown = ada.get(page(active, "renew")).content.decode()
    assert "2099-07-01 12:00 EDT" in shown and "The time is in America/New_York." in shown
    assert "UTC" not in shown


def test_a_time_is_taken_in_that_zone(active, ada):
    day = timezone.now() + timedelta(days=100)
    ada.post(page(active, "renew"), {"until_0": f"{day:%Y}-12-31", "until_1": "12:00:00", "reason": "Extended"})
    ada.post(page(active, "appeal"), {"received_at_0": "2026-07-01", "received_at_1": "12:00:00", "statement": "No"})
    assert Appeal.objects.get().received_at == NOON_IN_JULY
    asked = Renewal.objects.first()
    assert asked is None or asked.until == datetime(day.year, 12, 31, 17, 0, tzinfo=UTC)


def test_a_time_that_no_clock_showed_is_refused_at_its_field(active, ada):
    given = {"received_at_0": "2026-03-08", "received_at_1": "02:30:00", "statement": "No"}
    assert "America/New_York" in str(ada.post(page(active, "appeal"), given).context["form"].errors["received_at"])


def test_an_account_says_when_it_was_made_with_the_zone_and_nothing_of_its_password(cast):
    system = Client()
    system.force_login(cast.system_administrator)
    shown = system.get(f"/admin/auth/user/{cast.administrator.pk}/change/").content.decode()
    assert len(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d E[SD]T", shown)) >= 1
    algorithm, _, rest = cast.administrator.password.partition("$")
    assert f"<bdi>{algorithm}" not in shown and rest[:6] not in shown
    assert "Set a password…" in shown


@pytest.mark.parametrize("place", ["/retention/", "/watchlist/who-can-see/", "/who-can-see/", "/how-long/"])
def test_pages_about_the_whole_district_go_by_it_too(cast, place):
    PurgeRun.objects.create(kind="purge", cut_off=NOON_IN_JULY, began_at=NOON_IN_JULY, ended_at=NOON_IN_JULY)
    officer = Client()
    officer.force_login(cast.privacy_officer)
    shown = officer.get(place).content.decode()
    assert re.search(r"\d\d:\d\d E[SD]T", shown) and "UTC" not in shown
    if place == "/retention/":
        assert "it last finished at 2026-07-01 12:00 EDT" in shown


@pytest.mark.django_db(transaction=True)
def test_under_an_asynchronous_server_as_well_and_only_for_that_page(cast, active):
    async def asked() -> tuple[str, str]:
        client = AsyncClient()
        await client.aforce_login(cast.administrator)
        answer = await client.get("/admin/watchlist/entry/")
        return answer.content.decode(), timezone.get_current_timezone_name()

    shown, zone = async_to_sync(asked)()
    assert re.search(r"\d\d:\d\d E[SD]T", shown) and zone == "UTC"


def test_now_and_today_fill_in_the_desks_clock_and_no_note_speaks_of_a_servers(active, ada):
    """Django's script goes by this number, and would put a note beside each field of a browser in another zone."""
    shown = ada.get(page(active, "renew")).content.decode()
    offset = timezone.now().astimezone(ZoneInfo("America/New_York")).utcoffset()
    assert f'data-admin-utc-offset="{int(offset.total_seconds())}"' in shown
    style = Path(finders.find("lockport/desk.css")).read_text()
    assert ".timezonewarning { display: none; }" in style
