"""What the sealer remembers outside the database: the newest place it made in the chain.

Between two published heads nobody else knows how long the log was. Whoever rules the database, but not this file, and
cuts off its end or sets it back to an older copy is found out by it: the place is signed and published after all.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from audit.models import AccessLink


@dataclass(frozen=True, slots=True)
class Place:
    """A position and its hash in hexadecimal."""

    position: int
    hash: str


def remembered() -> Place | None:
    """The newest place made on this machine; None where none was, or where the file holds none."""
    try:
        return Place(**json.loads(_file().read_text()))
    except (OSError, ValueError, TypeError):
        return None


def lost() -> Place | None:
    """The remembered place, when the log no longer has it."""
    place = remembered()
    if place is None or place.position == 0:
        return None
    found = AccessLink.objects.filter(position=place.position).values_list("hash", flat=True).first()
    return place if found is None or bytes(found).hex() != place.hash else None


def remember(place: Place) -> None:
    """Replace the file in one step. Raises OSError."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    aside.write_text(json.dumps(asdict(place)))
    aside.replace(file)


def _file() -> Path:
    return Path(settings.LOCKPORT_LOG_MEMORY)
