"""Invariant 2 as a property: whatever happens in whatever order, after a purge nothing is readable beyond its day, and
nothing held or younger is gone.

A history is what people and machines do: record, export, raise alerts, enrol, withdraw, request and approve holds,
end them, let time pass, switch the machine off, set its clock back and right again. The test keeps books of its own.
"""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alerts.models import Alert
from audit.services import Actor
from cameras.models import Export
from retention import clock
from retention.holds import hold_approve, hold_end, hold_request
from retention.models import Clock, HeldCopy, Hold
from retention.purging import purge
from retention.registry import Span
from retention.sweeping import sweep
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.recordings import LENGTH, can_be_read, export_of
from watchlist.models import Entry
from watchlist.services import entry_withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
SIXTY = timedelta(days=60)
DAY = timedelta(days=1)

ACTS = st.one_of(
    st.tuples(st.just("record"), st.integers(0, 3)),
    st.tuples(st.just("raise"), st.integers(0, 3)),
    st.tuples(st.just("enrol"), st.integers(1, 80)),
    st.tuples(st.just("export"), st.integers(0, 9)),
    st.tuples(st.just("withdraw"), st.integers(0, 9)),
    st.tuples(st.just("hold alert"), st.integers(0, 9)),
    st.tuples(st.just("hold recording"), st.integers(0, 9)),
    st.tuples(st.just("end hold"), st.integers(0, 9)),
    st.tuples(st.just("pass"), st.integers(1, 70 * 24)),  # hours; the machine may be off meanwhile
    st.tuples(st.just("set back"), st.integers(1, 20 * 24)),
    st.tuples(st.just("purge"), st.just(0)),
)


@dataclass
class Thing:
    """Something that was stored: its file, and from when to when (in true time) it must be readable."""

    name: str
    until: datetime
    row: object
    end: datetime


@dataclass
class Books:
    """What the test knows: the true time, and how far the machine's clock is behind it."""

    true: datetime
    behind: timedelta = timedelta(0)
    recordings: list[Thing] = field(default_factory=list)
    alerts: list[Thing] = field(default_factory=list)
    entries: list[Thing] = field(default_factory=list)
    exports: list[Thing] = field(default_factory=list)
    holds: list[tuple[Hold, Thing]] = field(default_factory=list)


class History:
    def __init__(self, wall, recordings, cast, category, camera, commit) -> None:
        self.wall, self.recordings, self.cast, self.category, self.camera = wall, recordings, cast, category, camera
        self.commit = commit  # runs what was to happen after a commit: the test is in a transaction of its own
        self.books = Books(wall.now)

    def play(self, act: str, number: int) -> None:
        with self.commit(execute=True):
            getattr(self, act.replace(" ", "_"))(number)

    def record(self, _: int) -> None:
        if not self.books.behind:  # what is stamped by a wrong clock has a wrong stamp: see decision 0009
            name = self.recordings.add(self.wall.now)
            end = self.books.true + LENGTH
            self.books.recordings.append(Thing(name, end + SIXTY, None, self.books.true))
            self.go_by(LENGTH)

    def raise_(self, _: int) -> None:
        entry = Entry.objects.active().first()
        if entry is not None and not self.books.behind:
            alert = make_alert(entry, self.camera)
            self.books.alerts.append(Thing(alert.face.name, self.books.true + SIXTY, alert, self.books.true))

    def export(self, number: int) -> None:
        for thing in self.books.recordings[number : number + 1]:
            if thing.name in self.recordings.rows() and not self.books.behind:
                row = export_of(self.recordings.camera, self.cast.north_principal, thing.end)
                self.books.exports.append(Thing(row.file.name, self.books.true + 7 * DAY, row, self.books.true))

    def enrol(self, days: int) -> None:
        if not self.books.behind:
            entry = make_entry(self.cast, self.category)
            until = self.books.true + days * DAY
            Entry.objects.filter(pk=entry.pk).update(expires_at=until)
            name = entry.photographs.get().file.name
            self.books.entries.append(Thing(name, until, entry, self.books.true))

    def withdraw(self, number: int) -> None:
        for thing in self.books.entries[number : number + 1]:
            if Entry.objects.get(pk=thing.row.pk).status == "active":
                entry_withdraw(entry=thing.row, reason="Lifted.", actor=Actor.worker())
                thing.until = min(thing.until, self.books.true)

    def hold_alert(self, number: int) -> None:
        for thing in self.books.alerts[number : number + 1]:
            if Alert.objects.filter(pk=thing.row.pk).exists():
                self.hold(thing, alert=thing.row.pk, span=None)

    def hold_recording(self, number: int) -> None:
        for thing in self.books.recordings[number : number + 1]:
            if thing.name in self.recordings.rows():
                self.hold(thing, alert=None, span=Span(self.recordings.camera, thing.end, thing.end + LENGTH))

    def hold(self, thing: Thing, **what: object) -> None:
        by, other = self.cast.north_principal, self.cast.privacy_officer
        words = {"reason": "A suit", "instrument": "Order 9", "until": clock.now() + 100 * DAY}
        hold = hold_request(**what, **words, by=by, actor=Actor.from_person(by))
        self.books.holds.append((hold_approve(hold=hold, by=other, actor=Actor.from_person(other)), thing))

    def end_hold(self, number: int) -> None:
        for hold, _ in self.books.holds[number : number + 1]:
            if Hold.objects.get(pk=hold.pk).ended_at is None:
                hold_end(hold=hold, reason="Settled.", actor=Actor.worker())

    def pass_(self, hours: int) -> None:
        self.go_by(timedelta(hours=hours))

    def set_back(self, hours: int) -> None:
        clock.tick()
        if self.books.behind:  # right again
            self.wall.now, self.books.behind = self.books.true, timedelta(0)
        else:
            self.books.behind = timedelta(hours=hours)
            self.wall.now -= self.books.behind
        clock.tick()

    def purge(self, _: int) -> None:
        purge()
        sweep()

    def go_by(self, time: timedelta) -> None:
        self.wall.now += time
        self.books.true += time

    def check(self) -> None:
        """After a purge: each thing is readable exactly when its day, or a hold, says so."""
        with self.commit(execute=True):
            self.purge(0)
        held = {thing.name: hold for hold, thing in self.books.holds if Hold.objects.get(pk=hold.pk).ended_at is None}
        books = self.books
        for thing in itertools.chain(books.recordings, books.alerts, books.entries, books.exports):
            young = thing.until > self.books.true
            copies = HeldCopy.objects.filter(source=thing.name)
            readable = can_be_read(thing.name)
            if thing in self.books.alerts:
                assert readable == (young or thing.name in held), thing
            else:
                assert readable == young, thing
            if thing in self.books.recordings and thing.name in held:
                assert any(can_be_read(copy.file.name) for copy in copies), "held, and gone"
            elif thing in self.books.recordings:
                assert not copies, "kept without a hold"


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(ACTS, min_size=4, max_size=24))
def test_nothing_is_readable_beyond_its_day_and_nothing_held_or_younger_is_gone(
    wall, recordings, cast, banned, front_door, django_capture_on_commit_callbacks, acts
):
    for model in (HeldCopy, Hold, Alert, Entry, Export, Clock):
        model.objects.all().delete()
    recordings.forget()
    wall.now += 400 * DAY  # days of its own for each history
    history = History(wall, recordings, cast, banned, front_door, django_capture_on_commit_callbacks)
    for act, number in acts:
        history.play({"raise": "raise_", "pass": "pass_"}.get(act, act), number)
        if act in {"pass", "purge"}:
            history.check()
    history.check()
