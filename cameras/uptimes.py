"""For how long each camera watched on each day: minutes, counted while it runs (uptime.py)."""

from typing import ClassVar

from django.db import models

from cameras.models import Camera
from lockport.access import ScopedQuerySet


class UptimeQuerySet(ScopedQuerySet["Uptime"]):
    grants: ClassVar[dict[str, str]] = {"camera__school": "cameras.review_school"}


class Uptime(models.Model):
    """One camera's day (UTC) in minutes: watching, away when it should have watched, and not meant to watch.

    What is missing of the day is not known: nobody counted, because the system itself was away.
    """

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="uptimes")
    day = models.DateField()
    watching = models.PositiveIntegerField(default=0)
    away = models.PositiveIntegerField(default=0)
    resting = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField(help_text="The first minute that was counted.")
    counted_at = models.DateTimeField(help_text="The last minute that was counted: none is counted twice.")

    objects = UptimeQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["camera", "day"], name="uptime_once_per_camera_and_day")]

    def __str__(self) -> str:
        return f"{self.watching} of {self.watching + self.away} minutes on {self.day}"
