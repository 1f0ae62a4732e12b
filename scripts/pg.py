"""A private PostgreSQL for tests and benchmarks: own directory, own port, gone afterwards.

    python scripts/pg.py run [--durable] [--optional] -- COMMAND...   start, run the command against it, stop
    python scripts/pg.py start [--durable]                            start in the background, print the address
    python scripts/pg.py stop                                         stop and remove that one

The command sees the server as CIVICLOOP_DATABASE_URL. Binaries come from PATH, the usual folders or the one named by
CIVICLOOP_PG_BINARIES; as root on Debian missing ones are installed, unless CIVICLOOP_NO_INSTALL is set. PostgreSQL
refuses to run as root, so root's server runs as another user.
Only the standard library is used: this file must run before anything is installed.
"""

from __future__ import annotations

import argparse
import ctypes
import glob
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

NO_BINARIES = 3
START_SECONDS = 30
STOP_SECONDS = 20
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
COMMON = {"max_connections": "200", "shared_buffers": "256MB", "timezone": "UTC", "log_min_messages": "fatal"}


class Unavailable(Exception):
    """No PostgreSQL can be had on this machine; the message says why and what would help."""


def find_binaries() -> Path | None:
    """The newest folder holding both initdb and postgres, or None. One named by the environment rules out others."""
    named = os.environ.get("CIVICLOOP_PG_BINARIES")
    if named:
        return Path(named) if (Path(named) / "initdb").is_file() else None
    folders = [Path(found).resolve().parent for name in ("initdb", "pg_ctl") if (found := shutil.which(name))]
    pg_config = shutil.which("pg_config")
    if pg_config:
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(answer.stdout.strip() or "."))
    debian = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True)
    folders += [Path(path) for path in [*debian, *glob.glob("/usr/pgsql-*/bin"), *glob.glob("/opt/homebrew/bin")]]
    return next((it for it in folders if (it / "initdb").is_file() and (it / "postgres").is_file()), None)


def get_binaries() -> Path:
    """Find the binaries or, as root on Debian, install them."""
    found = find_binaries()
    if found:
        return found
    if os.environ.get("CIVICLOOP_NO_INSTALL") or os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable("no PostgreSQL binaries were found; as root on Debian: apt-get install postgresql")
    print("pg: installing postgresql", file=sys.stderr, flush=True)
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "check": False}
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environ, **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], env=environ, **quiet)
    found = find_binaries()
    if not found:
        raise Unavailable("no PostgreSQL binaries were found and apt-get could not install them")
    return found


def server_user() -> dict[str, Any]:
    """Popen's arguments that make the server run as somebody other than root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise Unavailable("root cannot run PostgreSQL and there is no user 'postgres' or 'nobody'")


def die_with_parent(signum: signal.Signals) -> Callable[[], None] | None:
    """On Linux the child gets this signal when we are killed, however hard."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, int(signum))  # 1 is PR_SET_PDEATHSIG


class Server:
    """One private cluster in `folder`; `start` makes it, `stop` removes it."""

    def __init__(self, folder: Path, *, durable: bool = False, settings: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.durable = durable
        self.settings = settings
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://civicloop@127.0.0.1:{self.port}/civicloop"

    def start(self, *, keep: bool = False) -> None:
        """Make the cluster and wait until it answers; with `keep` it outlives this process."""
        binaries, user = get_binaries(), server_user()
        if user:
            os.chown(self.folder, user["user"], user["group"])
        environ = {"PATH": f"{binaries}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        self._initialise(binaries, user, environ)
        self.port = free_port()
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(self.data), *self._options()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environ,
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C must reach the tests first, not the database under them
                preexec_fn=None if keep else die_with_parent(signal.SIGINT),  # PostgreSQL's fast shutdown
                **user,
            )
        self._wait(binaries, environ)

    def _initialise(self, binaries: Path, user: dict[str, Any], environ: dict[str, str]) -> None:
        command = [str(binaries / "initdb"), "-D", str(self.data), "-U", "civicloop", "--auth=trust", "--no-sync"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]  # plain C would make pg_trgm blind to Chinese
        done = subprocess.run(
            command, env=environ, cwd=self.folder, capture_output=True, text=True, check=False, **user
        )
        if done.returncode:
            raise Unavailable(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _options(self) -> list[str]:
        chosen = {**COMMON, **({} if self.durable else FAST)}
        chosen.update(pair.split("=", 1) for pair in self.settings)
        chosen |= {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder)}
        return [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]

    def _wait(self, binaries: Path, environ: dict[str, str]) -> None:
        psql = [
            str(binaries / "psql"),
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "civicloop",
            "-qX",
            "-d",
            "postgres",
        ]
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            command = [*psql, "-c", "create database civicloop"]
            if subprocess.run(command, env=environ, capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        log = (self.folder / "log").read_text(errors="replace")[-2000:]
        self.stop()
        raise Unavailable(f"PostgreSQL did not start:\n{log}")

    def stop(self) -> None:
        """Stop at once (open connections are cut) and remove the folder."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(STOP_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def background_folder() -> Path:
    """Where `start` keeps this checkout's server: a fixed place, so that `stop` finds it."""
    checkout = hashlib.sha256(str(Path(__file__).resolve().parent.parent).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"civicloop-pg-{checkout}"


def run(command: list[str], *, durable: bool, settings: tuple[str, ...]) -> int:
    """Run the command against a fresh server and return its exit code; the server is always stopped."""
    server = Server(Path(tempfile.mkdtemp(prefix="civicloop-pg-")), durable=durable, settings=settings)
    child: subprocess.Popen[bytes] | None = None

    def pass_on(signum: int, _frame: object) -> None:
        if child is None:
            sys.exit(128 + signum)
        child.send_signal(signum)

    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, pass_on)
    try:
        server.start()
        environ = {**os.environ, "CIVICLOOP_DATABASE_URL": server.url}
        child = subprocess.Popen(command, env=environ, preexec_fn=die_with_parent(signal.SIGTERM))
        while True:
            try:
                code = child.wait()
                return 128 - code if code < 0 else code
            except KeyboardInterrupt:
                continue  # the command got Ctrl-C as well and ends in its own way
    finally:
        server.stop()


def start(*, durable: bool, settings: tuple[str, ...]) -> int:
    """Start a server that stays, and print how to reach it."""
    folder = background_folder()
    if folder.exists():
        print(f"pg: already started (or left over): {folder}; run: python scripts/pg.py stop", file=sys.stderr)
        return 1
    folder.mkdir(mode=0o700)
    server = Server(folder, durable=durable, settings=settings)
    try:
        server.start(keep=True)
    except BaseException:
        server.stop()
        raise
    print(f"export CIVICLOOP_DATABASE_URL={server.url}")
    return 0


def stop() -> int:
    """Stop the server that `start` left running; without one there is nothing to do."""
    folder = background_folder()
    try:
        pid = int((folder / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, signal.SIGINT)
        for _ in range(STOP_SECONDS * 10):
            os.kill(pid, 0)
            time.sleep(0.1)
    except (FileNotFoundError, ProcessLookupError):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="pg.py", description="A private PostgreSQL for tests and benchmarks.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("run", "start"):
        one = verbs.add_parser(verb)
        one.add_argument("--durable", action="store_true", help="keep fsync on, as in production")
        one.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a server setting")
        if verb == "run":
            one.add_argument(
                "--optional", action="store_true", help="succeed with a message when there is no PostgreSQL"
            )
            one.add_argument("command", nargs=argparse.REMAINDER)
    verbs.add_parser("stop")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.verb == "stop":
            return stop()
        if chosen.verb == "start":
            return start(durable=chosen.durable, settings=tuple(chosen.set))
        command = chosen.command[1:] if chosen.command[:1] == ["--"] else chosen.command
        if not command:
            parser.error("run: which command?")
        return run(command, durable=chosen.durable, settings=tuple(chosen.set))
    except Unavailable as why:
        print(
            f"PostgreSQL half skipped: {why}" if getattr(chosen, "optional", False) else f"pg: {why}", file=sys.stderr
        )
        return 0 if getattr(chosen, "optional", False) else NO_BINARIES


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
