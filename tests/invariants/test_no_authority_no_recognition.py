"""Invariant 6: without a signed, unexpired authorisation for that school and category no face is embedded."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from alerts.models import Alert
from alerts.services import alert_raise
from cameras.models import Camera
from cameras.vision.analyse import Analyser, Models
from cameras.vision.detect import BlazeDetector
from cameras.vision.types import DIMENSIONS, Frame, Gallery
from tests.alerts.sightings import sighting_of
from tests.watchlist.conftest import *  # noqa: F403 - the fixtures of the watchlist's tests
from tests.watchlist.pictures import astronaut
from watchlist.gallery import load_gallery
from watchlist.models import Authorisation, Category

pytestmark = pytest.mark.django_db


def not_begun(row: Authorisation) -> None:
    Authorisation.objects.update(valid_from=timezone.now() + timedelta(hours=1))


def over(row: Authorisation) -> None:
    Authorisation.objects.update(valid_until=timezone.now())


def not_approved(row: Authorisation) -> None:
    Authorisation.objects.update(approved_by=None)


def another_category(row: Authorisation) -> None:
    row.categories.set(Category.objects.exclude(slug="banned"))


def another_school(row: Authorisation) -> None:
    from cameras.models import School

    Authorisation.objects.update(school=School.objects.get(name="South Hill"))


def forbidden_state(row: Authorisation) -> None:
    row.school.jurisdiction = "US-NY"
    row.school.save()


def unknown_state(row: Authorisation) -> None:
    row.school.jurisdiction = "New York"  # as an older version took it
    row.school.save()


def none_at_all(row: Authorisation) -> None:
    row.delete()


@pytest.mark.parametrize(
    "lack",
    [not_begun, over, not_approved, another_category, another_school, forbidden_state, unknown_state, none_at_all],
)
def test_the_gallery_is_empty_when_the_authorisation(lack, authorisation, active, front_door):
    assert load_gallery(front_door.pk).entries == (active.pk,)
    lack(authorisation)
    assert len(load_gallery(front_door.pk)) == 0


@pytest.mark.parametrize("place", Camera.REFUSED_PLACES)
def test_the_gallery_is_empty_whoever_asks_in_a(place, authorisation, active, front_door):
    Camera.objects.update(place=place)
    assert len(load_gallery(front_door.pk)) == 0


def test_every_place_is_either_for_recognition_or_not_and_the_database_knows_no_other(front_door):
    assert sorted(Camera.REFUSED_PLACES + Camera.RECOGNISED_PLACES) == sorted(Camera.Place.values)
    assert set(Camera.REFUSED_PLACES) == {"classroom", "counselling", "clinic", "changing_room", "toilet"}
    with pytest.raises(IntegrityError, match="camera_place_is_known"), transaction.atomic():
        Camera.objects.update(place="the nurse's room")


@pytest.mark.parametrize("place", Camera.REFUSED_PLACES)
def test_a_sighting_from_a_camera_that_is_said_to_hang_there_now_is_not_kept(place, authorisation, active, front_door):
    sighting = sighting_of(active, front_door, timezone.now().timestamp())
    Camera.objects.update(place=place)
    assert alert_raise(sighting) is None
    assert not Alert.objects.exists()


@pytest.mark.parametrize("somebody_is_enrolled", [True, False])
def test_faces_are_embedded_only_for_a_gallery_with_somebody_in_it(somebody_is_enrolled):
    embedded: list[int] = []

    class Counting:
        runtime = "none"

        def embed_faces(self, faces: list[np.ndarray]) -> np.ndarray:
            embedded.append(len(faces))
            return np.zeros((len(faces), DIMENSIONS), np.float32)

    stranger = np.ones((1, DIMENSIONS), np.float32)
    gallery = Gallery((1,), stranger, np.zeros(1, np.float32), 0.0, "v") if somebody_is_enrolled else Gallery.empty()
    picture = np.ascontiguousarray(np.asarray(astronaut(2))[:, :, ::-1])
    analyser = Analyser(Models(BlazeDetector(), Counting()))
    for number in range(12):
        frame = Frame.from_bgr(np.roll(picture, number * 4, axis=1), number=number, captured_at=number / 5)
        assert analyser.analyse(frame, gallery) == []
    assert bool(embedded) == somebody_is_enrolled
