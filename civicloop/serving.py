"""Running the house: web processes, workers, or both together for a demonstration."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

from django.conf import settings

from civicloop.kernel.refusal import Conflict

WEB = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]


def prepare() -> None:
    """Make ready what every web process reads: the folder of static files, their packed copies, usable settings."""
    # Static files come from the packages themselves; the folder for collected ones must exist all the same.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    from civicloop.web.portal.proof import require_usable  # noqa: PLC0415  (needs Django to be set up)
    from civicloop.web.statics import pack  # noqa: PLC0415  (needs Django to be set up)

    require_usable()
    pack()


def web_command(host: str, port: int, processes: int, application: str = "civicloop.wsgi:application") -> list[str]:
    """The command line of the web server."""
    return [
        *WEB, "--host", host, "--port", str(port), "--workers", str(processes), "--blocking-threads", "4",
        "--backpressure", "256", "--respawn-failed-workers", application,
    ]  # fmt: skip


def worker_command() -> list[str]:
    """The command line of a worker."""
    return [sys.executable, "-m", "civicloop.cli", "worker"]


def check_port(host: str, port: int) -> None:
    """Refuse a port somebody else listens on: two servers would share it silently and answer by turns. Raises Conflict."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise Conflict("port_in_use", host=host, port=port) from fault


def run(command: Sequence[str]) -> int:
    """Become the command: signals and exit status are its own."""
    os.execv(command[0], list(command))


def up(host: str = "127.0.0.1", port: int = 8000, processes: int = 2) -> int:
    """Run web and worker until one of them ends or somebody presses Ctrl-C; then end both. Returns an exit status."""
    check_port(host, port)
    prepare()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Each in a group of its own, so that what it started ends with it.
    running = [
        subprocess.Popen(command, start_new_session=True)
        for command in (web_command(host, port, processes), worker_command())
    ]
    try:
        while all(process.poll() is None for process in running):
            time.sleep(0.5)
        return next(process.returncode for process in running if process.returncode is not None)
    except (KeyboardInterrupt, SystemExit):
        return 0
    finally:
        _end(running)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in running:
        _signal_group(process, signal.SIGTERM)
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=15)
        _signal_group(process, signal.SIGKILL)


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The whole group may have ended by itself.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
