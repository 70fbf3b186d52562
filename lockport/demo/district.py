"""The demonstration district: one school, one camera, a handful of people, one person on the list."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm

from audit.services import Actor, record_access
from cameras.models import Camera, School
from cameras.vision.types import Box, Image
from lockport import access
from lockport.demo.clip import make_clip
from lockport.demo.faces import Face, FacesProblem, faces_of, packaged_faces
from watchlist import enrolment, services
from watchlist.models import Authorisation, Category
from watchlist.proposals import Proposal

SCHOOL = "North Park (demonstration)"
CLIP = "demonstration.mp4"


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    role: str
    what: str


PEOPLE = [
    Person("principal", "Maria Lopez", access.PRINCIPAL, "sees alerts and decides on them"),
    Person("security", "Sam Reed", access.SECURITY, "the second person who decides"),
    Person("watchlist", "Ada Stone", access.WATCHLIST_ADMINISTRATOR, "proposes people for the watchlist, in /admin/"),
    Person(
        "approver", "Bela Marsh", access.WATCHLIST_ADMINISTRATOR, "approves what somebody else proposed, in /admin/"
    ),
    Person("privacy", "Priya Nair", access.PRIVACY_OFFICER, "reads the access log"),
    Person("system", "Otto Lang", access.SYSTEM_ADMINISTRATOR, "schools, cameras and accounts, in /admin/"),
]
STAFF = {access.WATCHLIST_ADMINISTRATOR, access.PRIVACY_OFFICER, access.SYSTEM_ADMINISTRATOR}


def new_password() -> str:
    return secrets.token_urlsafe(12)


def district_exists() -> bool:
    return School.objects.filter(name=SCHOOL).exists()


def create_district(folder: Path | None) -> None:
    """Make the demonstration from the packaged faces, or from those in `folder`.

    Raises FacesProblem when the folder's pictures cannot be used; then nothing was made.
    """
    faces = faces_of(folder) if folder else packaged_faces()
    make_camera_clip(faces)
    with transaction.atomic():
        school = School.objects.create(name=SCHOOL, time_zone="America/New_York", jurisdiction="US-PA")
        people = {row.username: _create_person(row, school) for row in PEOPLE}
        _authorise(school, signed_by=people["watchlist"], approved_by=people["approver"])
        for face in faces:
            if face.enrolled:
                _enrol(face, school, proposed_by=people["watchlist"], approved_by=people["approver"])
        Camera.objects.create(school=school, name="Front door", address=CLIP)
        record_access(actor=Actor.command(), action="made the demonstration at", subject=school)


def make_camera_clip(faces: list[Face]) -> None:
    """Film the faces, and leave the pictures of passers-by where a newcomer can enrol them from.

    Raises FacesProblem for a picture in which there is not exactly one face of sufficient quality.
    """
    folder = settings.LOCKPORT_VIDEO_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    walkers = [walker(face) for face in faces]
    for face in faces:
        if not face.enrolled:
            (settings.LOCKPORT_DATA / "demo").mkdir(exist_ok=True)
            (settings.LOCKPORT_DATA / "demo" / f"{face.name}.jpg").write_bytes(_jpeg(face.picture))
    make_clip(folder / CLIP, walkers)


def walker(face: Face) -> tuple[Image, Box]:
    """The picture and where the face is in it. Raises FacesProblem when it could not be enrolled."""
    try:
        found = enrolment.examine(_jpeg(face.picture))
    except enrolment.EnrolmentProblem as problem:
        raise FacesProblem(f"The picture of {face.name} cannot be used: {problem}") from None
    return _picture(found.jpeg), found.face


def _create_person(row: Person, school: School) -> User:
    first, _, last = row.name.partition(" ")
    person = User.objects.create(
        username=row.username,
        first_name=first,
        last_name=last,
        is_staff=row.role in STAFF,
        password="!",  # noqa: S106
    )
    person.groups.add(Group.objects.get(name=row.role))
    if row.role in {access.PRINCIPAL, access.SECURITY}:
        assign_perm("cameras.review_school", person, school)
    if row.role in {access.PRINCIPAL, access.SECURITY, access.WATCHLIST_ADMINISTRATOR}:
        for category in Category.objects.all():
            assign_perm("watchlist.review_category", person, category)
    return person


def _authorise(school: School, *, signed_by: User, approved_by: User) -> None:
    authorisation = Authorisation.objects.create(
        school=school,
        law="Demonstration only: public-domain faces, no real camera",
        valid_until=timezone.now() + timedelta(days=365),
        signed_by=signed_by,
        approved_by=approved_by,
    )
    authorisation.categories.set(Category.objects.all())


def _enrol(face: Face, school: School, *, proposed_by: User, approved_by: User) -> None:
    proposal = Proposal(
        name=face.name,
        category=Category.objects.get(slug="banned"),
        schools=[school],
        basis="Demonstration: nobody banned anybody.",
        particulars={"order_by": "school", "order_number": "Demonstration"},
        expires_at=timezone.now() + timedelta(days=90),
    )
    entry = services.entry_propose(
        proposal=proposal,
        photographs=[enrolment.examine(_jpeg(face.picture))],
        by=proposed_by,
        actor=Actor.from_person(proposed_by),
    )
    services.entry_approve(
        entry=entry, seen_version=entry.version, by=approved_by, actor=Actor.from_person(approved_by)
    )


def _jpeg(picture: Image) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def _picture(jpeg: bytes) -> Image:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise FacesProblem("A picture that was accepted cannot be read again.")
    return picture
