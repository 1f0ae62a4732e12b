"""The port: `@task` marks a function, `task.enqueue(**plain_data)` queues it in the caller's transaction.

Shaped like `django.tasks` so that the backend can be changed on one page. The backend is django-q2 with its ORM broker: the
queue is a table of the same database, so a job exists if and only if the caller's transaction committed, and a job whose
worker was killed is taken again after `Q_CLUSTER["retry"]` seconds (see docs/adr/0002).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, ParamSpec

from django.conf import settings
from django.utils.module_loading import import_string

P = ParamSpec("P")


class Task(Generic[P]):
    """A function that may be queued. Calling it runs it here and now."""

    def __init__(self, run: Callable[P, object]) -> None:
        self.run = run
        self.path = f"{run.__module__}.{run.__qualname__}"
        self.__doc__ = run.__doc__

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> object:
        return self.run(*args, **kwargs)

    def enqueue(self, **data: Any) -> None:
        """Queue one run. `data` must be plain JSON: ids and numbers, never objects."""
        enqueue(self.path, **data)


def task(run: Callable[P, object]) -> Task[P]:
    """Mark a module-level function as a job."""
    return Task(run)


def enqueue(path: str, /, **data: Any) -> None:
    """Queue `path(**data)` in the caller's transaction, or run it at once when JOBS_RUN is "now" (tests, one-shot commands)."""
    payload = json.dumps(data, ensure_ascii=False, sort_keys=True)
    if settings.CIVICLOOP_JOBS_RUN == "now":
        perform(path, payload)
    elif settings.CIVICLOOP_JOBS_RUN == "queue":
        # Imported late: django-q reads its settings when it is imported, and a reading command never needs it.
        from django_q.tasks import async_task  # noqa: PLC0415

        async_task("civicloop.jobs.port.perform", path, payload, broker=_broker())


def perform(path: str, payload: str) -> None:
    """Run one queued job. Only functions marked with @task are run, whatever the queue says."""
    job = import_string(path)
    if not isinstance(job, Task):
        raise TypeError(f"{path} is not a task")
    job.run(**json.loads(payload))


_cached_broker: Any = None


def _broker() -> Any:
    global _cached_broker
    if _cached_broker is None:
        from django_q.brokers import get_broker  # noqa: PLC0415

        _cached_broker = get_broker()
    return _cached_broker


@contextmanager
def no_jobs() -> Iterator[None]:
    """Queue nothing inside: history that is brought in happened long ago, and nobody is to be told of it today."""
    before = settings.CIVICLOOP_JOBS_RUN
    settings.CIVICLOOP_JOBS_RUN = "none"
    try:
        yield
    finally:
        settings.CIVICLOOP_JOBS_RUN = before
