"""What lies in an entry's folder: its documents, its renewals, and the appeals against it."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lockport.access import ScopedQuerySet
from retention.fields import SealedTextField
from watchlist.models import Entry

ACKNOWLEDGE_WITHIN = timedelta(days=7)
ANSWER_WITHIN = timedelta(days=30)
SOON = timedelta(days=3)  # a clock that runs out within this time is shown as urgent


def document_name(document: "Document", filename: str) -> str:
    # The uploaded file's own name may name the person: it is not kept.
    return f"{document.entry.owner}/documents/{uuid.uuid4()}.bin"


class DocumentQuerySet(ScopedQuerySet["Document"]):
    grants: ClassVar[dict[str, str]] = {"entry__category": "watchlist.review_category"}


class Document(models.Model):
    """The order or finding behind an entry, as uploaded, in the vault under the entry's key, and destroyed with it."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="documents")
    file = models.FileField(storage=storages["vault"], upload_to=document_name, max_length=200)
    kind = models.CharField(max_length=20)  # a media type
    added_at = models.DateTimeField(auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"document {self.pk} of {self.entry}"

    @property
    def logged_as(self) -> str:
        return f"document {self.pk} of {self.entry.logged_as}"


class RenewalQuerySet(ScopedQuerySet["Renewal"]):
    grants: ClassVar[dict[str, str]] = {"entry__category": "watchlist.review_category"}

    def waiting(self) -> "RenewalQuerySet":
        return self.filter(approved_by__isnull=True)


class Renewal(models.Model):
    """A longer time for an entry: proposed by one administrator, approved by another. Until then the old day counts."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="renewals")
    until = models.DateTimeField()
    reason = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    proposed_at = models.DateTimeField(auto_now_add=True)

    objects = RenewalQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")), name="renewal_by_two_people"
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(approved_by__isnull=True), name="one_waiting_renewal_an_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"renewal of {self.entry} until {self.until:%Y-%m-%d}"


class AppealQuerySet(ScopedQuerySet["Appeal"]):
    grants: ClassVar[dict[str, str]] = {"entry__category": "watchlist.review_category"}

    def open(self) -> "AppealQuerySet":
        return self.filter(answered_at__isnull=True)

    def overdue(self) -> "AppealQuerySet":
        """Not acknowledged within 7 days, or not answered within 30."""
        now = timezone.now()
        late = Q(acknowledged_at__isnull=True, received_at__lt=now - ACKNOWLEDGE_WITHIN)
        return self.open().filter(late | Q(received_at__lt=now - ANSWER_WITHIN))


class Appeal(models.Model):
    """Somebody enrolled says that they should not be. Two clocks run from the day it is received."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("upheld: the entry is withdrawn")
        REJECTED = "rejected", _("rejected: the entry stays")

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="appeals")
    received_at = models.DateTimeField(default=timezone.now)
    # Forgotten once the appeal is answered and the entry has ended.
    statement = SealedTextField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("appeal"), _("appeals")
        ordering = ["received_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, outcome="") | (Q(answered_at__isnull=False) & ~Q(outcome="")),
                name="appeal_answered_with_an_outcome",
            )
        ]

    def __str__(self) -> str:
        words = gettext("appeal %(number)s of %(day)s")
        return words % {"number": self.pk, "day": f"{timezone.localtime(self.received_at):%Y-%m-%d}"}

    @property
    def logged_as(self) -> str:
        return f"appeal {self.pk} against {self.entry.logged_as}"

    @property
    def acknowledge_by(self) -> datetime:
        return self.received_at + ACKNOWLEDGE_WITHIN

    @property
    def answer_by(self) -> datetime:
        return self.received_at + ANSWER_WITHIN

    @property
    def next_clock(self) -> tuple[str, datetime] | None:
        """What is due next, and when; None once the appeal is answered."""
        if self.answered_at is not None:
            return None
        if self.acknowledged_at is None:
            return "acknowledge", self.acknowledge_by
        return "answer", self.answer_by

    @property
    def outcome_words(self) -> str:
        """How it ended, in a word."""
        return gettext("upheld") if self.outcome == self.Outcome.UPHELD else gettext("rejected")

    @property
    def is_overdue(self) -> bool:
        now = timezone.now()
        late = self.acknowledged_at is None and now > self.acknowledge_by
        return self.answered_at is None and (late or now > self.answer_by)

    @property
    def is_urgent(self) -> bool:
        return self.next_clock is not None and timezone.now() + SOON > self.next_clock[1]
