"""The access log: who looked at or changed what, when, relying on what, and why. Rows are only ever added."""

from typing import Any

from django.db import models


class AppendOnly(Exception):
    """Somebody tried to change or delete a record of the access log."""


class AccessRecordQuerySet(models.QuerySet["AccessRecord"]):
    def update(self, **kwargs: object) -> int:
        raise AppendOnly("The access log is append-only: a record is never changed.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The access log is append-only: a record is never deleted.")


class AccessRecord(models.Model):
    """One act. Names are copied as text: the record stays true when the account, camera or entry is gone.

    It never holds an image, a template, a password or a camera's address.
    """

    class ActorKind(models.TextChoices):
        PERSON = "person", "person"
        WORKER = "worker", "worker"
        COMMAND = "command", "command line"
        STRANGER = "stranger", "somebody not signed in"

    class Result(models.TextChoices):
        DONE = "done", "done"
        REFUSED = "refused", "refused"

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

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("The access log is append-only: a record is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The access log is append-only: a record is never deleted.")


from audit.review_models import Finding, WeeklyReview  # noqa: E402, F401  (kept in a file of their own)
