"""When a grant ends, and each time the glass was broken. What may be seen with a grant is in `access.py`."""

from django.conf import settings
from django.db import models


class TimeLimit(models.Model):
    """The end of a grant that was given to a person for a time. A grant without one lasts until it is taken away."""

    grant = models.OneToOneField("guardian.UserObjectPermission", on_delete=models.CASCADE, related_name="limit")
    valid_until = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=500, blank=True)
    granted_by = models.CharField(max_length=200)
    granted_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"until {self.valid_until:%Y-%m-%d %H:%M} UTC"


class BrokenGlass(models.Model):
    """Somebody let themselves see everything at one school for an hour. It stays on show until it is answered for."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    school = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    # The row is the outbox of what is sent about it (alerts/ringing.py), as an alert's event is.
    told = models.BooleanField(default=False, editable=False)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(seen_by__isnull=True) | ~models.Q(seen_by=models.F("person")),
                name="broken_glass_seen_by_another",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} at {self.school}, {self.at:%Y-%m-%d %H:%M} UTC"
