"""Making the n-th write fail: of files (write, sync, link, rename, overwrite, unlink) and of the database."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection, transaction

FILE_WRITES = ["fsync", "link", "replace", "unlink", "rename", "remove", "rmdir"]
STATEMENTS = ("INSERT", "UPDATE", "DELETE")


class Killed(BaseException):
    """The process was killed here: no `except Exception` may catch it."""


class Counter:
    """Counts writes, and kills at one of them: before it happens, or right after it did."""

    def __init__(self, at: int | None, *, after: bool) -> None:
        self.at, self.after, self.seen = at, after, 0
        self.undone: set[int] = set()  # writes inside a transaction: killed before or after, nothing of them is left

    def around(self, act: Callable[[], object]) -> object:
        self.seen += 1
        if self.seen == self.at and not self.after:
            raise Killed(f"before write {self.at}")
        result = act()
        if self.seen == self.at:
            raise Killed(f"after write {self.at}")
        return result


@contextlib.contextmanager
def killed_at(number: int | None, monkeypatch, *, after: bool = False) -> Iterator[Counter]:
    """Within: the write with this number (from 1) kills. With None nothing does, and the counter tells how many."""
    counter = Counter(number, after=after)

    def in_database(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(STATEMENTS):
            if connection.in_atomic_block:
                counter.undone.add(counter.seen + 1)
            return counter.around(lambda: execute(sql, params, many, context))
        return execute(sql, params, many, context)

    def wrapped(original: Callable) -> Callable:
        return lambda *args, **kwargs: counter.around(lambda: original(*args, **kwargs))

    with monkeypatch.context() as patch, connection.execute_wrapper(in_database):
        for name in FILE_WRITES:
            patch.setattr(os, name, wrapped(getattr(os, name)))
        patch.setattr(Path, "unlink", wrapped(Path.unlink))
        patch.setattr(transaction.Atomic, "__exit__", _commit(counter, transaction.Atomic.__exit__))
        yield counter


def _commit(counter: Counter, leave: Callable) -> Callable:
    """Leaving a transaction is a write, too: killed before it, all of it is undone. Undoing is none."""

    def around(self, *error) -> object:
        if error[0]:
            return leave(self, *error)
        counter.seen += 1
        if counter.seen == counter.at and not counter.after:
            killed = Killed(f"before commit {counter.at}")
            leave(self, Killed, killed, None)
            raise killed
        result = leave(self, *error)
        if counter.seen == counter.at:
            raise Killed(f"after commit {counter.at}")
        return result

    return around


def survives_every_kill(act: Callable[[], object], reset: Callable[[], None], state: Callable[[], object], monkeypatch):
    """For each write of `act`: kill there, run it again, and compare the end with that of an undisturbed run.

    `reset` makes the beginning; `act` may be run again and again. Returns how many writes were tried.
    """
    reset()
    with killed_at(None, monkeypatch) as counter:
        act()
    expected, writes = state(), counter.seen
    assert writes > 0
    for number in range(1, writes + 1):
        for after in (False, True):
            if after and number in counter.undone:
                continue
            reset()
            with contextlib.suppress(Killed), killed_at(number, monkeypatch, after=after):
                act()
            act()
            assert state() == expected, f"killed {'after' if after else 'before'} write {number} of {writes}"
    return writes


__all__ = ["Counter", "Killed", "killed_at", "survives_every_kill"]
