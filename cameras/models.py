"""Schools and their cameras."""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models

from cameras.hours import EVERY_DAY, is_within
from lockport.access import ScopedQuerySet
from retention.fields import SealedTextField


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"{name} is not a time zone. Use a name such as America/New_York.")


def validate_days(days: str) -> None:
    if not days or set(days) - set(EVERY_DAY) or len(set(days)) != len(days):
        raise ValidationError("Write the days as numbers, each once: 1 for Monday to 7 for Sunday, such as 12345.")


def validate_points(points: Any) -> None:
    """A list of three to forty [x, y], each 0..1."""
    is_list = isinstance(points, list) and 3 <= len(points) <= 40
    if not is_list or not all(isinstance(point, list) and len(point) == 2 for point in points):
        raise ValidationError("An area needs three to forty corners.")
    numbers = [number for point in points for number in point]
    if not all(isinstance(number, int | float) and 0 <= number <= 1 for number in numbers):
        raise ValidationError("An area's corners must lie inside the picture.")


class SchoolQuerySet(ScopedQuerySet["School"]):
    grants: ClassVar[dict[str, str]] = {"pk": "cameras.review_school"}


class School(models.Model):
    """A building with cameras. Grants to see its alerts are given on it."""

    name = models.CharField(max_length=120, unique=True)
    time_zone = models.CharField(max_length=60, default="America/New_York", validators=[validate_time_zone])
    jurisdiction = models.CharField(
        max_length=10,
        help_text="ISO 3166-2 code of the state, such as US-PA. Recognition is refused where the law forbids it.",
    )

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        permissions = [("review_school", "Can review the alerts of this school")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class CameraQuerySet(ScopedQuerySet["Camera"]):
    grants: ClassVar[dict[str, str]] = {"school": "cameras.review_school"}


class Camera(models.Model):
    """One camera of a school. Its address may hold a password: it is sealed in the database and never printed."""

    class Place(models.TextChoices):
        ENTRANCE = "entrance", "entrance"
        OUTDOORS = "outdoors", "outdoors"
        HALLWAY = "hallway", "hallway"
        OFFICE = "office", "office"
        CAFETERIA = "cafeteria", "cafeteria or hall"
        CLASSROOM = "classroom", "classroom"
        COUNSELLING = "counselling", "counselling"
        CLINIC = "clinic", "clinic"
        CHANGING_ROOM = "changing_room", "changing room"
        TOILET = "toilet", "toilet"

    # Whoever asks, no face is recognised here.
    REFUSED_PLACES: ClassVar[list[str]] = [
        Place.CLASSROOM,
        Place.COUNSELLING,
        Place.CLINIC,
        Place.CHANGING_ROOM,
        Place.TOILET,
    ]

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="cameras")
    name = models.CharField(max_length=120)
    place = models.CharField(max_length=20, choices=Place, default=Place.ENTRANCE)
    address = SealedTextField(help_text="rtsp://user:password@host/path, usb:0, or a video file in the allowed folder.")
    enabled = models.BooleanField(default=True, help_text="Watched while on.")
    watch_days = models.CharField(
        max_length=7,
        default=EVERY_DAY,
        validators=[validate_days],
        help_text="The days on which it is watched, 1 for Monday to 7 for Sunday.",
    )
    watch_from = models.TimeField(null=True, blank=True, help_text="In the school's time; empty means all day.")
    watch_until = models.TimeField(
        null=True, blank=True, help_text="Before the beginning means the next morning, as with 18:00 to 06:00."
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
        constraints = [
            models.UniqueConstraint(fields=["school", "name"], name="camera_name_once_per_school"),
            models.CheckConstraint(
                condition=models.Q(watch_from__isnull=True, watch_until__isnull=True)
                | models.Q(watch_from__isnull=False, watch_until__isnull=False),
                name="camera_hours_have_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.school.name}"

    @property
    def recognition_refused(self) -> bool:
        return self.place in self.REFUSED_PLACES

    def is_due(self, now: datetime) -> bool:
        """Whether its hours, in the school's time, say that it is watched at `now` (aware)."""
        return is_within(now.astimezone(self.school.zone), self.watch_days, self.watch_from, self.watch_until)


class CameraArea(models.Model):
    """A part of a camera's picture: where nobody is looked for, or where alone somebody is."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", "privacy mask: nobody is looked for here"
        ZONE = "zone", "detection zone: people are looked for only here"

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="areas")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PRIVACY)
    name = models.CharField(max_length=80)
    points = models.JSONField(validators=[validate_points])

    class Meta:
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_kind_display()})"


class FloorPlan(models.Model):
    """A school's plan, on which its cameras are shown. Sealed: it says where doors and cameras are."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, related_name="plan")
    picture = SealedTextField(help_text="A PNG file in base64.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"plan of {self.school}"


class TrafficQuerySet(ScopedQuerySet["Traffic"]):
    grants: ClassVar[dict[str, str]] = {"camera__school": "cameras.review_school"}


class Traffic(models.Model):
    """How many people walked past a camera on a day: a number, from which to say what a false-alarm budget means."""

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="traffic")
    day = models.DateField()
    passers_by = models.PositiveIntegerField(default=0)

    objects = TrafficQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        verbose_name_plural = "traffic"
        constraints = [models.UniqueConstraint(fields=["camera", "day"], name="traffic_once_per_camera_and_day")]

    def __str__(self) -> str:
        return f"{self.passers_by} passers-by on {self.day}"
