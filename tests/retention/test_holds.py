from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from alerts.models import Alert
from audit.models import AccessRecord
from audit.services import Actor
from retention.holding import copy_held
from retention.holds import Refused, hold_approve, hold_end, hold_request
from retention.models import HeldCopy, Hold
from retention.purging import purge
from retention.registry import Span
from retention.vault import has_key
from tests.alerts.conftest import make_alert, make_entry
from tests.invariants.conftest import recordings, wall  # noqa: F401 - fixtures
from tests.invariants.recordings import can_be_read
from watchlist.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def request(cast, wall, *, alert=None, span=None, days=90) -> Hold:  # noqa: F811
    return hold_request(
        alert=alert,
        span=span,
        reason="A suit",
        instrument="Order 9 of the county court",
        until=wall.now + days * DAY,
        by=cast.north_principal,
        actor=Actor.from_person(cast.north_principal),
    )


def approve(hold: Hold, by) -> Hold:
    return hold_approve(hold=hold, by=by, actor=Actor.from_person(by))


def test_a_held_alert_outlives_its_day_and_dies_with_the_hold_and_the_one_beside_it_on_its_day(
    wall,  # noqa: F811
    cast,
    banned,
    front_door,
):
    entry = make_entry(cast, banned)
    Entry.objects.update(expires_at=wall.now + 300 * DAY)
    held, other = make_alert(entry, front_door), make_alert(entry, front_door)
    approve(request(cast, wall, alert=held.pk), cast.privacy_officer)
    wall.now += 61 * DAY
    purge()
    assert can_be_read(held.face.name) and not can_be_read(other.face.name)
    wall.now += 29 * DAY - timedelta(seconds=1)
    purge()
    assert can_be_read(held.face.name)
    wall.now += timedelta(seconds=1)
    purge()
    assert not can_be_read(held.face.name) and not has_key(held.owner)
    assert not Alert.objects.exists()


def test_a_hold_keeps_no_more_of_a_day_than_it_names_and_the_days_key_dies_on_its_day(wall, cast, recordings):  # noqa: F811
    wall.now = wall.now.replace(hour=12, minute=0)
    before, within, after = (recordings.add(wall.now + timedelta(minutes=minutes)) for minutes in (0, 10, 20))
    span = Span(recordings.camera, wall.now + timedelta(minutes=9), wall.now + timedelta(minutes=11))
    hold = approve(request(cast, wall, span=span), cast.privacy_officer)
    wall.now += 61 * DAY
    purge()
    assert not any(map(can_be_read, (before, within, after)))
    assert not has_key(recordings.owner(wall.now - 61 * DAY)), "the day's key is dead"
    copy = HeldCopy.objects.get()
    assert (copy.source, copy.hold_id) == (within, hold.pk)
    assert copy.file.open().read() == b"the video of ten seconds"
    wall.now += 29 * DAY
    purge()
    assert not can_be_read(copy.file.name) and not has_key(hold.owner) and not HeldCopy.objects.exists()


def test_recordings_that_could_not_be_copied_yet_are_spared(wall, cast, recordings, monkeypatch):  # noqa: F811
    name = recordings.add(wall.now)
    approve(request(cast, wall, span=Span(recordings.camera, wall.now, wall.now + DAY)), cast.privacy_officer)
    wall.now += 61 * DAY
    with monkeypatch.context() as patch:
        patch.setattr("retention.holding._copy", lambda hold, file: (_ for _ in ()).throw(OSError("full")))
        assert "legal holds: OSError" in purge().errors
    assert can_be_read(name), "held, so not destroyed"
    purge()
    assert not can_be_read(name)
    assert can_be_read(HeldCopy.objects.get().file.name)


def test_copying_again_copies_nothing_twice_and_goes_on_after_an_interruption(wall, cast, recordings):  # noqa: F811
    for minute in range(3):
        recordings.add(wall.now + timedelta(minutes=minute))
    approve(request(cast, wall, span=Span(recordings.camera, wall.now, wall.now + DAY)), cast.privacy_officer)
    assert copy_held(wall.now) == 3
    lost = HeldCopy.objects.first()
    HeldCopy.objects.filter(pk=lost.pk).delete()  # killed between the file and its row
    assert copy_held(wall.now) == 1
    assert HeldCopy.objects.count() == 3 and all(can_be_read(copy.file.name) for copy in HeldCopy.objects.all())


def test_before_it_is_approved_a_hold_holds_nothing(wall, cast, banned, front_door):  # noqa: F811
    alert = make_alert(make_entry(cast, banned), front_door)
    request(cast, wall, alert=alert.pk)
    wall.now += 61 * DAY
    purge()
    assert not can_be_read(alert.face.name)


def test_nobody_approves_their_own_request_not_even_in_the_database(wall, cast, banned, front_door):  # noqa: F811
    hold = request(cast, wall, alert=make_alert(make_entry(cast, banned), front_door).pk)
    with pytest.raises(Refused, match="nobody decides alone"):
        approve(hold, cast.north_principal)
    assert AccessRecord.objects.filter(action="approved", result="refused").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(approved_by=cast.north_principal)


def test_what_does_not_exist_or_lies_behind_or_has_no_reason_is_not_held(wall, cast, banned, front_door):  # noqa: F811
    alert = make_alert(make_entry(cast, banned), front_door)
    with pytest.raises(Refused, match="no alert 4711"):
        request(cast, wall, alert=4711)
    with pytest.raises(Refused, match="lies ahead"):
        request(cast, wall, alert=alert.pk, days=0)
    with pytest.raises(Refused, match="Say why the hold ends"):
        hold_end(hold=request(cast, wall, alert=alert.pk), reason=" ", actor=Actor.worker())


def test_a_hold_that_is_ended_early_is_over_at_once(wall, cast, banned, front_door):  # noqa: F811
    alert = make_alert(make_entry(cast, banned), front_door)
    hold = approve(request(cast, wall, alert=alert.pk), cast.privacy_officer)
    wall.now += 61 * DAY
    hold_end(hold=hold, reason="The suit was settled.", actor=Actor.from_person(cast.privacy_officer))
    purge()
    assert not can_be_read(alert.face.name)
    assert not Hold.objects.in_force().exists()


def test_from_the_page_one_requests_and_another_approves(cast, banned, front_door):
    alert = make_alert(make_entry(cast, banned), front_door)
    form = {"alert": alert.pk, "instrument": "Order 9", "reason": "A suit", "last_day": "2099-01-01"}
    principal, officer = Client(), Client()
    principal.login(username="maria", password="correct horse battery staple")
    officer.login(username="priya", password="correct horse battery staple")
    assert principal.post("/retention/holds/", form).status_code == 302
    page = officer.get("/retention/holds/").content.decode()
    assert "not yet: it holds nothing until another person approves it" in page and "Maria Lopez" in page
    hold = Hold.objects.get()
    assert officer.post(f"/retention/holds/{hold.pk}/approve/", {"read": "yes"}).status_code == 302
    hold.refresh_from_db()
    assert hold.approved_by == cast.privacy_officer
    assert "1 in force" in officer.get("/retention/holds/").content.decode()
    both = officer.post("/retention/holds/", form | {"camera": 3})
    assert both.status_code == 422 and "not both" in both.content.decode()


def test_the_retention_page_shows_what_is_stored_and_what_is_wrong(cast, banned, front_door):
    make_alert(make_entry(cast, banned), front_door)
    client = Client()
    client.force_login(cast.privacy_officer)
    page = client.get("/retention/").content.decode()
    assert "The purge has never come to its end" in page and "1 stored" in page
    assert "Each record is kept for 6 years." in page and "can be archived" not in page
    assert AccessRecord.objects.filter(subject="retention, runs: nothing in it").count() == 1
    purge()
    assert "The purge has never" not in client.get("/retention/").content.decode()


def test_holds_need_a_recent_sign_in(cast):
    client = Client()
    client.force_login(cast.privacy_officer)
    session = client.session
    session["signed_in_at"] = 0
    session.save()
    assert client.get("/retention/holds/")["Location"].startswith("/sign-in/")


def test_who_only_requests_sees_their_own_holds_and_who_approves_sees_all(cast, banned, front_door, wall):  # noqa: F811
    request(cast, wall, alert=make_alert(make_entry(cast, banned), front_door).pk)
    client = Client()
    for person, sees in ((cast.privacy_officer, True), (cast.north_principal, True), (cast.south_principal, False)):
        client.force_login(person)
        page = client.get("/retention/holds/").content.decode()
        assert ("Order 9 of the county court" in page) == sees, person
        assert "0 in force. This number is public." in page


def test_nobody_learns_by_requesting_a_hold_what_they_may_not_see(cast, banned, front_door, wall):  # noqa: F811
    alert = make_alert(make_entry(cast, banned), front_door)
    stranger = cast.south_principal
    for what in (
        {"alert": alert.pk, "span": None},
        {"alert": None, "span": Span(front_door.pk, wall.now, wall.now + DAY)},
    ):
        with pytest.raises(Refused, match="There is no"):
            hold_request(
                **what,
                reason="Curious",
                instrument="None",
                until=wall.now + DAY,
                by=stranger,
                actor=Actor.from_person(stranger),
            )
    client = Client()
    client.force_login(stranger)
    assert str(front_door) not in client.get("/retention/holds/").content.decode()
    client.force_login(cast.privacy_officer)
    page = client.get(f"/retention/holds/?camera={front_door.pk}").content.decode()
    assert f'<option value="{front_door.pk}" selected>{front_door}</option>' in page
