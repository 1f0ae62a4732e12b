"""django-q's queue in the database, lent out and taken back with one statement each.

django-q2 lends its jobs one update at a time and looks for each before it deletes it. The table, its meaning and its guarantees
are unchanged: a job lent and not taken back within `retry` seconds is lent again.
"""

from __future__ import annotations

from time import sleep
from typing import Any

from django.db import connections
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf

FREE = "SELECT id FROM django_q_ormq WHERE key = %s AND lock < %s ORDER BY id LIMIT %s"
LEND = "UPDATE django_q_ormq SET lock = %s WHERE id IN ({free}) RETURNING id, payload"
PUT = "INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, %s) RETURNING id"
TAKE_BACK = "DELETE FROM django_q_ormq WHERE id = %s"


class Lending(ORM):  # type: ignore[misc]
    """The ORM broker with fewer statements."""

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Lend the oldest free jobs, those another worker is about to lend left out; wait a little when there are none."""
        self.get_connection()  # closes a connection that has grown too old
        connection = connections[Conf.ORM]
        # Of two workers on SQLite one waits for the other; on PostgreSQL they pass by each other.
        free = FREE + (" FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else "")
        adapt = connection.ops.adapt_datetimefield_value
        asked = [adapt(self.timeout(None)), self.list_key, adapt(timezone.now()), Conf.BULK]
        if connection.vendor == "sqlite" and not self._any(connection, asked[1:3]):
            lent: list[tuple[Any, ...]] = []
        else:
            with connection.cursor() as cursor:
                cursor.execute(LEND.format(free=free), asked)
                lent = cursor.fetchall()
        if lent:
            return sorted((int(number), str(payload)) for number, payload in lent)
        sleep(Conf.POLL)
        return None

    def enqueue(self, task: str) -> int:
        """Put a job into the queue, within the caller's transaction if there is one. Returns its number."""
        self.get_connection()
        connection = connections[Conf.ORM]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(PUT, [self.list_key or Conf.CLUSTER_NAME, task, now])
            return int(cursor.fetchone()[0])

    def delete(self, task_id: int) -> None:
        """Forget a job that is done."""
        self.get_connection()
        with connections[Conf.ORM].cursor() as cursor:
            cursor.execute(TAKE_BACK, [task_id])

    @staticmethod
    def _any(connection: Any, asked: list[Any]) -> bool:
        """Whether there is anything to lend: asking takes no write lock, of which SQLite has one."""
        with connection.cursor() as cursor:
            cursor.execute(FREE, [*asked, 1])
            return cursor.fetchone() is not None
