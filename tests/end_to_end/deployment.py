"""All of Lockport's processes, as a district runs them, in a folder and a database of their own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.environment import PROJECT, free_port, start_redis

WEB = "uvicorn lockport.asgi:application --timeout-graceful-shutdown 2 --log-level warning --lifespan off"
WORKER = "celery -A lockport worker --pool=threads --without-gossip --without-mingle --loglevel=info"
BEAT = "celery -A lockport beat --loglevel=warning --pidfile="


@dataclass(slots=True)
class Deployment:
    """Processes by name; their output is in `folder/<name>.log`."""

    folder: Path
    port: int
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *words: str) -> str:
        """Run `manage.py words …`; return what it printed. Fails the test when it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"manage.py {words[0]}: {done.stdout}{done.stderr}"
        return done.stdout

    def shell(self, code: str) -> str:
        """Run Python inside this deployment; return what it printed."""
        return self.manage("shell", "--no-imports", "-c", code).strip()

    def start(self, name: str, command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *command.split()],
                cwd=PROJECT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_watch_worker(self, name: str, *, cameras: int = 16) -> None:
        self.start(name, f"{WORKER} -Q watch --concurrency={cameras} --hostname={name}@%h")

    def start_all(self, *, watching: bool = True) -> None:
        self.start("web", f"{WEB} --port {self.port}")
        if watching:
            self.start_watch_worker("watch")
            self.start("work", f"{WORKER} -Q default --concurrency=2 --hostname=work@%h")
            self.start("beat", f"{BEAT} --schedule={self.folder / 'beat-schedule'}")
        wait_for(self.answers, "the web server does not answer", seconds=60)

    def answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/sign-in/", timeout=2) as page:
            return page.status == 200
        return False

    def kill(self, name: str) -> None:
        """As when the machine's power fails: no chance to tidy up."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> float:
        """Ask politely, wait, and return how many seconds it took."""
        process = self.processes.pop(name)
        began = time.monotonic()
        process.terminate()
        process.wait(timeout=30)
        return time.monotonic() - began

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def all_logs(self) -> str:
        return "\n".join(path.read_text() for path in self.folder.glob("*.log"))


def wait_for(condition, complaint: str, *, seconds: float = 30.0):
    """The first true value of `condition()`; fails with the complaint when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError(f"{complaint} (waited {seconds:g} s)")


@contextlib.contextmanager
def deployment(folder: Path, *, anew: bool = True) -> Iterator[Deployment]:
    """An installed and migrated Lockport; what the test starts is killed afterwards, whatever happens.

    `anew=False` takes the PostgreSQL database as it was left.
    """
    environment = os.environ | {
        "LOCKPORT_DATA": str(folder),
        "LOCKPORT_DEVELOPMENT": "1",
        "DJANGO_SETTINGS_MODULE": "lockport.settings",
        "DATABASE_URL": _database(folder) if anew else os.environ["LOCKPORT_E2E_DATABASE_URL"],
        "REDIS_URL": start_redis(),
    }
    if broker := os.environ.get("LOCKPORT_E2E_BROKER_URL"):
        environment["CELERY_BROKER_URL"] = broker
    running = Deployment(folder=folder, port=free_port(), environment=environment)
    running.manage("migrate", "--verbosity=0")
    running.manage("collectstatic", "--no-input", "--verbosity=0")
    try:
        yield running
    finally:
        for name in list(running.processes):
            running.kill(name)


def _database(folder: Path) -> str:
    """A new, empty database: PostgreSQL where LOCKPORT_E2E_DATABASE_URL names one, else a SQLite file."""
    url = os.environ.get("LOCKPORT_E2E_DATABASE_URL")
    if not url:
        return f"sqlite:///{folder / 'lockport.sqlite3'}"
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return url
