"""Jobs for the tests of the queue. A worker's process finds them here by name."""

from __future__ import annotations

import time
from pathlib import Path

from civicloop.jobs import task


@task
def write_down(*, path: str, word: str) -> None:
    """Add a word to a file."""
    with Path(path).open("a", encoding="utf-8") as out:
        out.write(word + "\n")


@task
def slow_the_first_time(*, path: str) -> None:
    """Say that it begins; the first run then takes far too long, a later one ends at once."""
    write_down(path=path, word="begun")
    if Path(path).read_text(encoding="utf-8").split().count("begun") == 1:
        time.sleep(300)
    write_down(path=path, word="done")


def not_a_job(*, path: str) -> None:
    """A function like any other: nobody may run it through the queue."""
    write_down(path=path, word="must not be")
