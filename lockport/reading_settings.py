"""Settings from the environment, read strictly: what cannot be meant is refused by the name of its variable.

django-environ alone takes "1/1000" for the number 11000, any unknown word for no, and says of a word where a number
belongs neither which variable holds it nor what belongs there.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from lockport.jurisdictions import as_code, is_code

YES, NO = {"1", "true", "on", "yes"}, {"0", "false", "off", "no", ""}
DATABASES = {"postgres", "postgresql", "sqlite"}


class Environment(Env):
    """As django-environ reads them, but numbers and yes or no strictly. Raises ImproperlyConfigured."""

    def share(self, var: str, default: float) -> float:
        """A share of something: more than 0, less than 1."""
        found: float = self.float(var, default=default)
        if not 0 < found < 1:
            raise ImproperlyConfigured(
                f"The environment variable {var} must be a share between 0 and 1, such as {default}, not {found}."
            )
        return found

    def jurisdictions(self, var: str, default: list[str]) -> list[str]:
        """Codes of states, in capitals: a misspelt one would refuse nothing."""
        found = [as_code(text) for text in self.list(var, default=default)]
        if wrong := [code for code in found if not is_code(code)]:
            raise ImproperlyConfigured(
                f"The environment variable {var} must hold codes of states, such as US-NY, separated by commas; "
                f"{wrong[0]} is none."
            )
        return found

    def get_value(self, var: str, cast: Any = None, *args: Any, **kwargs: Any) -> Any:
        reading, wanted = _READINGS.get(cast, (cast, "of another form (docs/settings.md says which)"))
        try:
            return super().get_value(var, reading, *args, **kwargs)
        except (ValueError, TypeError, KeyError):
            # Never with the value: it may be a secret that was put in the wrong place.
            raise ImproperlyConfigured(f"The environment variable {var} must be {wanted}.") from None


def read_database(env: Env, folder: Path) -> dict[str, Any]:
    """Django's settings for the database that DATABASE_URL names; a file in `folder` where it is unset or empty.

    Raises ImproperlyConfigured.
    """
    url = env.str("DATABASE_URL", default="").strip() or f"sqlite:///{folder / 'lockport.sqlite3'}"
    if url.partition(":")[0] not in DATABASES:
        raise ImproperlyConfigured(
            "The environment variable DATABASE_URL must name a database, as postgres://user:password@host/name, or be "
            "unset for SQLite in the data folder."
        )
    database: dict[str, Any] = env.db_url_config(url)
    if database["ENGINE"].endswith("sqlite3"):
        # A file also in tests: SQLite's shared memory database locks differently from what runs in earnest.
        database["TEST"] = {"NAME": folder / "test.sqlite3"}
        # Write-ahead log and immediate transactions: writers queue for 20 s instead of failing with "database is
        # locked".
        database["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            # What is deleted, a wrapped key above all, is overwritten.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        }
    else:
        # Whatever the server's default is: what was committed, a record of the access log above all, is on the disk.
        # Every query here is short: compiling one (jit) takes longer than answering it, up to a third of a second.
        database.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=on -c jit=off"
    return database


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


def _yes_or_no(text: str) -> bool:
    word = text.strip().lower()
    if word not in YES | NO:
        raise ValueError
    return word in YES


_READINGS: Mapping[Any, tuple[Any, str]] = {
    int: (int, "a whole number, such as 60"),
    float: (_number, "a number, such as 0.001"),
    bool: (_yes_or_no, "1 (yes) or 0 (no)"),
}
