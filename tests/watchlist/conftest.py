"""Entries and enrolments that the tests of the watchlist share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from audit.services import Actor
from cameras.vision.convert import convert_models
from cameras.vision.prior import DEFAULT_PRIOR
from cameras.vision.types import Box
from tests.conftest import Cast, signed_in
from tests.watchlist.pictures import astronaut, file_of
from watchlist.enrolment import Enrolment
from watchlist.models import Entry
from watchlist.proposals import Proposal
from watchlist.services import entry_approve, entry_propose

# What an entry of each category must state.
PARTICULARS = {
    "sex-offender": {"registry_number": "PA-4711", "risk_level": "3"},
    "suspended-student": {"suspension_ends": "2099-12-31"},
    "staff": {"staff_status": "terminated"},
    "banned": {"order_by": "court", "order_number": "CV-2026-7"},
    "credible-threat": {"source": "The township's police, report 17"},
}


def template(seed: int, *, away: float = 0.0) -> np.ndarray:
    """A template of length one; `away` moves it by that distance."""
    vector = np.random.default_rng(seed).normal(size=128)
    vector /= np.linalg.norm(vector)
    vector[seed % 128] += away
    return vector.astype("<f4")


def enrolment(seed: int = 1, *, away: float = 0.0) -> Enrolment:
    return Enrolment(file_of(astronaut(0.5)), template(seed, away=away), Box(10, 20, 90, 100), 0.8)


def ordinary() -> Enrolment:
    """Of somebody whose template lies where most faces' do, so that figures about faces hold for it."""
    away = np.random.default_rng(0).normal(size=128)
    template = DEFAULT_PRIOR.crowding.centre + 0.5 * away / np.linalg.norm(away)
    return replace(enrolment(), template=template.astype("<f4"))


@pytest.fixture
def ada(cast: Cast) -> Client:
    """The watchlist administrator who proposes."""
    return signed_in(cast.administrator)


@pytest.fixture
def bela(cast: Cast) -> Client:
    """The one who approves."""
    return signed_in(cast.second_administrator)


@pytest.fixture
def propose(cast, banned) -> Callable[..., Entry]:
    """Ada Stone proposes somebody."""

    def make(name: str = "Robin Vale", **changes: object) -> Entry:
        who = {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}
        photographs = changes.pop("photographs", [enrolment()])
        category = changes.get("category", banned)
        values = {
            "category": category,
            "every_school": not changes.get("schools"),
            "basis": "Order 7 of the county court",
            "particulars": PARTICULARS[category.slug],
            "expires_at": timezone.now() + timedelta(days=30),
        }
        proposal = Proposal(name=name, **values | changes)
        return entry_propose(proposal=proposal, photographs=photographs, **who)

    return make


@pytest.fixture
def proposed(propose) -> Entry:
    return propose()


@pytest.fixture
def active(proposed, cast) -> Entry:
    """Proposed by Ada Stone, approved by Bela Marsh."""
    return approve(proposed, cast.second_administrator)


def approve(entry: Entry, by: object) -> Entry:
    entry.refresh_from_db()
    return entry_approve(entry=entry, seen_version=entry.version, by=by, actor=Actor.from_person(by))


@pytest.fixture(scope="session")
def models() -> Path:
    """The converted network, made once for all sessions on this machine."""
    folder = django_settings.LOCKPORT_MODELS
    convert_models(folder)
    return folder
