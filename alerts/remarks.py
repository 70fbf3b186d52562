"""What somebody wrote about an alert apart from an answer: what was done, who was told, what came of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from alerts.models import Alert
from lockport.access import ScopedQuerySet


class RemarkQuerySet(ScopedQuerySet["Remark"]):
    grants: ClassVar[dict[str, str]] = {
        "alert__camera__school": "cameras.review_school",
        "alert__category": "watchlist.review_category",
    }


class Remark(models.Model):
    """Only ever added, and gone with the alert."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="remarks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"note of {self.by} on {self.alert}"
