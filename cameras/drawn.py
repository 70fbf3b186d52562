"""What is drawn: masks and zones on a camera's picture, and a school's plan."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera, School
from lockport.access import ScopedQuerySet
from retention.fields import SealedTextField


def validate_points(points: Any) -> None:
    """A list of three to forty [x, y], each 0..1."""
    is_list = isinstance(points, list) and 3 <= len(points) <= 40
    if not is_list or not all(isinstance(point, list) and len(point) == 2 for point in points):
        raise ValidationError(_("An area needs three to forty corners."))
    numbers = [number for point in points for number in point]
    if not all(isinstance(number, int | float) and 0 <= number <= 1 for number in numbers):
        raise ValidationError(_("An area's corners must lie inside the picture."))


class CameraAreaQuerySet(ScopedQuerySet["CameraArea"]):
    grants: ClassVar[dict[str, str]] = {"camera": "cameras.review_camera"}


class CameraArea(models.Model):
    """A part of a camera's picture: where nobody is looked for, or where alone somebody is."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", _("privacy mask: nobody is looked for here")
        ZONE = "zone", _("detection zone: people are looked for only here")

    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="areas")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PRIVACY)
    name = models.CharField(max_length=80)
    points = models.JSONField(validators=[validate_points])

    objects = CameraAreaQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "name"]
        verbose_name, verbose_name_plural = _("camera area"), _("camera areas")

    def __str__(self) -> str:
        return f"{self.name} ({self.get_kind_display()})"


class FloorPlanQuerySet(ScopedQuerySet["FloorPlan"]):
    grants: ClassVar[dict[str, str]] = {"school": "cameras.review_school"}


class FloorPlan(models.Model):
    """A school's plan, on which its cameras are shown. Sealed: it says where doors and cameras are."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, related_name="plan")
    picture = SealedTextField(help_text="A PNG file in base64.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    objects = FloorPlanQuerySet.as_manager()

    def __str__(self) -> str:
        return f"plan of {self.school}"
