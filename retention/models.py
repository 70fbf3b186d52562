"""Data keys: one per owner (an entry, an alert), wrapped by the master key. Destroying it destroys all it encrypted."""

from django.db import models


class DataKey(models.Model):
    """The wrapped key of everything stored under one owner, such as "alerts/42"."""

    owner = models.CharField(max_length=100, unique=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.owner
