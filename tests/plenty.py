"""More of everything a page can list, at North Park: for tests of pages that must not slow down as rows are added."""

import uuid
from datetime import timedelta

import numpy as np
from django.core.files.base import ContentFile
from django.utils import timezone
from guardian.shortcuts import assign_perm

from alerts.destinations import Destination
from alerts.escalation import Escalation, EscalationRule
from alerts.models import AlertEvent, Decision
from alerts.notices import Notice
from audit.models import Finding
from audit.services import Actor, record_access
from cameras.models import Camera, CameraArea, Export, Gap, School, Segment, Traffic
from lockport import access
from lockport.models import BrokenGlass
from retention.models import Hold, PurgeRun
from tests.alerts.conftest import make_alert, make_entry
from tests.conftest import Cast, make_person
from watchlist.appeals import appeal_record
from watchlist.models import Authorisation, Category, Entry
from watchlist.papers import Renewal


def more_of_everything(cast: Cast, door: Camera, number: int) -> None:
    """`number` more rows of each kind, whatever is there already."""
    for _ in range(number):
        mark = uuid.uuid4().hex[:8]
        entry = watchlist_rows(cast, door.school, mark)
        alert_rows(cast, entry, door)
        camera_rows(cast, door, mark)
        office_rows(cast, door.school, mark)


def watchlist_rows(cast: Cast, school: School, mark: str) -> Entry:
    """An entry in force with a renewal and an appeal, one that is proposed, one that has ended; an authorisation."""
    now, ada = timezone.now(), cast.administrator
    banned = Category.objects.get(slug="banned")
    entry = make_entry(cast, banned, f"Robin {mark}")
    look_like_nobody_else(entry)
    entry.schools.add(school)
    Renewal.objects.create(entry=entry, until=now + timedelta(days=90), reason="Extended", proposed_by=ada)
    appeal_record(entry=entry, received_at=now, statement="Not me.", by=ada, actor=Actor.from_person(ada))
    for status in (Entry.Status.PROPOSED, Entry.Status.WITHDRAWN):
        values = {"name": f"{status} {mark}", "category": banned, "basis": "Order", "every_school": True}
        Entry.objects.create(status=status, expires_at=now + timedelta(days=3), proposed_by=ada, **values)
    paper = Authorisation.objects.create(
        school=school, law=f"Resolution {mark}", valid_until=now + timedelta(days=9), signed_by=ada
    )
    paper.categories.set(Category.objects.all())
    return entry


def look_like_nobody_else(entry: Entry) -> None:
    """Entries that look alike are named on each other's pages, and each naming is a recorded look: that may grow."""
    photograph = entry.photographs.get()
    face = np.random.default_rng(entry.pk).normal(0, 1, 128).astype(np.float32)
    photograph.template.save("x.f32", ContentFile(face.tobytes()))


def alert_rows(cast: Cast, entry: Entry, door: Camera) -> None:
    """An alert in every section of the queue, answered by one and by the other; told, escalated, and looked at."""
    now = timezone.now()
    maria, sam = cast.north_principal, cast.north_security
    twin = {"cannot_separate": True, "runner_up": Entry.objects.active().exclude(pk=entry.pk).first()}
    rows = [
        (make_alert(entry, door, **twin), None),
        (make_alert(entry, door, first_seen=now - timedelta(hours=25)), None),
        (make_alert(entry, door, status="second", answered_at=now), ("same", sam)),
        (make_alert(entry, door, status="unclear", answered_at=now), ("unclear", maria)),
        (
            make_alert(entry, door, status="rejected", settled_at=now, answered_at=now, looked_at=now),
            ("different", sam),
        ),
    ]
    for alert, answer in rows:
        if answer:
            Decision.objects.create(alert=alert, answer=answer[0], by=answer[1], note="Looked closely")
        event = AlertEvent.objects.create(alert=alert, kind=AlertEvent.Kind.RAISED)
        record_access(actor=Actor.from_person(sam), action="looked at", subject=alert)
        Escalation.objects.create(alert=alert, to=sam, minutes=5)
        for place in Destination.objects.filter(owner=maria):
            Notice.objects.create(destination=place, event=event, alert=alert, kind="raised", state="sent")


def camera_rows(cast: Cast, door: Camera, mark: str) -> None:
    """A camera with an area, recordings, a gap and an export; traffic, and a school that reviewers may see."""
    now, at = timezone.now(), timezone.now() - timedelta(minutes=5)
    camera = Camera.objects.create(school=door.school, name=f"Door {mark}", address="usb:0", plan_x=0.5, plan_y=0.5)
    for each in (camera, door):
        CameraArea.objects.create(camera=each, name=f"Window {mark}", points=[[0, 0], [0, 1], [1, 1]])
    start = now - timedelta(minutes=Segment.objects.filter(camera=door).count() + 1)
    values = {"codec": "h264", "track": "a", "size": 1000, "has_motion": True}
    Segment.objects.create(camera=door, start=start, end=start + timedelta(seconds=10), **values)
    Gap.objects.create(
        camera=door, start=start + timedelta(seconds=10), end=start + timedelta(seconds=20), reason="switched_off"
    )
    for camera_of in (door, camera):
        Export.objects.create(
            camera=camera_of, start=at, end=now, reason="police", asked_by=cast.north_principal, status="waiting"
        )
    Traffic.objects.create(camera=camera, day=timezone.localdate(), passers_by=50)
    school = School.objects.create(name=f"School {mark}", time_zone="America/New_York", jurisdiction="US-PA")
    for person in (cast.north_principal, cast.north_security):
        assign_perm("cameras.review_school", person, school)


def office_rows(cast: Cast, school: School, mark: str) -> None:
    """A person with a grant, a rule, a place to be told at; a hold, a purge, something pointed out, broken glass."""
    now, maria = timezone.now(), cast.north_principal
    person = make_person(f"new{mark}", access.SECURITY, full_name=f"New {mark}")
    assign_perm("cameras.review_school", person, school)
    for category in Category.objects.all():
        assign_perm("watchlist.review_category", person, category)
    EscalationRule.objects.create(school=school, to=person)
    place = Destination.objects.create(owner=maria, name=f"Phone {mark}", kind="json", address="json://127.0.0.1")
    place.schools.add(school)
    Notice.objects.create(destination=place, kind="test", state="sent")
    until = now + timedelta(days=90)
    Hold.objects.create(alert=1, words="alert", reason="A suit", instrument="Order", requested_by=maria, until=until)
    PurgeRun.objects.create(kind="purge", began_at=now, ended_at=now, cut_off=now)
    for weeks in (0, 1):
        at = now - timedelta(weeks=weeks)
        Finding.objects.create(rule="night", key=f"{mark}{weeks}", actor_name=mark, words=mark, first_at=at, last_at=at)
    BrokenGlass.objects.create(person=person, school=school.name, reason="A fire.", until=now)
