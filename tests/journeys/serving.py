"""A server and a browser that are processes of their own, so that they can be killed like a lost signal or an empty battery."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.environment import ROOT
from tests.jobs.test_worker_killed import address

PATIENCE = 90.0


def wait_until(what: Callable[[], Any], told: str, seconds: float = PATIENCE) -> Any:
    """Look again and again until it is so."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, told
        time.sleep(0.1)
    return found


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`civicloop serve` on this test's database, always on the same port."""

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        environ = {
            **os.environ, "CIVICLOOP_DATABASE_URL": address(), "CIVICLOOP_DATA_DIR": str(settings.DATA_DIR),
            "CIVICLOOP_JOBS_RUN": "now",
        }  # fmt: skip
        command = [sys.executable, "-m", "civicloop.cli", "serve", "--port", str(self.port), "--processes", "1"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True
            )
        wait_until(self._answers, f"the server does not answer; see {self.log}")

    def _answers(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.url}/field/ping", timeout=5).status == 200
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """Without a word, in the middle of whatever it does."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
        self.process = None


def kill_browser(folder: Path) -> None:
    """Kill the Chromium that works in this folder: the one process named with it that no other such process has started."""
    named = {pid: parent for pid, parent, line in _processes() if f"--user-data-dir={folder}" in line}
    for pid in [pid for pid, parent in named.items() if parent not in named]:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(str(folder) in line for _, _, line in _processes()), "the browser lives on", 20)


def _processes() -> list[tuple[int, int, str]]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
            found += [(int(entry.name), parent, line)]
    return found
