"""An accepted alert is not lost: what cannot be stored waits, sealed, and arrives later, once."""

import pytest
from django.db import OperationalError

from alerts.outbox import deliver_kept, deliver_or_keep, keep
from alerts.sightings import Sighting
from tests.alerts.sightings import GREY


@pytest.fixture
def sighting() -> Sighting:
    return Sighting(
        entry=4, camera=2, first_seen=1.0, seen_at=2.0, distance=-0.1, raw_distance=0.4, threshold=-0.05, frames_used=3,
        quality=0.7, runner_up_distance=None, gallery_size=1, gallery_version="v", model="dlib", face=GREY, frame=GREY,
    )  # fmt: skip


def refuse(sighting: Sighting) -> None:
    raise OperationalError("the database is away")


def waiting(settings) -> list[str]:
    return [path.name for path in settings.LOCKPORT_OUTBOX.glob("*")]


def test_what_is_delivered_leaves_nothing_behind(sighting, settings):
    seen = []
    assert deliver_or_keep(sighting, seen.append)
    assert seen == [sighting]
    assert not settings.LOCKPORT_OUTBOX.exists()


def test_what_is_refused_waits_sealed_and_arrives_later(sighting, settings, db):
    assert not deliver_or_keep(sighting, refuse)
    [file] = list(settings.LOCKPORT_OUTBOX.iterdir())
    assert file.stat().st_mode & 0o077 == 0
    assert GREY[:16] not in file.read_bytes()
    assert b"distance" not in file.read_bytes()
    arrived = []
    assert deliver_kept(arrived.append) == 1
    assert arrived == [sighting]
    assert waiting(settings) == []
    assert deliver_kept(arrived.append) == 0


def test_while_the_database_stays_away_everything_goes_on_waiting(sighting, settings):
    keep(sighting)
    assert deliver_kept(refuse) == 0
    assert len(waiting(settings)) == 1


def test_an_altered_file_is_not_delivered_and_does_not_stop_the_others(sighting, settings):
    altered = keep(sighting)
    data = bytearray(altered.read_bytes())
    data[40] ^= 1
    altered.write_bytes(bytes(data))
    keep(sighting)
    arrived = []
    assert deliver_kept(arrived.append) == 1
    assert altered.exists()


def test_a_sighting_survives_its_journey_unchanged(sighting):
    assert Sighting.from_bytes(sighting.to_bytes()) == sighting


def test_a_sighting_does_not_print_its_pictures(sighting):
    assert "xff" not in repr(sighting)
