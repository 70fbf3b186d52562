"""Changing the master key without touching the data: the data keys are wrapped anew, and what is sealed directly.

In this order, each step whole or not done, so that after a crash running it again goes on:
1. the key file holds new and old; from here on everything is sealed under the new one;
2. what is sealed under an old key is sealed anew: data keys, sealed columns, the outbox, at last the canary;
3. (`retire`, later) when nothing is left under an old key, the key file holds the new one alone.

Step 3 waits for transactions and programs that read the keys before step 1. Where the keys come from the environment or
a command, whoever keeps them does steps 1 and 3: "new,old", restart everything, rotate; then "new" alone.
"""

import base64
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

from lockport.keyfiles import KeyProblem
from retention import keyfolder
from retention.disk import locked, replace
from retention.fields import SealedTextField
from retention.keys import (
    CANARY,
    KEY_BYTES,
    canary_file,
    forget_keys,
    is_current,
    key_ring,
    master_seal,
    master_unseal,
)

WAIT_SECONDS = 5 * 60  # between changing the key and forgetting the old one
ROWS_AT_ONCE = 500


def begin() -> bool:
    """Step 1; returns whether a new key was made now. Raises KeyProblem, saying what to do by hand."""
    ring = key_ring()
    if len(ring.keys) > 1:
        return False
    if from_outside():
        raise KeyProblem(
            "There is one master key, and it does not come from a file. Have the variable or command give the new key "
            "and the old one (“new,old”), restart all processes, then run this again."
        )
    with locked(keyfolder.lock_file(), alone=True):
        _write_key_file((secrets.token_bytes(KEY_BYTES), *ring.keys))
    return True


def rewrap() -> dict[str, int]:
    """Step 2: seal anew what is not sealed under the first key; returns how much of what. May be repeated."""
    done = {"data keys": sum(_rewrap_file(path, _owner(path)) for path in keyfolder.key_files())}
    done["sealed columns"] = sum(_rewrap_column(model, field) for model, field in sealed_columns())
    done["waiting sightings"] = sum(_rewrap_file(path, "outbox") for path in _outbox())
    _rewrap_file(canary_file(), CANARY)
    return done


def retire() -> None:
    """Step 3. Raises KeyProblem when it is too early, or when the keys are kept elsewhere."""
    ring = key_ring()
    if len(ring.keys) == 1:
        raise KeyProblem("There is one master key only: nothing to retire.")
    rewrap()
    if from_outside():
        raise KeyProblem("Nothing is sealed under the old key any more: take it out of the variable or the command.")
    waited = time.time() - settings.LOCKPORT_MASTER_KEY_FILE.stat().st_mtime
    if waited < WAIT_SECONDS:
        raise KeyProblem(
            f"The key was changed {waited:.0f} s ago. Wait until {WAIT_SECONDS // 60} minutes have passed: a program "
            "may still be sealing under the old one."
        )
    with locked(keyfolder.lock_file(), alone=True):
        _write_key_file(ring.keys[:1])


def from_outside() -> bool:
    """Whether the master key comes from the environment or a command, where nothing can be written."""
    return bool(os.environ.get("LOCKPORT_MASTER_KEY") or settings.LOCKPORT_MASTER_KEY_COMMAND)


def sealed_columns() -> Iterator[tuple[type[models.Model], SealedTextField]]:
    """Every sealed column of every table."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedTextField):
                yield model, field


def _rewrap_file(path: Path, owner: str) -> int:
    with locked(keyfolder.lock_file()):
        try:
            sealed = path.read_bytes()
        except FileNotFoundError:  # destroyed or delivered meanwhile
            return 0
        if is_current(sealed):
            return 0
        replace(path, master_seal(master_unseal(sealed, owner), owner))
    return 1


def _rewrap_column(model: type[models.Model], field: SealedTextField) -> int:
    """The column's old values, each batch in a transaction of its own. The raw bytes tell what is left to do."""
    rows, done, last = model._base_manager.order_by("pk"), 0, None
    while True:
        with transaction.atomic():
            batch = rows.select_for_update().filter(**({"pk__gt": last} if last is not None else {}))
            values = list(batch.values_list("pk", Cast(field.name, models.BinaryField()))[:ROWS_AT_ONCE])
            for pk, sealed in values:
                if sealed is not None and not is_current(bytes(sealed)):
                    text = master_unseal(bytes(sealed), field.owner).decode()
                    rows.filter(pk=pk).update(**{field.name: text})
                    done += 1
        if not values:
            return done
        last = values[-1][0]


def _outbox() -> list[Path]:
    return sorted(Path(settings.LOCKPORT_OUTBOX).glob("[0-9]*"))


def _owner(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.name}"


def _write_key_file(keys: tuple[bytes, ...]) -> None:
    lines = "".join(base64.b64encode(key).decode() + "\n" for key in keys)
    replace(settings.LOCKPORT_MASTER_KEY_FILE, lines.encode())
    forget_keys()
