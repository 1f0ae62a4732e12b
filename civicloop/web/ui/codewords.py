"""Codes that the ledger keeps of people's posts and of what voluntary service changes (a team's skills, a site's level), as words
for the reader; and what stands in the ledger under a thing without being a change of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from civicloop.organisation.models import Area, DutyGrid, Grid, Point, Unit
from civicloop.volunteers.models import PracticeSite, Project, ServiceKind, Skill
from civicloop.volunteers.models.places import LEVEL_LABELS

# Of these things the ledger keeps codes under these names; elsewhere the same names mean something else.
KINDS = frozenset({"person", "team", "site", "service", "event", "project"})
TABLES: Mapping[str, Any] = {
    "skills": Skill, "services": ServiceKind, "service": ServiceKind, "site": PracticeSite, "parent": PracticeSite,
    "areas": Unit, "unit": Unit, "team": Unit, "project": Project,
    "grid": Grid, "duty_grid": DutyGrid, "area": Area, "point": Point,
}  # fmt: skip
# Who comes and goes is written down under the event; it is no change of it, and would push the changes out of the list.
NO_CHANGES: Mapping[str, tuple[str, ...]] = {
    "event": ("event.sign_up", "event.cancel_signup", "event.check_in", "event.check_out", "event.enter"),
}
Data = Mapping[str, Any]


def spoken(kind: str, lines: Sequence[Data]) -> list[Data]:
    """The data of ledger lines about a thing, with words where there are codes; a code that names nothing any more stays. One
    statement for each table that is named.
    """
    if kind not in KINDS:
        return list(lines)
    wanted: dict[Any, set[str]] = defaultdict(set)
    for part in (part for data in lines for part in (data, *_parts(data))):
        for name, table in TABLES.items():
            wanted[table] |= set(_codes(part.get(name)))
    names = {
        table: dict(table.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
        for table, codes in wanted.items()
    }
    return [_said(data, names) for data in lines]


def _parts(data: Data) -> list[Data]:
    return [data[name] for name in ("before", "after") if isinstance(data.get(name), Mapping)]


def _codes(value: Any) -> Iterable[str]:
    return [one for one in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(one, str) and one]


def _said(data: Data, names: Mapping[Any, Mapping[str, str]]) -> Data:
    told: dict[str, Any] = {}
    for name, value in data.items():
        if name in ("before", "after") and isinstance(value, Mapping):
            told[name] = _said(value, names)
        elif name == "level":
            told[name] = str(LEVEL_LABELS.get(value, value))
        elif name in TABLES and isinstance(value, (list, tuple)):
            told[name] = [names[TABLES[name]].get(one, one) for one in value]
        elif name in TABLES and isinstance(value, str):
            told[name] = names[TABLES[name]].get(value, value)
        else:
            told[name] = value
    return told
