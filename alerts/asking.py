"""Questions to the database that all watches of a process share: a hundred cameras ask once, on one connection."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class Shared(Generic[Answer]):
    """An answer that is fetched anew at most every `every` seconds, by whichever watch asks then.

    While it is being fetched, and while the database does not answer, the others get the last answer; `at` (monotonic
    clock) says when it was confirmed.
    """

    def __init__(self, what: str, every: float) -> None:
        self._what = what
        self._every = every
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self.at = float("-inf")
        self.answer: Answer | None = None

    def ask(self, fetch: Callable[[], Answer]) -> Answer | None:
        """The newest answer; None before the first."""
        # Only the very first time is worth waiting for; a slow database must not hold up a hundred cameras.
        if self._lock.acquire(blocking=self.answer is None):
            try:
                self._refresh(fetch)
            finally:
                self._lock.release()
        return self.answer

    def _refresh(self, fetch: Callable[[], Answer]) -> None:
        now = time.monotonic()
        if now - self._asked_at < self._every:
            return
        self._asked_at = now
        try:
            self.answer = fetch()
            self.at = now
        except DatabaseError as error:
            logger.error("%s cannot be read: %s", self._what, type(error).__name__)
        finally:
            connection.close()  # the watch that asked would keep it for itself until it asks again
