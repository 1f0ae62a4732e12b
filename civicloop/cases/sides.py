"""The side affairs of one case: what is pending, what runs, what is over. Each kind alone where a step asks for one, all of them in
one statement where a page asks for all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, DecimalField, F, Field, Model, Value
from django.db.models.functions import JSONObject

from civicloop.cases.models import Appeal, Case, Extension, Forward, Supervision, Suspension, Whistle, WhistleCall

ON_FORWARD = ("remind_forward", "answer_forward", "take_back_forward")
# Steps that leave a row beside the case. A demand of the ladder leaves one without a step: then the case is `supervised`.
LEAVING_ROWS = frozenset({"extend", "suspend", "whistle", "supervise", "appeal", "forward_out"})
# Each kind with the way to its case, and what is shown of it besides: of people and units the name.
KINDS: dict[str, tuple[type[Model], str, tuple[str, ...]]] = {
    "extensions": (Extension, "case", ("asked_by", "decided_by")),
    "suspensions": (Suspension, "case", ("person",)),
    "calls": (WhistleCall, "whistle__case", ("unit", "arrived_person")),
    "supervisions": (Supervision, "case", ("by",)),
    "appeals": (Appeal, "case", ("unit", "asked_by", "decided_by")),
    "forwards": (Forward, "case", ("sent_by", "unit")),
}
OF_WHISTLE = ("blown_by",)
# Where the number of the case stands in the composed statement; no case has this number.
NO_CASE, THIS_CASE = -1, object()


@dataclass
class Sides:
    """All side affairs of a case; each kind is read when first asked for, one statement each, or all `read` at once."""

    case: Case

    def read(self) -> Sides:
        """Read every kind that was not read yet, in one statement."""
        if all(name in self.__dict__ for name in KINDS):
            return self
        found: dict[str, list[Any]] = {name: [] for name in KINDS}
        for kind, told in _of_every_kind(self.case):
            found[kind].append(_whole(kind, told))
        whistles = {call.whistle_id: call.whistle for call in found["calls"]}
        for call in found["calls"]:
            call.whistle = whistles[call.whistle_id]  # one object for all calls of a whistle
        found["calls"].sort(key=lambda call: call.whistle_id)
        for name, rows in found.items():
            self.__dict__.setdefault(name, rows)
        return self

    def none(self) -> Sides:
        """Take it as known that there are none: the story tells of none."""
        for name in KINDS:
            self.__dict__.setdefault(name, [])
        return self

    @cached_property
    def extensions(self) -> list[Extension]:
        """Extensions, oldest first."""
        return list(self.case.extensions.select_related("asked_by", "decided_by").order_by("id"))

    @cached_property
    def suspensions(self) -> list[Suspension]:
        """Suspensions, oldest first."""
        return list(self.case.suspensions.select_related("person").order_by("id"))

    @cached_property
    def calls(self) -> list[WhistleCall]:
        """All calls of all whistles, with their whistles and units."""
        rows = WhistleCall.objects.filter(whistle__case=self.case)
        return list(rows.select_related("whistle__blown_by", "unit", "arrived_person").order_by("whistle_id", "id"))

    @cached_property
    def whistles(self) -> list[Whistle]:
        """The whistles, oldest first; each calls at least one unit, so they come with the calls."""
        return list({call.whistle_id: call.whistle for call in self.calls}.values())

    @cached_property
    def supervisions(self) -> list[Supervision]:
        """Supervisions, oldest first."""
        return list(self.case.supervisions.select_related("by").order_by("id"))

    @cached_property
    def appeals(self) -> list[Appeal]:
        """Appeals, oldest first."""
        return list(self.case.appeals.select_related("unit", "asked_by", "decided_by").order_by("id"))

    @cached_property
    def forwards(self) -> list[Forward]:
        """Questions to parties outside, oldest first."""
        return list(self.case.forwards.select_related("sent_by", "unit").order_by("id"))

    @property
    def running_forwards(self) -> list[Forward]:
        """Those neither answered nor taken back; one may have run out."""
        return [one for one in self.forwards if one.answered_at is None and one.taken_back_at is None]

    @property
    def pending_extension(self) -> Extension | None:
        """The extension nobody has decided yet."""
        return next((one for one in self.extensions if not one.verdict), None)

    @property
    def running_suspension(self) -> Suspension | None:
        """The suspension in force."""
        return next((one for one in self.suspensions if one.ended_at is None), None)

    @property
    def running_whistle(self) -> Whistle | None:
        """The whistle that has not been ended."""
        return next((one for one in self.whistles if one.ended_at is None), None)

    @property
    def calls_of_running(self) -> list[WhistleCall]:
        """The units called by the running whistle."""
        running = self.running_whistle
        return [call for call in self.calls if running is not None and call.whistle_id == running.pk]

    @property
    def pending_appeal(self) -> Appeal | None:
        """The appeal nobody has decided yet."""
        return next((one for one in self.appeals if not one.verdict), None)

    @property
    def unanswered_supervision(self) -> Supervision | None:
        """The oldest supervision still to be answered."""
        return next((one for one in self.supervisions if one.answered_at is None), None)

    def fits(self, step: str) -> bool:
        """Whether a step makes sense now: nothing can be granted that was not asked for."""
        asks = {
            "grant_extension": self._has_pending_extension, "refuse_extension": self._has_pending_extension,
            "extend": lambda: self.pending_extension is None,
            "whistle": lambda: self.running_whistle is None,
            "report_in": lambda: any(call.arrived_at is None for call in self.calls_of_running),
            "plan_jointly": lambda: self.running_whistle is not None,
            "end_whistle": lambda: self.running_whistle is not None,
            "score_whistle": lambda: any(call.score is None for call in self.calls),
            "answer_supervision": lambda: self.unanswered_supervision is not None,
            "appeal": lambda: self.pending_appeal is None,
            "decide_appeal": lambda: self.pending_appeal is not None,
            **dict.fromkeys(ON_FORWARD, lambda: bool(self.running_forwards)),
        }  # fmt: skip
        return asks[step]() if step in asks else True

    def _has_pending_extension(self) -> bool:
        return self.pending_extension is not None


def _of_every_kind(case: Case) -> list[tuple[str, dict[str, Any]]]:
    """The rows of every kind as plain columns, each kind in the order of its numbers: one statement."""
    sql, given = _statement(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [case.pk if one is THIS_CASE else one for one in given])
        rows = sorted(cursor.fetchall(), key=lambda row: int(row[1]))
    return [(str(kind), json.loads(told) if isinstance(told, str) else told) for kind, _, told in rows]


@cache
def _statement(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """That statement and what it is given, for this kind of database; composed once, as composing takes longer than reading."""
    parts = []
    for kind, (model, way, named) in KINDS.items():
        columns = {
            **_columns(model, "", named),
            **(_columns(Whistle, "whistle__", OF_WHISTLE) if kind == "calls" else {}),
        }
        of_case = model._default_manager.filter(**{way: NO_CASE}).order_by()
        parts.append(of_case.annotate(shelf=Value(kind), told=JSONObject(**columns)).values_list("shelf", "pk", "told"))
    sql, given = parts[0].union(*parts[1:], all=True).query.sql_with_params()
    return sql, tuple(THIS_CASE if one == NO_CASE else one for one in given)


def _columns(model: type[Model], before: str, named: tuple[str, ...]) -> dict[str, F]:
    own = {before + field.attname: F(before + field.attname) for field in model._meta.concrete_fields}
    return own | {f"{before}{name}__name": F(f"{before}{name}__name") for name in named}


def _whole(kind: str, told: dict[str, Any]) -> Model:
    """A row as its model, with people and units that know their number and name."""
    model, _, named = KINDS[kind]
    row = _made(model, told, "", named)
    if kind == "calls":
        row.whistle = _made(Whistle, told, "whistle__", OF_WHISTLE)
    return row


def _made(model: type[Model], told: dict[str, Any], before: str, named: tuple[str, ...]) -> Any:
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    row: Any = model.from_db(connection.alias, names, [_value(field, told[before + field.attname]) for field in fields])
    for name in named:
        number = getattr(row, f"{name}_id")
        other: Any = model._meta.get_field(name).related_model
        known = (
            None
            if number is None
            else other.from_db(connection.alias, ["id", "name"], [number, told[f"{before}{name}__name"]])
        )
        setattr(row, name, known)
    return row


def _value(field: Field[Any, Any], told: Any) -> Any:
    """A value as the column gives it, from its JSON."""
    if told is None:
        return None
    if isinstance(field, DateTimeField):
        moment = datetime.fromisoformat(told)
        return (
            moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        )  # SQLite keeps moments in UTC and does not say so
    if isinstance(field, DecimalField):
        return Decimal(str(told)).quantize(Decimal(1).scaleb(-(field.decimal_places or 0)))
    return field.to_python(told)


def forget_sides(case: Case) -> None:
    """After a step: whoever holds on to the case object must not read what was so before it."""
    for name in ("_sides", "_handlers", "_judges", "_had_by"):
        case.__dict__.pop(name, None)


def sides_of(case: Case) -> Sides:
    """The side affairs of a case, read once per case object."""
    known: Sides | None = getattr(case, "_sides", None)
    if known is None:
        known = case._sides = Sides(case)  # type: ignore[attr-defined]
    return known
