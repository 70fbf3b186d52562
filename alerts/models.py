"""Possible matches, what was decided about them, and the sequence of changes that browsers follow."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera
from lockport.access import ScopedQuerySet
from watchlist.models import Category, Entry

GRANTS = {"camera": "cameras.review_camera", "category": "watchlist.review_category"}


class AlertQuerySet(ScopedQuerySet["Alert"]):
    grants: ClassVar[dict[str, str]] = GRANTS


def evidence_name(alert: "Alert", filename: str) -> str:
    return f"{alert.owner}/{uuid.uuid4()}-{filename}"


class Alert(models.Model):
    """One possible match: one person, one camera, one suppression window, however many frames or workers saw it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting for an answer")
        SECOND = "second", _("waiting for a second person")
        CONFIRMED = "confirmed", _("confirmed")
        REJECTED = "rejected", _("not this person")
        UNCLEAR = "unclear", _("cannot tell")
        ENDED = "ended", _("never decided: the entry ended")

    # Names the alert's key in the vault before the row has a number, so that evidence is written first.
    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="alerts")
    # No index of its own: with five categories it finds a fifth of all alerts, and SQLite preferred it to any other.
    category = models.ForeignKey(Category, on_delete=models.PROTECT, db_index=False)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="alerts", db_index=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)

    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    sightings = models.PositiveIntegerField(default=1)
    window_ends = models.DateTimeField()
    window_open = models.BooleanField(default=True)

    distance = models.FloatField(help_text="Distance to the template, after the entry's own offset.")
    raw_distance = models.FloatField()
    threshold = models.FloatField()
    frames_used = models.PositiveIntegerField()
    quality = models.FloatField()
    runner_up_distance = models.FloatField(null=True)
    cannot_separate = models.BooleanField(default=False, help_text="The second best entry matches as well.")
    runner_up = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", null=True)
    gallery_size = models.PositiveIntegerField()
    gallery_version = models.CharField(max_length=64)
    model = models.CharField(max_length=64)

    face = models.FileField(storage=storages["vault"], upload_to=evidence_name, max_length=200)
    frame = models.FileField(storage=storages["vault"], upload_to=evidence_name, max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    # How long people took: kept here, so that figures need not read the log or every answer.
    looked_at = models.DateTimeField(null=True, editable=False, help_text="First shown to anybody.")
    answered_at = models.DateTimeField(null=True, editable=False, help_text="The first answer that still stands.")
    settled_at = models.DateTimeField(null=True, editable=False, help_text="Came to the status that ends it.")
    confirmed_first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    confirmed_second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-first_seen", "-pk"]
        indexes = [
            models.Index(fields=["status", "-first_seen"], name="alert_status_first_seen"),
            # Whoever asks has grants on schools, so the database goes camera by camera.
            models.Index(fields=["camera", "-settled_at"], name="alert_camera_settled"),
            models.Index(fields=["camera", "-last_seen"], name="alert_camera_last_seen"),
            models.Index(fields=["camera", "-first_seen", "status", "category"], name="alert_camera_first_seen"),
            models.Index(fields=["entry", "-first_seen"], name="alert_entry_first_seen"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "camera"], condition=models.Q(window_open=True), name="alert_once_per_window"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="confirmed")
                | (
                    models.Q(confirmed_first_by__isnull=False)
                    & models.Q(confirmed_second_by__isnull=False)
                    & ~models.Q(confirmed_second_by=models.F("confirmed_first_by"))
                ),
                name="alert_confirmed_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"

    @property
    def logged_as(self) -> str:
        """With its camera: "alert 1042, Front door, North Park"."""
        return f"{self}, {self.camera}"

    @property
    def logged_school(self) -> str:
        return self.camera.school.name

    @property
    def logged_about(self) -> str:
        return f"entry {self.entry_id}"

    @property
    def owner(self) -> str:
        """Whose data key encrypts this alert's evidence in the vault."""
        return f"alerts/{self.handle}"


class Sighting(models.Model):
    """One report of a track to an alert. The handle makes a report that is delivered twice count once."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="seen")
    handle = models.UUIDField(unique=True)
    seen_at = models.DateTimeField()
    distance = models.FloatField()

    class Meta:
        ordering = ["seen_at"]

    def __str__(self) -> str:
        return f"{self.alert} seen at {self.seen_at:%H:%M:%S} UTC"


class Decision(models.Model):
    """What one person answered, looking at the two faces. Rows are only ever added.

    A person's first answer names no other row. Taking it back, answering anew and correcting are further rows, each
    naming the one before in `corrects`: a person's chain has no branches, and its last row is what they say now.
    """

    class Answer(models.TextChoices):
        SAME = "same", _("Same person")
        DIFFERENT = "different", _("Not this person")
        UNCLEAR = "unclear", _("Cannot tell")
        UNDONE = "undone", _("Took the answer back")

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer)
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    corrects = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="corrected_by")
    independent = models.BooleanField(
        default=True, help_text="Given without having been shown that somebody else says it is the same person."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "by"], condition=models.Q(corrects__isnull=True), name="decision_once_per_person"
            ),
            models.CheckConstraint(
                condition=~models.Q(answer="undone") | models.Q(corrects__isnull=False),
                name="decision_undoes_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()} by {self.by}"


# What may be answered; taking back is no answer.
ANSWERS = [Decision.Answer.SAME, Decision.Answer.DIFFERENT, Decision.Answer.UNCLEAR]


class AlertEventQuerySet(ScopedQuerySet["AlertEvent"]):
    grants: ClassVar[dict[str, str]] = {f"alert__{lookup}": permission for lookup, permission in GRANTS.items()}


class AlertEvent(models.Model):
    """Something changed about an alert. Its number is the place from which a browser that was away catches up."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("raised")
        SEEN = "seen", _("seen again")
        DECIDED = "decided", _("decided")
        ESCALATED = "escalated", _("brought to somebody else")
        ENDED = "ended", _("ended undecided")

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField(auto_now_add=True)
    # The row is the outbox of notifications, too: written with the alert, worked off once by a worker (notices.py).
    told = models.BooleanField(default=False, editable=False)

    objects = AlertEventQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["id"], condition=models.Q(told=False), name="alert_event_untold")]

    def __str__(self) -> str:
        return f"{self.alert} {self.get_kind_display()}"


def clip_name(clip: "Clip", filename: str) -> str:
    return f"{clip.alert.owner}/{filename}"


class ClipQuerySet(ScopedQuerySet["Clip"]):
    grants: ClassVar[dict[str, str]] = {f"alert__{lookup}": permission for lookup, permission in GRANTS.items()}


class Clip(models.Model):
    """The seconds around an alert, kept with its key; without a file where nothing was recorded, and then why."""

    alert = models.OneToOneField(Alert, on_delete=models.CASCADE, related_name="clip")
    start = models.DateTimeField()
    end = models.DateTimeField()
    file = models.FileField(storage=storages["vault"], upload_to=clip_name, max_length=200, blank=True)
    problem = models.CharField(max_length=200, blank=True)

    objects = ClipQuerySet.as_manager()

    def __str__(self) -> str:
        return f"clip of {self.alert}"


from alerts.destinations import Destination  # noqa: E402, F401  (kept in their own files)
from alerts.escalation import Escalation, EscalationRule  # noqa: E402, F401
from alerts.notices import Notice  # noqa: E402, F401
from alerts.remarks import Remark  # noqa: E402, F401
