"""What workers counted is kept: added up, with the entry that it belongs to, and destroyed with it."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import OperationalError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.services import Actor
from cameras.models import Traffic
from cameras.vision.histogram import ENOUGH_TO_STORE, Histogram
from cameras.vision.passing import Batch, PassersBy, Subject, Tally
from tests.watchlist.conftest import approve, enrolment, ordinary
from watchlist import learning
from watchlist.gallery import gallery_version, load_gallery
from watchlist.learning import count_stranger, store, store_if_ready
from watchlist.models import Entry, EntryHistogram
from watchlist.services import entry_withdraw, photograph_add, photograph_remove

pytestmark = pytest.mark.django_db


@pytest.fixture
def active(propose, cast) -> Entry:
    return approve(propose(photographs=[ordinary()]), cast.second_administrator)


@pytest.fixture
def subject(front_door, authorisation, active) -> Subject:
    """Robin Vale, as the front door's gallery has them."""
    return Subject(active.pk, load_gallery(front_door.pk).marks[0])


def batch(subject: Subject, people: int = 20, *, distance: float = 0.7, beyond: float = 0.3) -> Batch:
    return Batch({subject: Tally(Histogram.of([distance] * people), beyond)}, {})


def test_batches_of_several_workers_add_up(subject):
    store(batch(subject, 20, distance=0.7, beyond=0.3))
    store(batch(subject, 30, distance=0.6, beyond=0.4))
    row = EntryHistogram.objects.get()
    assert (row.passers_by, row.beyond) == (50, 0.4)
    assert Histogram.from_bytes(bytes(row.counts)) == Histogram.of([0.7] * 20 + [0.6] * 30)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(20, 60), st.floats(0.3, 1.0), st.floats(0.2, 0.6)), min_size=2, max_size=4).flatmap(
        lambda found: st.tuples(st.just(found), st.permutations(found))
    )
)
def test_it_does_not_matter_which_worker_stores_first(subject, either):
    stored = []
    for order in either:
        EntryHistogram.objects.all().delete()
        for people, distance, beyond in order:
            store(batch(subject, people, distance=distance, beyond=beyond))
        row = EntryHistogram.objects.get()
        stored.append((bytes(row.counts), row.beyond, row.passers_by))
    assert stored[0] == stored[1]


def test_what_was_counted_sets_the_offset_of_the_gallery(subject, front_door):
    before = load_gallery(front_door.pk)
    near = Tally(Histogram.of([float(before.offsets[0]) - 0.02] * 30 + [1.0] * 500))
    store(Batch({subject: near}, {}))
    after = load_gallery(front_door.pk)
    assert after.version != before.version
    assert after.offsets[0] < before.offsets[0] - 0.01
    assert (after.entries, after.threshold) == (before.entries, before.threshold)


def test_nobody_near_in_a_thousand_lets_the_limit_be_looser(subject, front_door):
    before = load_gallery(front_door.pk).offsets[0]
    store(Batch({subject: Tally(Histogram.of([0.75] * 5 + [1.0] * 995))}, {}))
    assert load_gallery(front_door.pk).offsets[0] > before


@pytest.mark.parametrize(("more", "changes"), [(24, False), (25, True)])
def test_galleries_change_only_when_a_quarter_more_were_counted(subject, front_door, more, changes):
    store(batch(subject, 100))
    version = gallery_version(front_door.pk)
    store(batch(subject, more, distance=0.5))
    assert (gallery_version(front_door.pk) != version) is changes
    assert EntryHistogram.objects.get().passers_by == 100 + more


def test_a_year_of_batches_changes_a_gallery_a_few_dozen_times(subject, front_door):
    versions = set()
    for people in [20] * 60:
        store(batch(subject, people))
        versions.add(gallery_version(front_door.pk))
    assert len(versions) <= 20


def test_what_was_stored_survives_a_restart(subject, front_door):
    store(batch(subject, 40, distance=0.5))
    learnt = load_gallery(front_door.pk)
    offsets, version = learnt.offsets.copy(), learnt.version
    del learnt  # the process that held it has ended
    again = load_gallery(front_door.pk)
    assert again.version == version
    np.testing.assert_array_equal(again.offsets, offsets)


def test_a_histogram_is_destroyed_with_its_entry(subject, active, cast):
    store(batch(subject))
    entry_withdraw(entry=active, reason="Lifted.", actor=Actor.from_person(cast.administrator))
    assert not EntryHistogram.objects.exists()
    store(batch(subject))
    assert not EntryHistogram.objects.exists()


def test_another_photograph_starts_the_count_anew_and_late_counts_of_the_old_one_are_dropped(
    subject, active, cast, front_door
):
    store(batch(subject))
    who = {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}
    photograph_add(entry=active, enrolment=ordinary(), **who)
    assert not EntryHistogram.objects.exists()
    Entry.objects.update(status=Entry.Status.ACTIVE, approved_by=cast.second_administrator)
    store(batch(subject))
    assert not EntryHistogram.objects.exists()


def test_counts_of_an_entry_that_is_not_whole_are_not_mixed_with_those_of_the_whole_one(subject):
    store(batch(Subject(subject.entry, subject.mark + "?")))
    assert not EntryHistogram.objects.exists()


def test_damaged_counts_count_for_nothing_and_are_logged(subject, front_door, caplog):
    before = load_gallery(front_door.pk).offsets[0]
    store(batch(subject))
    EntryHistogram.objects.update(used_counts=b"damaged")
    assert load_gallery(front_door.pk).offsets[0] == before
    assert f"Entry {subject.entry}" in caplog.text


def test_people_who_passed_are_counted_by_camera_and_day(front_door):
    for _ in range(2):
        store(Batch({}, {front_door.pk: 20, front_door.pk + 1000: 30}))
    row = Traffic.objects.get()
    assert (row.camera, row.day, row.passers_by) == (front_door, timezone.localdate(), 40)


def full(front_door) -> PassersBy:
    counting = PassersBy(batch_seconds=0)
    gallery = load_gallery(front_door.pk)
    for seed in range(ENOUGH_TO_STORE):
        probe = np.random.default_rng(seed).normal(0, 0.1, 128).astype(np.float32)
        counting.count(probe, gallery, camera=front_door.pk, matched=set())
    return counting


def test_a_worker_stores_what_it_counted_once_a_batch_is_ready(subject, front_door):
    counting = full(front_door)
    assert store_if_ready(counting)
    assert not store_if_ready(counting)
    assert EntryHistogram.objects.get().passers_by == ENOUGH_TO_STORE
    assert Traffic.objects.get().passers_by == ENOUGH_TO_STORE


def test_while_the_database_is_away_counts_wait(subject, front_door, monkeypatch):
    counting = full(front_door)

    def away(batch: Batch) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(learning, "store", away)
        patch.setattr(learning.connection, "close", lambda: None)
        assert not store_if_ready(counting)
    assert store_if_ready(counting)
    assert EntryHistogram.objects.get().passers_by == ENOUGH_TO_STORE


def test_an_entry_whose_last_day_came_is_not_counted_for(subject):
    Entry.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    store(batch(subject))
    assert not EntryHistogram.objects.exists()


def decided(subject: Subject, *changes: int, matched_at=None) -> int:
    """People say of a match that it was somebody else (1) or take it back (-1): how many are counted then."""
    for more in changes:
        count_stranger(entry=subject.entry, matched_at=matched_at or timezone.now(), more=more)
    row = EntryHistogram.objects.filter(entry=subject.entry).first()
    return 0 if row is None else row.strangers_matched


@pytest.mark.parametrize(
    ("changes", "counted"), [([1], 1), ([1, 1, 1], 3), ([1, 1, -1], 1), ([1, -1], 0), ([-1], 0), ([-1, 1], 1)]
)
def test_matches_that_were_somebody_else_are_counted_and_never_fewer_than_none(subject, changes, counted):
    assert decided(subject, *changes) == counted


@pytest.mark.parametrize("first", ["passers-by", "decisions"])
def test_it_does_not_matter_whether_people_pass_or_decide_first(subject, first):
    if first == "passers-by":
        store(batch(subject, 60))
    decided(subject, 1, 1)
    if first == "decisions":
        store(batch(subject, 60))
    row = EntryHistogram.objects.get()
    assert (row.mark, row.passers_by, row.used_passers_by, row.strangers_matched) == (subject.mark, 60, 60, 2)
    assert Histogram.from_bytes(bytes(row.used_counts)) == Histogram.of([0.7] * 60)


def test_a_match_that_was_somebody_else_makes_the_gallery_stricter_for_this_entry_at_once(
    subject, front_door, propose, cast
):
    approve(propose("Kim Ash", photographs=[enrolment(2)]), cast.second_administrator)
    store(Batch({subject: Tally(Histogram.of([0.6] * 2 + [1.0] * 398), beyond=0.5)}, {}))
    before = load_gallery(front_door.pk)
    offsets = dict(zip(before.entries, before.offsets.tolist(), strict=True))
    decided(subject, 1)
    after = load_gallery(front_door.pk)
    assert after.version != before.version
    learnt = dict(zip(after.entries, after.offsets.tolist(), strict=True))
    assert learnt.pop(subject.entry) < offsets.pop(subject.entry) - 0.003
    assert learnt == offsets, "nobody else's limit changed"
    decided(subject, -1)
    again = load_gallery(front_door.pk)
    assert (again.version, again.offsets.tolist()) == (before.version, before.offsets.tolist())


def test_until_passers_by_were_counted_decisions_change_no_limit(subject, front_door):
    before = load_gallery(front_door.pk).offsets[0]
    assert decided(subject, 1) == 1
    assert load_gallery(front_door.pk).offsets[0] == before


def test_another_photograph_starts_the_decisions_anew_and_those_about_the_old_one_count_no_more(subject, active, cast):
    matched_at = timezone.now()
    decided(subject, 1, 1)
    who = {"by": cast.administrator, "actor": Actor.from_person(cast.administrator)}
    photograph_add(entry=active, enrolment=ordinary(), **who)
    assert decided(subject, matched_at=matched_at) == 0
    assert decided(subject, 1, matched_at=matched_at) == 0
    assert decided(subject, 1) == 1
    assert decided(subject, -1, matched_at=matched_at) == 1
    photograph_remove(photograph=active.photographs.last(), **who)
    assert decided(subject) == 0


def test_decisions_are_forgotten_with_their_entry(subject, active, cast):
    decided(subject, 1)
    entry_withdraw(entry=active, reason="Lifted.", actor=Actor.from_person(cast.administrator))
    assert decided(subject, 1) == 0
    assert not EntryHistogram.objects.exists()
