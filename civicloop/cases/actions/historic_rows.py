"""The rows of a case that was brought in, from its record and the life replayed from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from civicloop.cases.actions.intake import search_words
from civicloop.cases.desks import desk_unit
from civicloop.cases.models import Case
from civicloop.cases.rules.limits import limit_for
from civicloop.cases.rules.replay import Deed, Life, Terms, act_by
from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.tilekey import tile_key
from civicloop.kernel.worktime import Limit
from civicloop.loops.timing import plan_alarm
from civicloop.organisation.days import day_of

if TYPE_CHECKING:
    from civicloop.cases.actions.historic import Historic
    from civicloop.standards.reference import Reference

STAGES = ("file", "dispatch", "verify", "close")
# What a deed carries for the rows but is no detail of the step itself.
NOT_DETAILS = frozenset({"note", "acting"})


@dataclass(frozen=True)
class House:
    """What of the reference every record of a batch asks for, looked up once."""

    ref: Reference
    desks: Mapping[str, int]
    stages: Mapping[str, Limit]
    factor: float
    on: date
    _above: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _unit_of: dict[int, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, ref: Reference, *, at: datetime) -> House:
        """Raises Invalid when the city has no units yet: then nobody could own a case."""
        desks = {stage: desk_unit(ref, stage, day_of(at)) for stage in STAGES}
        stages = {name: ref.parameters.limit(f"stages.{name}") for name in STAGES}
        return cls(ref, desks, stages, float(ref.parameters["recurrence.limit_factor"]), day_of(at))

    def terms(self, record: Historic) -> Terms:
        """The limits that hold for a record. Raises NotFound for an unknown category, Invalid for a foreign condition."""
        condition = self.ref.categories.by_id(record.category_id).condition(record.condition_id)
        if condition is None:
            raise Invalid("condition", "condition_unknown", value=record.condition_id)
        limit = limit_for(condition.limits, record.area_class, self.ref.parameters.limit("limit.default"))
        again = record.recurrence_of_key is not None
        return Terms(limit, self.stages, self.ref.calendar_for, self.desks, self.factor, again)

    def reach_of(self, unit_id: int) -> tuple[int, ...]:
        """A unit and all above it."""
        if unit_id not in self._above:
            self._above[unit_id] = (unit_id, *self.ref.org.above(unit_id))
        return self._above[unit_id]

    def unit_of(self, person_id: int | None) -> int | None:
        """The unit of a person's first post today."""
        if person_id is None:
            return None
        if person_id not in self._unit_of:
            posts = self.ref.org.posts_of(person_id, self.on)
            self._unit_of[person_id] = posts[0].unit_id if posts else None
        return self._unit_of[person_id]


def case_row(record: Historic, life: Life, house: House) -> Case:
    """The case itself, without its number, its references and its search words."""
    owner_id = house.desks[life.stage or "file"] if life.stage or life.unit_id is None else life.unit_id
    has_place = record.lon is not None and record.lat is not None
    return Case(
        uid=new_uid(), state=str(life.state), owner_id=owner_id, unit_id=life.unit_id,
        category_id=record.category_id, condition_id=record.condition_id, description=record.description,
        answers=dict(record.answers), source=record.source, external_key=record.external_key, urgent=record.urgent,
        address=record.address, lon=record.lon if has_place else None, lat=record.lat if has_place else None,
        given_lon=record.given_lon, given_lat=record.given_lat, datum=record.datum,
        tile_key=tile_key(record.lon, record.lat) if record.lon is not None and record.lat is not None else None,
        grid_id=record.grid_id, point_id=record.point_id, area_class=record.area_class, reporter_id=record.reporter_id,
        reported_at=record.reported_at, received_at=life.received_at,
        act_by=act_by(life, house.ref.calendar_for(life.unit_id)),
        clock=life.clock.to_json() if life.clock else None,
        stage_clock=life.stage_clock.to_json() if life.stage_clock else None,
        due_at=life.due_at, due_provisional=life.clock.provisional if life.clock else False,
        supervised=life.supervised, excused=life.excused, version=len(life.moves) + 1,
        **life.moments, **life.counts,
    )  # fmt: skip


def set_alarm(case: Case, house: House, *, at: datetime) -> None:
    """Where the ladder takes this case up: at the last rung already passed, so that lateness is told only once."""
    plan_alarm(case, house.ref, first=0)
    while case.alarm_at is not None and case.alarm_at <= at:
        here = (case.alarm_at, case.alarm_rung)
        plan_alarm(case, house.ref, first=case.alarm_rung + 1)
        if case.alarm_at is None or case.alarm_at > at:
            case.alarm_at, case.alarm_rung = here
            return


def set_search(case: Case, house: House) -> None:
    """The words by which the case is found."""
    category = house.ref.categories.by_id(case.category_id)
    case.search = search_words(case, category)


STEP_COLUMNS = (
    "case_id", "seq", "name", "by_id", "unit_id", "at", "noted_at", "state_before", "state_after", "note", "data",
)  # fmt: skip
REACH_COLUMNS = ("case_id", "unit_id", "reported_at")


def step_rows(
    case: Case, record: Historic, deeds: Sequence[Deed], life: Life, house: House
) -> Iterator[tuple[Any, ...]]:
    """The report and every step after it, numbered, as rows of STEP_COLUMNS."""
    told = {"source": record.source, "brought_in": True, "fingerprint": record.fingerprint}
    acting = house.unit_of(record.reporter_id)
    yield (case.pk, 1, "report", record.reporter_id, acting, life.received_at, None, "", "reported", "", told)
    for seq, (deed, (before, after)) in enumerate(zip(deeds, life.moves, strict=True), start=2):
        acting = deed.data.get("acting") or house.unit_of(deed.by_id)
        yield (
            case.pk, seq, deed.name, deed.by_id, acting, deed.at, None, str(before), str(after), deed.data.get("note", ""),
            _details(case, deed, house),
        )  # fmt: skip


def reach_rows(case: Case, house: House, called: Iterable[int] = ()) -> Iterator[tuple[Any, ...]]:
    """One row of REACH_COLUMNS for each unit that may see the case."""
    units = {case.owner_id, case.unit_id, house.unit_of(case.reporter_id), *called} - {None}
    reached = {one for unit in units if unit is not None for one in house.reach_of(unit)}
    return ((case.pk, unit, case.reported_at) for unit in sorted(reached))


def _details(case: Case, deed: Deed, house: House) -> dict[str, Any]:
    details = {key: value for key, value in deed.data.items() if key not in NOT_DETAILS}
    if deed.name == "dispatch" and deed.unit_id is not None:
        details["unit"] = house.ref.org.unit(deed.unit_id).code
    if deed.name == "close":
        details["on_time"] = bool(case.due_at and (case.rectified_at or deed.at) <= case.due_at)
    return details
