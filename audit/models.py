"""The access log: who looked at or changed what, when, relying on what, and why. Rows are only ever added."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AppendOnly(Exception):
    """Somebody tried to change or delete a record of the access log."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs: object) -> int:
        raise AppendOnly("The access log is append-only: a record is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The access log is append-only: a record is never deleted.")


class AppendOnlyModel(models.Model):
    """Rows that are only ever added. Triggers say the same to whoever does not come through Django (triggers.py)."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("The access log is append-only: a record is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The access log is append-only: a record is never deleted.")


class AccessRecord(AppendOnlyModel):
    """One act. Names are copied as text: the record stays true when the account, camera or entry is gone.

    It never holds an image, a template, a password or a camera's address.
    """

    class ActorKind(models.TextChoices):
        PERSON = "person", _("person")
        WORKER = "worker", _("worker")
        COMMAND = "command", _("command line")
        STRANGER = "stranger", _("somebody not signed in")

    class Result(models.TextChoices):
        DONE = "done", pgettext_lazy("an act", "done")
        REFUSED = "refused", pgettext_lazy("an act", "refused")

    at = models.DateTimeField(db_index=True)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=300)
    reason = models.CharField(max_length=500, blank=True)
    result = models.CharField(max_length=10, choices=Result, default=Result.DONE)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=36, blank=True)
    school = models.CharField(max_length=120, blank=True)
    about = models.CharField(max_length=40, blank=True)  # the enrolled person concerned: "entry 5"
    grant = models.CharField(max_length=300, blank=True)  # the grants that allowed it, by name
    # The code that only a holder of the log's key can give it (verifier.code_of).
    mac = models.BinaryField(max_length=32, default=b"")

    class Meta(AppendOnlyModel.Meta):
        abstract = False
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["actor_id", "at"], name="audit_actor_at"),
            models.Index(fields=["subject_kind", "subject_id", "at"], name="audit_subject_at"),
            models.Index(fields=["school", "at"], name="audit_school_at"),
            models.Index(fields=["about", "at"], name="audit_about_at"),
            models.Index(fields=["action", "at"], name="audit_action_at"),
            models.Index(fields=["at"], name="audit_refused_at", condition=models.Q(result="refused")),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.subject} at {self.at:%Y-%m-%d %H:%M:%S} UTC"


class AccessLink(AppendOnlyModel):
    """A record's place in the chain. Made by the sealer (sealing.py), moments after the record itself.

    `hash` follows from the record, its place and the hash before it (verifier.link_hash); `seal` shows that it was
    made by a holder of the log's key. No constraint in the database ties it to the record: it would lock the record's
    row at each insertion, and the verifier finds a record that is gone.
    """

    position = models.BigIntegerField(primary_key=True)
    # Never null; said to be so that Django reads the link even when its record is gone (an outer join).
    record = models.OneToOneField(AccessRecord, models.DO_NOTHING, null=True, db_constraint=False, related_name="link")
    hash = models.BinaryField(max_length=32)
    seal = models.BinaryField(max_length=32)

    class Meta(AppendOnlyModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"position {self.position}: record {self.record_id}"


class AccessHead(AppendOnlyModel):
    """A signed statement of how long the log was and with which hash it ended: see verifier.Head."""

    number = models.BigIntegerField(primary_key=True)
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.CharField(max_length=27)  # as it was signed
    key = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)

    class Meta(AppendOnlyModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"head {self.number} of {self.at}: {self.position} records"


class AccessCheckpoint(AppendOnlyModel):
    """A signed leave: what stands up to `position` is older than six years, and was archived (archiving.py)."""

    position = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    until = models.CharField(max_length=27)  # as it was signed: no record of before this moment is chained any more
    at = models.CharField(max_length=27)
    key = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)

    class Meta(AppendOnlyModel.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"checkpoint of {self.at}: {self.position} records archived"


class HeadDelivery(models.Model):
    """A head on its way to a witness: tried again until it has arrived."""

    head = models.ForeignKey(AccessHead, models.DO_NOTHING, related_name="deliveries")
    witness = models.CharField(max_length=300)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["head", "witness"], name="audit_head_once_a_witness")]
        indexes = [
            models.Index(fields=["head"], condition=models.Q(delivered_at=None), name="audit_delivery_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.head} to {self.witness}"


from audit.review_models import Finding, WeeklyReview  # noqa: E402, F401  (kept in a file of their own)
