"""Which of the cases that rows of something else lead to may be named: the number of one out of sight tells of it all the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from civicloop.cases.policy import seen_of
from civicloop.web.desk.asker import Asker


def cases_seen(asking: Asker, rows: Iterable[Any]) -> frozenset[int]:
    """Of the cases these rows lead to (`case_id`), those the asker may see. One statement at most."""
    return seen_of(asking.actor, {row.case_id for row in rows if row.case_id is not None})
