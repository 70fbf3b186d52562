"""Copies of recordings that may leave the building."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from cameras.models import WATCHERS, Camera
from lockport.access import ScopedQuerySet


class ExportQuerySet(ScopedQuerySet["Export"]):
    grants: ClassVar[dict[str, str]] = WATCHERS


def export_name(export: "Export", filename: str) -> str:
    return f"{export.owner}/{filename}"


class Export(models.Model):
    """A copy of a recording that may leave the building: watermarked, faces blurred unless two people said why not.

    Its key and its files are destroyed seven days after it was asked for.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting for a second person")
        REFUSED = "refused", _("refused")
        MAKING = "making", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="exports")
    start = models.DateTimeField()
    end = models.DateTimeField()
    clip = models.CharField(
        max_length=200, blank=True, help_text="The vault's name of an alert's clip, if it is of one."
    )
    reason = models.CharField(max_length=300)
    is_blurred = models.BooleanField(default=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=10, choices=Status)
    problem = models.CharField(max_length=200, blank=True)
    file = models.FileField(storage=storages["vault"], upload_to=export_name, max_length=200, blank=True)
    manifest = models.FileField(storage=storages["vault"], upload_to=export_name, max_length=200, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("asked_by")), name="export_decided_by_another_person"
            ),
            models.CheckConstraint(
                condition=models.Q(is_blurred=True)
                | models.Q(status__in=["waiting", "refused"])
                | models.Q(decided_by__isnull=False),
                name="export_unblurred_needs_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} of {self.camera}"

    @property
    def owner(self) -> str:
        return f"exports/{self.handle}"
