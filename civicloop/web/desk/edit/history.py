"""What the ledger says of a thing that was edited, newest first, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from civicloop.ledger.queries import history
from civicloop.organisation.models import Person
from civicloop.web.ui.codewords import NO_CHANGES, spoken
from civicloop.web.ui.ledgerwords import details

MOST = 30


@dataclass(frozen=True)
class Line:
    """One change: when, by whom, which verb, and each field with its old and its new value (or plain details)."""

    at: datetime
    by: str
    verb: str
    changes: list[tuple[str, str, str]]
    details: list[tuple[str, str]]


def history_of(kind: str, uid: UUID, most: int = MOST) -> list[Line]:
    """The newest lines about one object. Two statements, and one for each table whose codes are to be words."""
    rows = list(history(kind, uid).exclude(verb__in=NO_CHANGES.get(kind, ())).order_by("-seq")[:most])
    people = dict(Person.objects.filter(uid__in={row.by for row in rows if row.by}).values_list("uid", "name"))
    said = spoken(kind, [row.data for row in rows])
    return [_line(row, data, people.get(row.by, "") if row.by else "") for row, data in zip(rows, said, strict=True)]


def _line(row: Any, data: Mapping[str, Any], by: str) -> Line:
    before, after = data.get("before"), data.get("after")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        pairs = [(key, _told(before, key), _told(after, key)) for key in after]
        rest = {key: value for key, value in data.items() if key not in ("before", "after")}
        return Line(row.at, by, row.verb, [(name, old, new) for name, old, new in pairs], details(rest))
    return Line(row.at, by, row.verb, [], details(data))


def _told(values: Mapping[str, Any], key: str) -> str:
    """One value in words; what is empty is shown as such."""
    found = details({key: values.get(key)})
    return found[0][1] if found else "—"
