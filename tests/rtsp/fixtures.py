"""A real RTSP server for a test: `rtsp_server(pattern=True, user="viewer", password="…")`.

Skipped where GStreamer is missing, but never in CI. What has to be installed (Debian):
python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-{base,good,ugly} gstreamer1.0-rtsp
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest

from cameras.vision.sources import Address

SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("server.py")


@dataclass(frozen=True, slots=True)
class RtspServer:
    """A running server; `freeze` stops it as a hung camera stops, with the connection open."""

    process: subprocess.Popen[str]
    port: int
    user: str
    password: str

    @property
    def url(self) -> str:
        credentials = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        return f"rtsp://{credentials}127.0.0.1:{self.port}/stream"

    def address(self, *, password: str | None = None, path: str = "/stream") -> Address:
        return Address(
            scheme="rtsp",
            target=path,
            host="127.0.0.1",
            port=self.port,
            username=self.user,
            password=self.password if password is None else password,
        )

    def freeze(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=10)


@cache
def gstreamer_is_installed() -> bool:
    check = "import gi; gi.require_version('GstRtspServer', '1.0')"
    try:
        return subprocess.run([SYSTEM_PYTHON, "-c", check], capture_output=True, timeout=30).returncode == 0
    except FileNotFoundError:
        return False


def require_gstreamer() -> None:
    """Skips where there is no GStreamer, but never in CI."""
    if not gstreamer_is_installed() and not os.environ.get("CI"):
        pytest.skip("GStreamer's RTSP server is not installed (see tests/rtsp/fixtures.py)")


def start_server(
    *,
    file: Path | list[Path] | None = None,
    pattern: bool = False,
    audio_only: bool = False,
    loop: bool = False,
    port: int = 0,
    user: str = "",
    password: str = "",
) -> RtspServer:
    """Start a server on a free port of the loopback interface; the caller kills it."""
    command = [SYSTEM_PYTHON, str(SERVER), "--port", str(port), "--user", user, "--password", password]
    if file is not None:
        command += ["--file", *(str(path) for path in (file if isinstance(file, list) else [file]))]
    command += ["--pattern"] * pattern + ["--audio-only"] * audio_only + ["--loop"] * loop
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    answer = process.stdout.readline().strip()
    assert answer.isdigit(), "the RTSP server did not start"
    return RtspServer(process, int(answer), user, password)


@pytest.fixture
def rtsp_server() -> Iterator[Callable[..., RtspServer]]:
    """Starts servers (see `start_server`) and kills them after the test, frozen or not."""
    require_gstreamer()
    servers: list[RtspServer] = []

    def start(**options: object) -> RtspServer:
        servers.append(start_server(**options))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()
        if server.process.stdout is not None:
            server.process.stdout.close()
