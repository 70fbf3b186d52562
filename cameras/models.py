"""Schools, their cameras, and the index of what is recorded."""

from datetime import UTC, datetime
from typing import ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cameras.fields import JurisdictionField, validate_jurisdiction
from cameras.hours import EVERY_DAY, is_within
from cameras.recording.reasons import Reason
from cameras.recording.slicing import Mode
from lockport.access import Person, ScopedQuerySet
from lockport.held import held_by
from retention.fields import SealedTextField


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            gettext("%(name)s is not a time zone. Use a name such as America/New_York.") % {"name": name}
        )


def validate_days(days: str) -> None:
    if not days or set(days) - set(EVERY_DAY) or len(set(days)) != len(days):
        raise ValidationError(
            gettext("Write the days as numbers, each once: 1 for Monday to 7 for Sunday, such as 12345.")
        )


class SchoolQuerySet(ScopedQuerySet["School"]):
    grants: ClassVar[dict[str, str]] = {"pk": "cameras.review_school"}

    def within_reach_of(self, person: Person) -> Self:
        """Those granted, and those of which at least one camera is: for lists of schools to choose from."""
        held = held_by(person)
        cameras = Camera.objects.filter(pk__in=held.get("cameras.review_camera", []))
        return self.filter(Q(pk__in=held.get("cameras.review_school", [])) | Q(pk__in=cameras.values("school")))


class School(models.Model):
    """A building with cameras. Grants to see its alerts are given on it, or on one of its cameras."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="America/New_York", validators=[validate_time_zone]
    )
    jurisdiction = JurisdictionField(
        _("jurisdiction"),
        max_length=10,
        validators=[validate_jurisdiction],
        help_text=_("ISO 3166-2 code of the state, such as US-PA. Recognition is refused where the law forbids it."),
    )

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("school"), _("schools")
        permissions = [
            ("review_school", "Can review the alerts of this school"),
            ("watch_recording", "Can watch the recordings of this school"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def logged_school(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class CameraQuerySet(ScopedQuerySet["Camera"]):
    grants: ClassVar[dict[str, str]] = {"pk": "cameras.review_camera"}


class CameraPlace(models.TextChoices):
    ENTRANCE = "entrance", _("entrance")
    OUTDOORS = "outdoors", _("outdoors")
    HALLWAY = "hallway", _("hallway")
    OFFICE = "office", _("office")
    CAFETERIA = "cafeteria", _("cafeteria or hall")
    CLASSROOM = "classroom", _("classroom")
    COUNSELLING = "counselling", _("counselling")
    CLINIC = "clinic", _("clinic")
    CHANGING_ROOM = "changing_room", _("changing room")
    TOILET = "toilet", _("toilet")


class Camera(models.Model):
    """One camera of a school. Its address may hold a password: it is sealed in the database and never printed."""

    Place = CameraPlace

    # Whoever asks, no face is recognised here.
    REFUSED_PLACES: ClassVar[list[str]] = [
        CameraPlace.CLASSROOM,
        CameraPlace.COUNSELLING,
        CameraPlace.CLINIC,
        CameraPlace.CHANGING_ROOM,
        CameraPlace.TOILET,
    ]

    # What recognition goes by: these alone, so that a word that nobody has thought of means no.
    RECOGNISED_PLACES: ClassVar[list[str]] = [
        CameraPlace.ENTRANCE,
        CameraPlace.OUTDOORS,
        CameraPlace.HALLWAY,
        CameraPlace.OFFICE,
        CameraPlace.CAFETERIA,
    ]

    # Nobody may ever look into these, so nothing of them is kept.
    NEVER_RECORDED: ClassVar[list[str]] = [CameraPlace.CHANGING_ROOM, CameraPlace.TOILET]

    class Recording(models.TextChoices):
        ALWAYS = Mode.ALWAYS.value, _("always")
        MOTION = Mode.MOTION.value, _("around motion")
        OFF = Mode.OFF.value, _("never")

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="cameras", verbose_name=_("school"))
    name = models.CharField(_("name"), max_length=120)
    place = models.CharField(_("place"), max_length=20, choices=CameraPlace, default=CameraPlace.ENTRANCE)
    address = SealedTextField(
        help_text=_("rtsp://user:password@host/path, usb:0, or a video file in the allowed folder.")
    )
    enabled = models.BooleanField(_("enabled"), default=True, help_text=_("Watched while on."))
    recording = models.CharField(_("recording"), max_length=10, choices=Recording, default=Recording.ALWAYS)
    watch_days = models.CharField(
        _("watch days"),
        max_length=7,
        default=EVERY_DAY,
        validators=[validate_days],
        help_text=_("The days on which it is watched, 1 for Monday to 7 for Sunday."),
    )
    watch_from = models.TimeField(
        _("watch from"), null=True, blank=True, help_text=_("In the school's time; empty means all day.")
    )
    watch_until = models.TimeField(
        _("watch until"),
        null=True,
        blank=True,
        help_text=_("Before the beginning means the next morning, as with 18:00 to 06:00."),
    )
    # Where it hangs on its school's plan, as shares of the plan's width and height.
    plan_x = models.FloatField(null=True, editable=False)
    plan_y = models.FloatField(null=True, editable=False)
    # What it usually shows, 64 x 36 pixels of brightness: enough to notice that it was turned, not to see anybody.
    usual_view = models.BinaryField(null=True, editable=False)
    # Counts the changes a running watch must notice; a watch of an older version ends and the next one starts.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "name"]
        verbose_name, verbose_name_plural = _("camera"), _("cameras")
        permissions = [("review_camera", "Can review the alerts of this camera")]
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="camera_name_once_per_school"),
            models.CheckConstraint(
                condition=models.Q(watch_from__isnull=True, watch_until__isnull=True)
                | models.Q(watch_from__isnull=False, watch_until__isnull=False),
                name="camera_hours_have_two_ends",
            ),
            models.CheckConstraint(condition=models.Q(place__in=CameraPlace.values), name="camera_place_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.school.name}"

    @property
    def logged_school(self) -> str:
        return self.school.name

    @property
    def recognition_refused(self) -> bool:
        return self.place not in self.RECOGNISED_PLACES

    @property
    def recording_mode(self) -> Mode:
        """When it is recorded; never in some places, whatever is set."""
        return Mode.OFF if self.place in self.NEVER_RECORDED else Mode(self.recording)

    def is_due(self, now: datetime) -> bool:
        """Whether its hours, in the school's time, say that it is watched at `now` (aware)."""
        if self.watch_from is None and self.watch_days == EVERY_DAY:
            return True  # as most are: a page asks each of hundreds of cameras
        return is_within(now.astimezone(self.school.zone), self.watch_days, self.watch_from, self.watch_until)


class TrafficQuerySet(ScopedQuerySet["Traffic"]):
    grants: ClassVar[dict[str, str]] = {"camera": "cameras.review_camera"}


class Traffic(models.Model):
    """How many people walked past a camera on a day: a number, from which to say what a false-alarm budget means."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="traffic")
    day = models.DateField()
    passers_by = models.PositiveIntegerField(default=0)

    objects = TrafficQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        verbose_name, verbose_name_plural = _("traffic"), _("traffic")
        constraints = [models.UniqueConstraint(fields=["camera", "day"], name="traffic_once_per_camera_and_day")]

    def __str__(self) -> str:
        return f"{self.passers_by} passers-by on {self.day}"


WATCHERS = {"camera": "cameras.review_camera"}  # and the role's cameras.watch_recording


class SegmentQuerySet(ScopedQuerySet["Segment"]):
    grants: ClassVar[dict[str, str]] = WATCHERS


class Segment(models.Model):
    """The index row of some ten seconds of one camera; the video itself lies in the vault under `name`.

    There are very many: the row holds nothing that can be worked out.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="segments", db_index=False)
    start = models.DateTimeField()
    end = models.DateTimeField()
    codec = models.CharField(max_length=10)
    # Segments of one track can be put together in one file: the camera's codec, size and settings were the same.
    track = models.CharField(max_length=8)
    size = models.PositiveIntegerField(help_text="Bytes of the video, before it is encrypted.")
    has_motion = models.BooleanField()

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["camera", "start"], name="segment_once_per_camera_and_start")]

    def __str__(self) -> str:
        return f"recording of {self.camera} at {self.start:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def owner(self) -> str:
        """Whose data key encrypts it: the camera's of that day (UTC)."""
        return recording_owner(self.camera_id, self.start)

    @property
    def name(self) -> str:
        return f"{self.owner}/{self.start.astimezone(UTC):%H%M%S-%f}.mp4"


def recording_owner(camera_id: int, moment: datetime) -> str:
    return f"recordings/{camera_id}-{moment.astimezone(UTC):%Y%m%d}"


class GapQuerySet(ScopedQuerySet["Gap"]):
    grants: ClassVar[dict[str, str]] = WATCHERS


class Gap(models.Model):
    """A time of which there is no recording, and why. The one that has no end goes on."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="gaps", db_index=False)
    start = models.DateTimeField()
    end = models.DateTimeField(null=True)
    reason = models.CharField(max_length=12, choices=[(reason.value, reason.words) for reason in Reason])

    objects = GapQuerySet.as_manager()

    class Meta:
        ordering = ["start"]
        verbose_name, verbose_name_plural = _("gap"), _("gaps")
        indexes = [models.Index(fields=["camera", "start"], name="gap_camera_start")]
        constraints = [
            models.UniqueConstraint(fields=["camera"], condition=models.Q(end=None), name="gap_one_open_per_camera")
        ]

    def __str__(self) -> str:
        return f"no recording of {self.camera} since {self.start:%Y-%m-%d %H:%M:%S} UTC: {self.get_reason_display()}"


from cameras.drawn import CameraArea, FloorPlan  # noqa: E402, F401  (kept in their own files)
from cameras.exported import Export  # noqa: E402, F401
from cameras.uptimes import Uptime  # noqa: E402, F401
