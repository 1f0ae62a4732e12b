"""Several people at once: threads that start together, each with its own connection to the database."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_once(*work: Callable[[], object]) -> list[BaseException | None]:
    """Do all of it at the same time; what each raised, in order, or None."""
    faults: list[BaseException | None] = [None] * len(work)
    start = threading.Barrier(len(work))

    def run(number: int) -> None:
        try:
            start.wait(10)
            work[number]()
        except BaseException as fault:
            faults[number] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return faults
