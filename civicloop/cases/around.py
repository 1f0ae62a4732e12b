"""What stands around a case: cases near it in place and time, the ones it came back from, its parts, what was merged into it.

Read without asking who may see, then cut down to what the reader may see with one statement: asked together, the database would
walk through all that reaches the reader's units.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Case as Choose
from django.db.models import F, Q, When
from django.db.models.expressions import OrderBy, RawSQL

from civicloop.cases import near
from civicloop.cases.models import Case
from civicloop.cases.policy import seen_of
from civicloop.kernel.geo import distance_m
from civicloop.organisation.days import day_of
from civicloop.standards.reference import Actor

# Where a city is dense hundreds of cases lie around one, and reading them all takes as long as the rest of the page: only those
# that would be told first are read.
LOOKED_AT = 60
LONGEST_CHAIN = 12
COLUMNS = (
    "id", "uid", "state", "category_id", "unit_id", "lon", "lat", "reported_at", "closed_at", "ended_at", "address",
    "recurrence_of_id", "merged_into_id", "parent_id", "due_at", "act_by", "rectified_at",
)  # fmt: skip
# Numbers of earlier cases, each of which came back as the next. A circle, which nothing should make, ends at the limit.
CHAIN = """
WITH RECURSIVE earlier(id, step) AS (
  SELECT CAST(%s AS bigint), 1
  UNION ALL
  SELECT one.recurrence_of_id, earlier.step + 1 FROM cases_case one JOIN earlier ON one.id = earlier.id
  WHERE one.recurrence_of_id IS NOT NULL AND earlier.step < %s
)
SELECT id FROM earlier
"""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A case within 50 m: metres, days of the calendar from this one's report to its own (negative: before), whether of the same
    category.
    """

    case: Case
    metres: float
    days: int
    same: bool

    @property
    def days_apart(self) -> int:
        """The days between the two reports, whichever came first."""
        return abs(self.days)


@dataclass(frozen=True)
class Around:
    """Everything around a case that a person may see."""

    neighbours: list[Neighbour] = field(default_factory=list)
    earlier: list[Case] = field(default_factory=list)
    later: list[Case] = field(default_factory=list)
    parts: list[Case] = field(default_factory=list)
    merged: list[Case] = field(default_factory=list)
    parent: Case | None = None
    main: Case | None = None


def around(case: Case, actor: Actor, *, most: int = 10) -> Around:
    """What stands around a case: one statement, and one more where the reader does not see every case."""
    close, kin, chain = _close_and_kin(case)
    seen = seen_of(actor, (one.pk for one in (*close, *kin, *chain)))
    near_by = [_neighbour(case, one) for one in close if one.pk in seen]
    kin = [one for one in kin if one.pk in seen]
    return Around(
        neighbours=sorted(near_by, key=_order)[:most],
        earlier=[one for one in chain if one.pk in seen],
        later=[one for one in kin if one.recurrence_of_id == case.pk],
        parts=[one for one in kin if one.parent_id == case.pk],
        merged=[one for one in kin if one.merged_into_id == case.pk],
        parent=next((one for one in kin if one.pk == case.parent_id), None),
        main=next((one for one in kin if one.pk == case.merged_into_id), None),
    )


def _close_and_kin(case: Case) -> tuple[list[Case], list[Case], list[Case]]:
    """Cases within 50 m; parts, recurrences, what was merged into it, what it is a part of, the one it goes on in; and the chain
    of those it came back from, nearest first.
    """
    above = [one for one in (case.parent_id, case.merged_into_id) if one]
    wanted = Q(recurrence_of=case.pk) | Q(parent=case.pk) | Q(merged_into=case.pk)
    kin = Case.objects.filter(wanted | Q(pk__in=above) if above else wanted).order_by().only(*COLUMNS)
    # An order over both, or by a bare number, would lead SQLite through all cases of the city instead of a few tiles.
    same, is_open = Q(category_id=case.category_id), Q(ended_at=None)
    first = near.context(case).order_by(_true_first(same), _true_first(is_open), (F("id") + 0).desc())
    newest = first.values("pk")[:LOOKED_AT]
    parts = [Case.objects.filter(pk__in=newest).order_by().only(*COLUMNS)]
    if case.recurrence_of_id is not None:
        earlier = RawSQL(CHAIN, [case.recurrence_of_id, LONGEST_CHAIN])
        parts.append(Case.objects.filter(pk__in=earlier).order_by().only(*COLUMNS))
    rows = list(kin.union(*parts))
    rows.sort(key=lambda one: -one.pk)
    close = [one for one in rows if near.is_recent(case, one) and near.is_close(case, one)]
    return close, [one for one in rows if _is_kin(case, one)], _chain(case, {one.pk: one for one in rows})


def _true_first(what: Q) -> OrderBy:
    return Choose(When(what, then=0), default=1).asc()


def _is_kin(case: Case, one: Case) -> bool:
    up, down = (one.recurrence_of_id, one.parent_id, one.merged_into_id), (case.parent_id, case.merged_into_id)
    return case.pk in up or one.pk in down


def _chain(case: Case, known: dict[int, Case]) -> list[Case]:
    found: list[Case] = []
    one = known.get(case.recurrence_of_id or 0)
    while one is not None and one not in found and len(found) < LONGEST_CHAIN:
        found.append(one)
        one = known.get(one.recurrence_of_id or 0)
    return found


def _neighbour(case: Case, other: Case) -> Neighbour:
    assert case.lon is not None and case.lat is not None and other.lon is not None and other.lat is not None  # noqa: PT018
    metres = distance_m(case.lon, case.lat, other.lon, other.lat)
    days = (day_of(other.reported_at) - day_of(case.reported_at)).days
    return Neighbour(other, metres, days, other.category_id == case.category_id)


def _order(one: Neighbour) -> tuple[bool, bool, float, int]:
    """The same category first, what is still open before what has ended, then the nearest."""
    return (not one.same, one.case.ended_at is not None, one.metres, -one.case.pk)
