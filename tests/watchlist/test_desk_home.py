"""The desk's home, and who is named and offered what on an entry's page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.services import Actor
from tests.conftest import signed_in
from tests.watchlist.test_entry_admin import LIST, page
from watchlist.appeals import appeal_record

pytestmark = pytest.mark.django_db


def test_who_proposed_an_entry_is_named_and_no_link_leads_to_an_account_one_may_not_open(active, bela):
    shown = bela.get(page(active, "change")).content.decode()
    assert "Ada Stone" in shown and "Bela Marsh" in shown
    assert "/admin/auth/user/" not in shown


def test_approving_is_offered_to_everybody_but_whoever_proposed(proposed, ada, bela):
    place = page(proposed, "approve")
    assert place in bela.get(page(proposed, "change")).content.decode()
    own = ada.get(page(proposed, "change")).content.decode()
    assert place not in own and "nobody decides alone" in own


def test_the_home_of_the_desk_says_how_much_is_to_do_and_where(propose, ada, cast):
    propose("Robin Vale")
    propose("Kim Ash", expires_at=timezone.now() + timedelta(days=5))
    row = propose("Jo Doe")
    who = {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}
    appeal_record(entry=row, received_at=timezone.now(), statement="Not me.", **who)
    shown = ada.get("/admin/").content.decode()
    said = dict(re.findall(r'<a href="[^"]*\?(?:todo|clock)=(\w+)">[^<]+</a>: <strong>(\d+)</strong>', shown))
    assert said == {"approval": "3", "renewal": "0", "withdrawal": "0", "week": "1", "open": "1"}
    found = ada.get(LIST, {"todo": "week"}).content.decode()
    assert "Kim Ash" in found and "Robin Vale" not in found


def test_the_home_of_whoever_has_no_desk_counts_nothing(cast):
    assert "?todo=" not in signed_in(cast.system_administrator).get("/admin/").content.decode()


def test_one_person_is_greeted_as_one_in_spanish(ada):
    shown = ada.get("/admin/", headers={"accept-language": "es"}).content.decode()
    assert "Hola," in shown and "Bienvenidos" not in shown


def test_a_filters_heading_is_spanish_that_somebody_would_say(ada):
    shown = ada.get(LIST, headers={"accept-language": "es"}).content.decode()
    assert "Por lo que hay que hacer" in shown and "Por qué hay que hacer" not in shown
