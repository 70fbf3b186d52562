"""The first administrator comes in by a link that works once, for an hour; there is no default account."""

import io
import re
from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import AccessRecord
from lockport.welcome import tokens
from tests.conftest import Cast, make_person

pytestmark = pytest.mark.django_db

PHRASE = "seven quiet horses under rain"


def link(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, "https://lockport.example.org", stdout=out)
    return re.search(r"https://lockport\.example\.org(/\S+)", out.getvalue()).group(1)


def choose(place: str, password: str = PHRASE):
    return Client().post(place, {"new_password1": password, "new_password2": password})


def test_a_new_lockport_has_no_account_at_all():
    assert not User.objects.exists()


def test_the_link_sets_a_password_once_and_then_the_second_factor_comes(client: Client, settings):
    settings.LOCKPORT_DEVELOPMENT = False
    place = link("first_administrator", "otto")
    assert not User.objects.get().has_usable_password()
    assert choose(place)["Location"] == "/sign-in/"
    assert choose(place, "another seven horses").status_code == 404
    answer = client.post("/sign-in/", {"username": "otto", "password": PHRASE})
    assert answer["Location"] == "/account/second-factor/"
    assert client.get("/admin/")["Location"] == "/account/second-factor/"
    actions = list(AccessRecord.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["made a welcome link for", "set a new password for", "signed in"]


def test_the_link_is_over_after_an_hour(monkeypatch):
    place = link("first_administrator", "otto")
    now = datetime.now()
    monkeypatch.setattr(tokens, "_now", lambda: now + timedelta(minutes=59))
    assert Client().get(place).status_code == 200
    monkeypatch.setattr(tokens, "_now", lambda: now + timedelta(minutes=61))
    assert Client().get(place).status_code == 404
    assert choose(place).status_code == 404


def test_a_newer_link_voids_the_older_one():
    older, newer = link("first_administrator", "otto"), link("first_administrator", "otto")
    assert choose(older).status_code == 404
    assert choose(newer).status_code == 302


def test_a_short_password_is_refused():
    assert "at least 12" in choose(link("first_administrator", "otto"), "short").content.decode()


def test_there_is_only_one_first(cast: Cast):
    with pytest.raises(CommandError, match="There is an administrator already: root"):
        link("first_administrator", "otto")


def test_nobody_else_s_account_becomes_the_administrator_s():
    make_person("otto")
    with pytest.raises(CommandError, match="no administrator"):
        link("first_administrator", "otto")


def test_a_lost_second_factor_is_forgotten_with_the_password_and_that_is_recorded(cast: Cast):
    maria = cast.north_principal
    TOTP.activate(maria, generate_totp_secret())
    place = link("forget_second_factor", "maria")
    maria.refresh_from_db()
    assert not Authenticator.objects.exists() and not maria.has_usable_password()
    assert choose(place).status_code == 302
    assert AccessRecord.objects.filter(action="removed a second factor from", subject="maria").exists()


def test_an_administrator_gives_somebody_a_link_and_chooses_no_password_for_them(cast: Cast):
    otto = Client()
    otto.force_login(cast.system_administrator)
    page = otto.post(f"/admin/auth/user/{cast.outsider.pk}/welcome/").content.decode()
    assert choose(re.search(r"http://testserver(/sign-in/welcome/[^<\s]+)", page).group(1)).status_code == 302
    assert AccessRecord.objects.get(action="made a welcome link for").actor_name == "Otto Lang"


def test_a_link_for_a_superuser_is_not_an_administrator_s_to_give(cast: Cast):
    otto = Client()
    otto.force_login(cast.system_administrator)
    assert otto.post(f"/admin/auth/user/{cast.superuser.pk}/welcome/").status_code == 403
