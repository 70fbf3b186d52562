"""A real ASGI server in a process of its own, on the database of the test."""

import os
import signal
import socket
import subprocess
import sys
import time

from django.conf import settings
from django.db import connection

from tests.environment import PROJECT, free_port


def database_address() -> str:
    """Where another process finds the database of the test; the test must commit (transaction=True)."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    place = f"{values['HOST'] or 'localhost'}:{values['PORT'] or 5432}"
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{place}/{values['NAME']}"


class Server:
    """uvicorn with Lockport; `stop` says how many seconds it took to end."""

    def __init__(self, *, redis_url: str | None = None) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        surroundings = os.environ | {
            "DATABASE_URL": database_address(),
            "LOCKPORT_VAULT": str(settings.LOCKPORT_VAULT),
            "LOCKPORT_DEVELOPMENT": "1",
        }
        if redis_url:
            surroundings["REDIS_URL"] = redis_url
        self.process = subprocess.Popen(
            [
                *[sys.executable, "-m", "uvicorn", "lockport.asgi:application", "--host", "127.0.0.1"],
                *["--port", str(self.port), "--log-level", "warning", "--lifespan", "off"],
            ],
            cwd=PROJECT,
            env=surroundings,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.process.kill()
        raise RuntimeError("The server did not start; its own output says why.")

    def stop(self) -> float:
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - began
