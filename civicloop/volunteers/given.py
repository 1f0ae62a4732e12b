"""What the steps of an order ask for, and how what a person gives is read. Doors build their forms and schemas from this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from civicloop.kernel.refusal import Invalid
from civicloop.volunteers.models import ServiceKind, Team
from civicloop.volunteers.served import Served, read_served

WEIGHTS = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. Kinds: text, service, team, boolean, weight, score, photos,
    served, place, datetime."""

    kind: str
    choices: tuple[int, ...] = ()


FIELDS: dict[str, Field] = {
    "note": Field("text"),
    "reason": Field("text"),
    "service": Field("service"),
    "team": Field("team"),
    "urgent": Field("boolean"),
    "weight": Field("weight", WEIGHTS),
    "score": Field("score", (1, 2, 3, 4, 5)),
    "as_asked": Field("boolean"),
    "photos": Field("photos"),
    "served": Field("served"),
    "description": Field("text"),
    "place": Field("place"),
    "wanted_from": Field("datetime"),
    "wanted_to": Field("datetime"),
}


def read(given: Mapping[str, Any]) -> dict[str, Any]:
    """The given values, typed. Empty values count as not given; unknown names are refused so that a typo shows."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in FIELDS:
            raise Invalid(name, "unknown_field", field=name)
        if value not in (None, "", [], (), {}):
            values[name] = READERS[FIELDS[name].kind](name, value, FIELDS[name])
    return values


def service_named(value: Any, *, field: str = "service") -> ServiceKind:
    """A service by its public id or code."""
    key = {"uid": value} if isinstance(value, UUID) else _key(str(value))
    row = ServiceKind.objects.filter(**key).first()
    if row is None:
        raise Invalid(field, "unknown_service", service=str(value)[:60])
    return row


def team_named(value: Any, *, field: str = "team") -> Team:
    """A team by the public id or code of its unit."""
    key = {"uid": value} if isinstance(value, UUID) else _key(str(value))
    row = Team.objects.select_related("unit").filter(**{f"unit__{name}": word for name, word in key.items()}).first()
    if row is None:
        raise Invalid(field, "unknown_team", team=str(value)[:60])
    return row


def _key(word: str) -> dict[str, Any]:
    try:
        return {"uid": UUID(word)}
    except ValueError:
        return {"code": word[:30]}


def _text(name: str, value: Any, field: Field) -> str:
    if not isinstance(value, str):
        raise Invalid(name, "not_text", field=name)
    return value


def _service(name: str, value: Any, field: Field) -> ServiceKind:
    return service_named(value, field=name)


def _team(name: str, value: Any, field: Field) -> Team:
    return team_named(value, field=name)


def _boolean(name: str, value: Any, field: Field) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("1", "true", "yes", "on"):
        return True
    if str(value).lower() in ("0", "false", "no", "off"):
        return False
    raise Invalid(name, "unknown_choice", value=str(value)[:40], choices=["true", "false"])


def _one_of(name: str, value: Any, field: Field) -> int:
    if isinstance(value, bool) or not str(value).strip().isdecimal() or len(str(value)) > 9:
        raise Invalid(name, "not_a_whole_number", value=str(value)[:40])
    if int(value) not in field.choices:
        raise Invalid(name, "unknown_choice", value=str(value)[:40], choices=list(field.choices))
    return int(value)


def _photos(name: str, value: Any, field: Field) -> list[Mapping[str, Any]]:
    if not isinstance(value, (list, tuple)):
        raise Invalid(name, "not_a_list", field=name)
    return [one if isinstance(one, Mapping) else {"sha256": str(one)} for one in value]


def _served(name: str, value: Any, field: Field) -> list[Served]:
    return read_served(name, value, moment=lambda told: _datetime(name, told, field))


def _place(name: str, value: Any, field: Field) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or set(value) - {"lon", "lat", "datum", "address"}:
        raise Invalid(name, "not_a_place", field=name)
    return value


def _datetime(name: str, value: Any, field: Field) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or not 2000 <= moment.year < 2100:
        raise Invalid(name, "not_a_moment", value=str(value)[:40])
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())


READERS: dict[str, Callable[[str, Any, Field], Any]] = {
    "text": _text, "service": _service, "team": _team, "boolean": _boolean, "weight": _one_of, "score": _one_of,
    "photos": _photos, "served": _served, "place": _place, "datetime": _datetime,
}  # fmt: skip
