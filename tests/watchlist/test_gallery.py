import gc
import weakref
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from cameras.models import Camera
from cameras.vision.calibrate import offsets, threshold_for
from cameras.vision.histogram import Histogram
from retention.keyfolder import path_of
from retention.vault import destroy_key
from watchlist import gallery
from watchlist.gallery import gallery_version, load_gallery
from watchlist.models import Entry, Photograph

pytestmark = pytest.mark.django_db


def template(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).normal(size=128)
    return (vector / np.linalg.norm(vector)).astype("<f4")


def add_photograph(entry: Entry, seed: int) -> Photograph:
    photograph = Photograph(entry=entry)
    photograph.file.save("face.jpg", ContentFile(b"a picture"), save=False)
    photograph.template.save("face.f32", ContentFile(template(seed).tobytes()), save=False)
    photograph.save()
    return photograph


@pytest.fixture
def entry(cast, banned) -> Entry:
    row = Entry.objects.create(
        name="Robin Vale",
        category=banned,
        basis="Order 7",
        every_school=True,
        expires_at=timezone.now() + timedelta(days=30),
        status=Entry.Status.ACTIVE,
        proposed_by=cast.administrator,
        approved_by=cast.second_administrator,
    )
    add_photograph(row, 1)
    return row


def test_an_active_entry_of_an_authorised_category_is_in_the_gallery(front_door, authorisation, entry):
    loaded = load_gallery(front_door.pk)
    assert loaded.entries == (entry.pk,)
    np.testing.assert_array_equal(loaded.vectors[0], template(1))
    assert loaded.version == gallery_version(front_door.pk)


def test_a_stranger_is_compared_by_the_budget_for_a_gallery_of_this_size(front_door, authorisation, entry, settings):
    settings.LOCKPORT_FALSE_ALARM_BUDGET = 0.01
    loaded = load_gallery(front_door.pk)
    assert loaded.threshold == threshold_for(1, fpir=0.01)


def test_each_entry_has_an_offset_of_its_own_from_how_crowded_its_surroundings_are(front_door, authorisation, entry):
    loaded = load_gallery(front_door.pk)
    assert loaded.offsets == offsets([Histogram.empty()], loaded.vectors)


def test_the_template_of_an_entry_is_the_mean_of_its_photographs(front_door, authorisation, entry):
    add_photograph(entry, 2)
    np.testing.assert_allclose(load_gallery(front_door.pk).vectors[0], (template(1) + template(2)) / 2, atol=1e-6)


@pytest.mark.parametrize(
    "change", ["proposed", "withdrawn", "expired by time", "no photograph", "other school", "refused place", "unknown"]
)
def test_nobody_is_in_the_gallery_when_something_is_missing(change, front_door, south, authorisation, entry):
    if change in {"proposed", "withdrawn"}:
        Entry.objects.update(status=change)
    elif change == "expired by time":
        Entry.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif change == "no photograph":
        Photograph.objects.all().delete()
    elif change == "other school":
        Entry.objects.update(every_school=False)
        entry.schools.set([south])
    elif change == "refused place":
        Camera.objects.update(place=Camera.Place.CLASSROOM)
    else:
        front_door.pk += 1000
    assert len(load_gallery(front_door.pk)) == 0
    assert load_gallery(front_door.pk).version == gallery_version(front_door.pk)


def test_an_entry_for_named_schools_is_in_the_galleries_of_those(front_door, authorisation, entry, north, south):
    Entry.objects.update(every_school=False)
    entry.schools.set([north, south])
    assert load_gallery(front_door.pk).entries == (entry.pk,)


def test_two_authorisations_for_one_category_count_a_person_once(front_door, authorisation, entry):
    categories = list(authorisation.categories.all())
    authorisation.pk = None
    authorisation._state.adding = True
    authorisation.save()
    authorisation.categories.set(categories)
    assert load_gallery(front_door.pk).entries == (entry.pk,)


def test_an_entry_that_cannot_be_read_is_left_out_and_logged_and_the_others_stay(
    front_door, authorisation, entry, cast, banned, caplog
):
    other = Entry.objects.create(
        name="Kim Ash",
        category=banned,
        basis="Order 8",
        every_school=True,
        expires_at=timezone.now() + timedelta(days=30),
        status=Entry.Status.ACTIVE,
        proposed_by=cast.administrator,
        approved_by=cast.second_administrator,
    )
    add_photograph(other, 2)
    destroy_key(entry.owner)
    assert load_gallery(front_door.pk).entries == (other.pk,)
    assert f"Entry {entry.pk}" in caplog.text
    assert "Robin" not in caplog.text


def test_what_could_not_be_read_is_tried_again_within_a_minute(front_door, authorisation, entry, monkeypatch):
    file = path_of(entry.owner)
    aside = file.rename(file.with_name("aside"))
    assert len(load_gallery(front_door.pk)) == 0
    now = gallery.time.time()
    seen = load_gallery(front_door.pk).version
    aside.rename(file)
    monkeypatch.setattr(gallery.time, "time", lambda: now + gallery.RETRY_SECONDS)
    assert gallery_version(front_door.pk) != seen
    assert load_gallery(front_door.pk).entries == (entry.pk,)


def test_a_template_of_the_wrong_length_is_not_looked_for(front_door, authorisation, entry):
    photograph = Photograph(entry=entry, file=entry.photographs.get().file.name)
    photograph.template.save("short.f32", ContentFile(b"12345"), save=True)
    np.testing.assert_array_equal(load_gallery(front_door.pk).vectors[0], template(1))


def test_cameras_of_one_school_share_one_decrypted_copy(front_door, authorisation, entry, north, monkeypatch):
    back_door = Camera.objects.create(school=north, name="Back door", address="usb:0")
    first = load_gallery(front_door.pk)
    monkeypatch.setattr(gallery, "read_template", lambda name: pytest.fail("decrypted twice"))
    assert load_gallery(back_door.pk).vectors is first.vectors


def test_a_withdrawn_template_leaves_memory_when_the_watch_takes_the_next_gallery(front_door, authorisation, entry):
    held = load_gallery(front_door.pk)
    witness = weakref.ref(held.vectors)
    Entry.objects.update(status=Entry.Status.WITHDRAWN)
    held = load_gallery(front_door.pk)
    gc.collect()
    assert witness() is None
    assert len(held) == 0


def test_the_version_costs_three_queries_and_reads_nothing_from_the_vault(
    front_door, authorisation, entry, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(gallery, "read_template", lambda name: pytest.fail("the vault was read"))
    with django_assert_num_queries(3):
        gallery_version(front_door.pk)


def test_nobody_is_looked_for_at_a_school_where_recognition_was_never_evaluated(
    front_door, authorisation, entry, settings, caplog
):
    settings.LOCKPORT_DEVELOPMENT = False
    assert len(load_gallery(front_door.pk)) == 0
    assert "never evaluated here" in caplog.text
