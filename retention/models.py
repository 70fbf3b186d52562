"""What the clock keeps: which keys were destroyed, when purges ran, their certificates, and legal holds."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Destruction(models.Model):
    """A data key that is destroyed, or about to be: written in the transaction that decides it, done after its commit.

    From the commit on nothing under this owner can be read, even before the key's file is gone.
    """

    owner = models.CharField(max_length=120, unique=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.owner}, asked for at {self.asked_at:%Y-%m-%d %H:%M:%S} UTC"


class Clock(models.Model):
    """One row: the latest time that Lockport has come to (see clock.py), and the lock that purgers take turns on."""

    latest = models.DateTimeField()
    wall = models.DateTimeField(help_text="What the machine's clock said then.")

    def __str__(self) -> str:
        return f"{self.latest:%Y-%m-%d %H:%M:%S} UTC"


class PurgeRun(models.Model):
    """One run of the purge or of the sweeper: up to when, what it destroyed, what it could not."""

    class Kind(models.TextChoices):
        PURGE = "purge", _("purge")
        SWEEP = "sweep", _("sweep")

    kind = models.CharField(max_length=5, choices=Kind)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Empty: it is running, or was killed.")
    cut_off = models.DateTimeField(help_text="The time it went by: what was due then is destroyed.")
    # {kind: {"count": 3, "bytes": 12345}}
    destroyed = models.JSONField(default=dict)
    errors = models.JSONField(default=list)
    findings = models.JSONField(default=list, help_text="What the sweeper found that should not have been there.")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "ended_at"], name="purge_run_kind_ended")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.began_at:%Y-%m-%d %H:%M:%S} UTC"


class Certificate(models.Model):
    """What was destroyed on one day (UTC), signed (Ed25519), each naming the one before."""

    day = models.DateField(unique=True)
    content = models.TextField(help_text="JSON, exactly as it was signed.")
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"destruction certificate of {self.day}"


from retention.hold_models import HeldCopy, Hold  # noqa: E402, F401  (kept in their own file)
