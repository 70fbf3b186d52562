"""Schools and their cameras."""

from typing import ClassVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models

from lockport.access import ScopedQuerySet
from retention.fields import SealedTextField


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"{name} is not a time zone. Use a name such as America/New_York.")


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
    def logged_school(self) -> str:
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
    # Counts the changes a running watch must notice; a watch of an older version ends and the next one starts.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "name"]
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="camera_name_once_per_school")]

    def __str__(self) -> str:
        return f"{self.name}, {self.school.name}"

    @property
    def logged_school(self) -> str:
        return self.school.name

    @property
    def recognition_refused(self) -> bool:
        return self.place in self.REFUSED_PLACES


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
