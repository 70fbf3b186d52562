"""Reading cameras: which ones a person may see, how each is doing, and all of them in four words."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from cameras.health import CameraHealth, HealthUnknown, reports_of
from cameras.models import Camera, CameraQuerySet, School, Segment
from cameras.recording.reasons import RecordingState
from cameras.recording.slicing import Mode
from cameras.vision.states import CameraState
from lockport.access import Person
from lockport.saying import short_day

UNKNOWN = gettext_noop("Nothing is known of this camera now.")
UNKNOWN_ADVICE = gettext_noop(
    "The server that workers report to (Redis) cannot be reached. Tell your system administrator."
)

STATE_WORDS = {
    "off": gettext_noop("Switched off"),
    "resting": gettext_noop("Outside its hours"),
    "refused": gettext_noop("No recognition"),
    "unknown": gettext_noop("Not known"),
    "watching": gettext_noop("Watching"),
    "blind": gettext_noop("Blind"),
}


@dataclass(frozen=True)
class CameraView:
    """One camera with its health; `health` is None when nothing is known about any camera."""

    camera: Camera
    health: CameraHealth | None
    recording: RecordingState | None = None
    oldest: datetime | None = None  # the beginning of the oldest recording that is kept

    @property
    def is_recorded(self) -> bool:
        """Whether it should be recorded now."""
        return self.camera.enabled and self.camera.recording_mode is not Mode.OFF

    @property
    def recording_failed(self) -> bool:
        return self.recording is not None and self.recording.is_alarm and self.is_recorded

    @property
    def recording_words(self) -> str:
        if not self.is_recorded:
            return _("Not recorded.")
        return _("Nothing is known of its recording.") if self.recording is None else _(self.recording.words)

    @property
    def kept_words(self) -> str:
        """How many days back its recordings reach."""
        if self.oldest is None:
            return _("Nothing kept.")
        days = (datetime.now(UTC) - self.oldest).days
        if days < 1:
            return _("Less than a day kept.")
        return ngettext("%(number)s day kept.", "%(number)s days kept.", days) % {"number": days}

    @cached_property
    def state(self) -> str:
        """One of watching, blind, off, resting, refused, unknown: what decides the icon and the colour."""
        if not self.camera.enabled:
            return "off"
        if not self.camera.is_due(timezone.now()):
            return "resting"
        if self.camera.recognition_refused:
            return "refused"
        if self.health is None:
            return "unknown"
        return "watching" if self.health.is_watching else "blind"

    @property
    def shows_something(self) -> bool:
        """Whether there is a view to be learned: one that has moved is no blindness, and what learning is for."""
        moved = self.health is not None and self.health.state == CameraState.MOVED
        return self.state != "blind" or moved

    @property
    def word(self) -> str:
        return _(STATE_WORDS[self.state])

    @property
    def message(self) -> str:
        if self.state == "off":
            return _("The camera is switched off in the settings.")
        if self.state == "resting":
            return _("Its hours say that it is not watched now. Nobody passing here would be noticed.")
        if self.state == "refused":
            return _("Faces are never recognised in a %(place)s.") % {"place": self.camera.get_place_display()}
        return _(UNKNOWN) if self.health is None else self.health.message

    @property
    def advice(self) -> str:
        if self.state in {"off", "resting", "refused"}:
            return ""
        return _(UNKNOWN_ADVICE) if self.health is None else self.health.advice

    @property
    def since(self) -> datetime | None:
        """Since when it is in this state, in UTC."""
        if self.health is None or self.health.since is None or self.state in {"off", "resting", "refused"}:
            return None
        return datetime.fromtimestamp(self.health.since, UTC)

    @cached_property
    def since_words(self) -> str:
        """ "14:02 EST", and the date unless that is today at the school."""
        if self.since is None:
            return ""
        local = self.since.astimezone(self.camera.school.zone)
        today = datetime.now(self.camera.school.zone).date()
        clock = f"{local:%H:%M %Z}"
        return clock if local.date() == today else f"{short_day(local)}, {clock}"

    @property
    def blind_words(self) -> str:
        """What its blindness means for the people at the door."""
        said = (
            _("%(camera)s has been blind since %(moment)s: nobody passing there would be noticed.")
            if self.since_words
            else _("%(camera)s is blind: nobody passing there would be noticed.")
        )
        return said % {"camera": self.camera, "moment": self.since_words}

    @property
    def counts(self) -> CameraHealth | None:
        """The numbers of the watch that is going on; None where there is none."""
        return self.health if self.health is not None and self.health.state and self.camera.enabled else None

    @property
    def last_frame_age(self) -> float | None:
        """Seconds since the last picture; None where there was none or nothing is known."""
        if self.health is None or self.health.last_frame_at is None:
            return None
        return max(0.0, time.time() - self.health.last_frame_at)

    @property
    def delay_words(self) -> str:
        """How long a picture takes from the camera until it has been looked at."""
        delay = self.counts.delay if self.counts and self.state == "watching" else None
        return "–" if delay is None else f"{delay:.2f} s" if delay < 10 else f"{delay:.0f} s"

    @property
    def last_frame_words(self) -> str:
        age = self.last_frame_age
        if age is None:
            return _("none yet") if self.counts else "–"
        if age < 120:
            return _("%(number)s s ago") % {"number": f"{age:.1f}" if age < 10 else f"{age:.0f}"}
        return _("%(number)s min ago") % {"number": f"{age // 60:.0f}"}


@dataclass(frozen=True)
class Overview:
    """All cameras that one person may see."""

    cameras: list[CameraView]

    @cached_property
    def expected(self) -> list[CameraView]:
        """Those that should be watching."""
        return [view for view in self.cameras if view.state in {"watching", "blind", "unknown"}]

    @cached_property
    def watching(self) -> list[CameraView]:
        return [view for view in self.cameras if view.state == "watching"]

    @cached_property
    def blind(self) -> list[CameraView]:
        return [view for view in self.cameras if view.state == "blind"]

    @cached_property
    def unrecorded(self) -> list[CameraView]:
        """Those whose recording has stopped though it should go on."""
        return [view for view in self.cameras if view.recording_failed]

    @property
    def is_unknown(self) -> bool:
        return any(view.state == "unknown" for view in self.cameras)

    @property
    def level(self) -> str:
        """good, bad, or none where there is nothing to watch."""
        if not self.expected:
            return "none"
        return "bad" if self.blind or self.is_unknown or self.unrecorded else "good"

    @property
    def words(self) -> str:
        """The state of the system in four words or fewer."""
        if not self.expected:
            return _("No cameras switched on") if self.cameras else _("No cameras yet")
        if self.is_unknown:
            return _("Camera state not known")
        if not self.blind:
            return _("Recording has stopped") if self.unrecorded else _("All cameras watching")
        if not self.watching:
            return _("All cameras blind")
        number = len(self.blind)
        return ngettext("%(number)s camera blind", "%(number)s cameras blind", number) % {"number": number}


def cameras_due() -> dict[int, int]:
    """The cameras that should be watched now, switched on and within their hours, each with its version."""
    now = timezone.now()
    rows = Camera.objects.filter(enabled=True).select_related("school").defer("address", "usual_view")
    return {camera.pk: camera.version for camera in rows if camera.is_due(now)}


def cameras_for(person: Person) -> CameraQuerySet:
    """The cameras whose state this person may know: those of their schools, or all for whoever looks after cameras."""
    if person.is_authenticated and person.has_perm("cameras.change_camera"):
        return Camera.objects.all()
    return Camera.objects.visible_to(person)


def overview(person: Person) -> Overview:
    """The cameras this person may know of and how they do, the blind ones first."""
    return overview_of(cameras_for(person))


def overview_of(chosen: CameraQuerySet) -> Overview:
    """How these cameras do, the blind ones first: two queries, one look into the cache."""
    cameras = _with_schools(chosen.defer("address", "usual_view"))
    health: dict[int, CameraHealth] = {}
    recording: dict[int, RecordingState] = {}
    if cameras:
        with suppress(HealthUnknown):
            health, recording = reports_of([camera.pk for camera in cameras])
    views = [CameraView(camera, health.get(camera.pk), recording.get(camera.pk)) for camera in cameras]
    return Overview(sorted(views, key=lambda view: view.state not in {"blind", "unknown"}))


def _with_schools(rows: CameraQuerySet) -> list[Camera]:
    """Joined, a school would be made anew for each of its cameras: half of what reading the cameras takes."""
    cameras = list(rows)
    schools = School.objects.in_bulk({camera.school_id for camera in cameras})
    field = Camera._meta.get_field("school")
    for camera in cameras:
        if camera.school_id in schools:
            field.set_cached_value(camera, schools[camera.school_id])
    return cameras


def with_oldest(views: Sequence[CameraView]) -> list[CameraView]:
    """The same, with how far back their recordings reach: one query for those that are shown."""
    oldest = Segment.objects.filter(camera=OuterRef("pk")).order_by("start").values("start")[:1]
    shown = Camera.objects.filter(pk__in=[view.camera.pk for view in views]).order_by()
    reaches_back = dict(shown.values_list("pk", Subquery(oldest)))
    return [replace(view, oldest=reaches_back.get(view.camera.pk)) for view in views]


def only_some_cameras(person: Person, school: School) -> list[Camera]:
    """The cameras of this school that were granted singly; none where the whole school was."""
    if School.objects.visible_to(person).filter(pk=school.pk).exists():
        return []
    rows = Camera.objects.visible_to(person).filter(school=school).select_related("school")
    return list(rows.defer("address", "usual_view"))


def school_zones() -> dict[str, ZoneInfo]:
    """Each school's time zone by its name: for those who read the access log, which copies the names."""
    return {name: ZoneInfo(zone) for name, zone in School.objects.values_list("name", "time_zone")}
