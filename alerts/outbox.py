"""Where a sighting waits, sealed, while the database or the vault is away: an accepted alert is not lost."""

import logging
import os
import uuid
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from alerts.sightings import Sighting
from retention.keys import Unreadable, master_seal, master_unseal

logger = logging.getLogger(__name__)


def deliver_or_keep(sighting: Sighting, deliver: Callable[[Sighting], object]) -> bool:
    """Deliver now, or keep the sighting for later when that fails; return whether it was delivered."""
    try:
        deliver(sighting)
        return True
    except (DatabaseError, OSError) as error:
        logger.error("A sighting at camera %s waits in the outbox: %s", sighting.camera, type(error).__name__)
        keep(sighting)
        return False


def keep(sighting: Sighting) -> Path:
    """Write the sighting, sealed and whole or not at all. Raises OSError when even that is impossible."""
    settings.LOCKPORT_OUTBOX.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{sighting.seen_at:017.6f}-{uuid.uuid4()}"
    aside = settings.LOCKPORT_OUTBOX / f".{name}"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(master_seal(sighting.to_bytes(), "outbox"))
        stream.flush()
        os.fsync(stream.fileno())
    return aside.rename(settings.LOCKPORT_OUTBOX / name)


def deliver_kept(deliver: Callable[[Sighting], object]) -> int:
    """Deliver what waits, oldest first; stop at the first that still fails. Returns how many were delivered.

    Two workers may do this at once: a sighting delivered twice counts once.
    """
    delivered = 0
    for file in sorted(path for path in settings.LOCKPORT_OUTBOX.glob("[0-9]*")):
        try:
            sighting = Sighting.from_bytes(master_unseal(file.read_bytes(), "outbox"))
        except FileNotFoundError:  # another worker was first
            continue
        except Unreadable as error:
            logger.error("Outbox file %s cannot be read and stays where it is: %s", file.name, error)
            continue
        try:
            deliver(sighting)
        except (DatabaseError, OSError) as error:
            logger.warning("The outbox waits on: %s", type(error).__name__)
            break
        file.unlink(missing_ok=True)
        delivered += 1
    return delivered
