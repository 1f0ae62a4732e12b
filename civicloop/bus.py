"""Facts and their listeners: what happened below, told to whoever above or beside wants to react.

`announce()` queues one job per listener in the caller's transaction. Who listens to what is written on one page,
`civicloop/wiring.py`, which is named in the settings so that nothing below imports it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from civicloop.jobs import Task


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has happened. Subclasses hold plain values only: ids, numbers, moments."""


def announce(fact: Fact) -> None:
    """Queue one job for each listener of this kind of fact. Call it last, inside the transaction that made it true."""
    for listener in listeners().get(type(fact), ()):
        listener.enqueue(**{key: _plain(value) for key, value in asdict(fact).items()})


@cache
def listeners() -> Mapping[type[Fact], Sequence[Task[Any]]]:
    """The wiring page, read once."""
    wired: Mapping[type[Fact], Sequence[Task[Any]]] = import_string(settings.CIVICLOOP_WIRING)
    return wired


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
