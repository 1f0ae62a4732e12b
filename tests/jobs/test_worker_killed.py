"""A worker that is killed in the middle of a job loses nothing: the job is taken again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django_q.models import OrmQ

from tests.environment import ROOT
from tests.jobs.errands import slow_the_first_time, write_down

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
RETRY_SECONDS = 4


def address() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


@contextmanager
def worker(log: Path) -> Iterator[Callable[[], None]]:
    """A real `civicloop worker` in its own group of processes; gives what kills all of it at once, without a word."""
    environ = {
        **os.environ, "CIVICLOOP_DATABASE_URL": address(), "CIVICLOOP_JOB_RETRY": str(RETRY_SECONDS), "CIVICLOOP_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "civicloop.cli", "worker"], env=environ, cwd=ROOT, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip

    def kill() -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)

    try:
        yield kill
    finally:
        kill()


def wait_for(what: Callable[[], Any], log: Path, seconds: float = 240) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, log.read_text(errors="replace")[-3000:]
        time.sleep(0.1)


def test_the_job_of_a_killed_worker_is_taken_again_by_the_next(tmp_path: Path, settings: Any) -> None:
    settings.CIVICLOOP_JOBS_RUN = "queue"
    out, log = tmp_path / "out", tmp_path / "log"
    slow_the_first_time.enqueue(path=str(out))
    with worker(log) as kill:
        wait_for(out.exists, log)
        kill()
    assert out.read_text().split() == ["begun"]
    assert OrmQ.objects.count() == 1, "the job is still in the queue"

    write_down.enqueue(path=str(tmp_path / "other"), word="another")
    with worker(log):
        wait_for((tmp_path / "other").exists, log)
        wait_for(lambda: "done" in out.read_text(), log)
        wait_for(lambda: OrmQ.objects.count() == 0, log)
    # At least once: on a machine so busy that `RETRY_SECONDS` go by before a job begins, it is lent again and runs once more.
    assert out.read_text().split()[:3] == ["begun", "begun", "done"]
    assert set((tmp_path / "other").read_text().split()) == {"another"}
