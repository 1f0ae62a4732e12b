"""Which copies of reference data are still good.

Every change of units, people, grids, calendars, categories or parameters puts a new random stamp on the body it changed. One
statement reads all stamps; a process reloads a body only when its stamp has moved.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from django.db import connection

from civicloop.organisation.models import Revision

T = TypeVar("T")


def bump(*names: str) -> None:
    """Say that these bodies of reference data have changed; call it in the transaction that changed them.

    Always in order of name: two transactions that stamp the same bodies wait for each other instead of locking up.
    """
    for name in sorted(names):
        Revision.objects.update_or_create(name=name, defaults={"stamp": secrets.token_hex(16)})


def hold(name: str) -> None:
    """Let nobody else who asks for this body change it before the caller's transaction ends: who comes second sees what the first
    has made of it. Readers wait for nobody.
    """
    Revision.objects.select_for_update().get_or_create(name=name, defaults={"stamp": secrets.token_hex(16)})


def stamps() -> Mapping[str, str]:
    """All stamps, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, stamp FROM {Revision._meta.db_table}")  # every request asks this
        return dict(cursor.fetchall())


class Kept(Generic[T]):
    """One body of reference data, loaded again whenever its stamp has moved."""

    def __init__(self, name: str, load: Callable[[], T]) -> None:
        self.name = name
        self._load = load
        self._stamp: str | None = None
        self._value: T | None = None

    def at(self, stamps: Mapping[str, str]) -> T:
        """The body as of these stamps. A body that was never stamped is read anew each time."""
        stamp = stamps.get(self.name)
        if stamp is None or stamp != self._stamp or self._value is None:
            self._value, self._stamp = self._load(), stamp
        return self._value
