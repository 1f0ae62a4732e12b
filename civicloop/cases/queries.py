"""Questions about cases: lists, one case with its story, what a person may do, what lies near."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from civicloop.cases import near, policy, search
from civicloop.cases.models import Appeal, Case, CaseAlarm, CaseEvidence, CaseStep, Extension, Follower, WhistleCall
from civicloop.cases.rules.lifecycle import LIFECYCLE, OPEN, WITH_UNIT, State
from civicloop.cases.sides import Sides, sides_of
from civicloop.cases.windows import in_window
from civicloop.kernel.lifecycle import Step
from civicloop.kernel.refusal import NotFound
from civicloop.kernel.tilekey import ranges_for_bbox
from civicloop.loops.desks import holders_near
from civicloop.organisation.book import Post
from civicloop.organisation.rules.roles import Role
from civicloop.standards.models import StandardText
from civicloop.standards.reference import Actor, Reference

__all__ = [
    "CaseFilters",
    "Sides",
    "get",
    "inbox",
    "listing",
    "moving_steps",
    "nearby",
    "sides_of",
    "steps_open_to",
    "story",
    "texts_for",
]

# Side affairs that wait at once in a city; beyond that the oldest cases come first, and the others when those are decided.
MOST_ASKED = 5000
NUMBER = re.compile(r"([Aa#]?)0*(\d{1,18})")
# Which desk's role finds which states in its inbox.
DESK_STATES: dict[str, tuple[State, ...]] = {
    Role.FILER: (State.REPORTED, State.VERIFIED),
    Role.DISPATCHER: (State.FILED,),
    Role.VERIFIER: (State.RECTIFIED,),
}
# Steps that a list offers beside a case: those that carry it through its life and can be judged without its side affairs.
MOVING = frozenset({"file", "dispatch", "accept", "return", "rectify", "verify", "send_back", "close", "resume"})


@dataclass(frozen=True)
class CaseFilters:
    """What a list is narrowed by; empty parts do not narrow. `unit_id` includes the units below; `bbox` is W, S, E, N."""

    states: Sequence[str] = ()
    category_ids: Sequence[int] = ()
    unit_id: int | None = None
    grid_id: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    due_from: datetime | None = None
    due_to: datetime | None = None
    reported_from: datetime | None = None
    reported_to: datetime | None = None
    overdue_at: datetime | None = None
    text: str = ""
    reporter_id: int | None = None
    urgent: bool | None = None
    supervised: bool | None = None
    open_only: bool | None = None
    rung: str = ""


def get(uid: UUID, actor: Actor, *, kin: bool = True) -> Case:
    """One case with what its page names. NotFound when there is none, or none that the person may see. `kin`: with the cases it
    came back from, goes on in and is a part of, which the person may not see by that.
    """
    # What most cases have is joined; what few have, and the question of sight, is read apart: with ten joins PostgreSQL plans
    # for 30 ms what runs in one.
    rows = Case.objects.select_related("category", "condition", "grid", "unit", "owner", "reporter")
    rows = rows.prefetch_related("point", *(("recurrence_of", "merged_into", "parent") if kin else ()))
    case = rows.filter(uid=uid).first()
    if case is None or not policy.sees(actor, case):
        raise NotFound("case", uid)
    return case


def listing(actor: Actor, filters: CaseFilters, ref: Reference) -> QuerySet[Case]:
    """The cases a person may see that pass the filters, newest first, in a stable order."""
    rows = narrow(Case.objects.visible_to(actor), filters, ref)
    one_unit = not actor.sees_all and len(actor.sight_units) == 1
    if actor.sees_all and len(filters.states) > 1 and OPEN.issuperset(filters.states):
        rows = rows.filter(ended_at=None)  # says nothing new, but leads to the index over open cases
    return rows.newest_first(reach=one_unit)  # type: ignore[attr-defined, no-any-return]


def narrow(rows: QuerySet[Case], filters: CaseFilters, ref: Reference) -> QuerySet[Case]:
    """Apply the filters, cheapest index first where the database lets us say so."""
    plain: dict[str, Any] = {
        "state__in": list(filters.states) or None, "category_id__in": list(filters.category_ids) or None,
        "grid_id": filters.grid_id, "due_at__gte": filters.due_from, "due_at__lt": filters.due_to,
        "reported_at__gte": filters.reported_from, "reported_at__lt": filters.reported_to,
        "reporter_id": filters.reporter_id, "urgent": filters.urgent, "supervised": filters.supervised,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in plain.items() if value is not None})
    if filters.unit_id is not None:
        rows = rows.filter(unit_id__in=sorted(ref.org.subtree(filters.unit_id)))
    if filters.overdue_at is not None:
        rows = rows.filter(ended_at=None, act_by__lt=filters.overdue_at)
    if filters.open_only is not None:
        rows = rows.filter(ended_at__isnull=filters.open_only)
    if filters.rung:
        rows = rows.filter(Exists(CaseAlarm.objects.filter(case=OuterRef("pk"), rung=filters.rung)))
    if filters.bbox is not None:
        rows = _in_box(rows, filters.bbox)
    if filters.text.strip():
        rows = _with_text(rows, filters.text)
    return rows


def _in_box(rows: QuerySet[Case], box: tuple[float, float, float, float]) -> QuerySet[Case]:
    west, south, east, north = box
    wanted = Q()
    for low, high in ranges_for_bbox(west, south, east, north):
        wanted |= Q(tile_key__gte=low, tile_key__lt=high)
    # A box whose west is greater than its east crosses the 180th meridian.
    along = Q(lon__gte=west, lon__lte=east) if west <= east else Q(lon__gte=west) | Q(lon__lte=east)
    return rows.filter(wanted, along, lat__gte=south, lat__lte=north)


def _with_text(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    number = NUMBER.fullmatch(text.strip())
    if number is None or int(number[2]) >= 2**62:
        return search.matching(rows, text)
    if number[1]:
        return rows.filter(pk=int(number[2]))
    # Bare digits may be a number said aloud, or part of an address.
    return rows.filter(Q(pk=int(number[2])) | Q(search.condition(text)))


def inbox(actor: Actor, ref: Reference) -> QuerySet[Case]:
    """待办: the cases on which this person's posts must act, the most pressing first.

    A handler or leader finds the cases his units own; a desk finds the states that are its work, and a supervisor what is
    supervised or asks for a decision. Administrators and auditors have no inbox.
    """
    wanted, asked = Q(), list[Q]()
    for post in actor.posts:
        own, side = _duties(post, sorted(ref.org.subtree(post.unit_id)), citywide=actor.sees_all)
        wanted, asked = wanted | own, [*asked, *side]
    if not wanted and not asked:
        return Case.objects.none()
    if asked:
        # The few cases with a side affair are found first, each kind from its own table: joined to all cases, or with two kinds
        # in one condition, every case of the city would be looked at.
        parts = [Case.objects.filter(one).order_by().values_list("pk", "ended_at") for one in asked]
        rows = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0].distinct()
        found = list(rows.order_by("pk")[:MOST_ASKED])
        wanted |= Q(pk__in=[pk for pk, _ in found])
        # An appeal may be lodged against a case that is closed; the others are open, which is what the index knows.
        if ended := [pk for pk, ended_at in found if ended_at is not None]:
            return Case.objects.filter(Q(wanted, ended_at=None) | Q(pk__in=ended)).order_by("act_by", "id")
    return Case.objects.filter(wanted, ended_at=None).order_by("act_by", "id")


def _duties(post: Post, below: Sequence[int], *, citywide: bool) -> tuple[Q, list[Q]]:
    """What a post must act on, among the cases of the units below it; a desk of the city decides for every unit.

    The first condition is about the case alone, the others about one kind of its side affairs each.
    """
    of_units = Q() if citywide else Q(unit_id__in=below)
    of_others = of_units & ~Q(unit_id=post.unit_id)  # nobody decides what his own unit asks for
    if post.role in (Role.UNIT_HANDLER, Role.UNIT_LEADER):
        called = WhistleCall.objects.filter(unit_id__in=below, arrived_at=None, whistle__ended_at=None)
        with_unit = Q(state__in=[*WITH_UNIT, State.SUSPENDED])
        return Q(owner_id__in=below) & with_unit, [Q(pk__in=called.values("whistle__case")) & with_unit]
    more_time = Q(pk__in=Extension.objects.filter(verdict="").values("case")) & of_others
    if post.role in DESK_STATES:
        # Without the owners, who are all units there are, the most pressing stand first in an index.
        own = Q(state__in=DESK_STATES[post.role]) & (Q() if citywide else Q(owner_id__in=below))
        return own, [more_time] if post.role == Role.DISPATCHER else []
    if post.role == Role.SUPERVISOR:
        appeals = Q(pk__in=Appeal.objects.filter(verdict="").values("case")) & of_others
        return of_units & Q(state=State.SUSPENDED), [more_time, appeals]
    return Q(), []


def steps_open_to(actor: Actor, case: Case, *, at: datetime, ref: Reference) -> list[Step]:
    """The steps this person may take of this case at a moment: from this state, in time, sensible, and allowed."""
    sides = sides_of(case).read()
    return [
        step
        for step in LIFECYCLE.steps_from(case.state)
        if in_window(case, step.name, at=at, ref=ref) and policy.may(actor, step.name, case) and sides.fits(step.name)
    ]


def story(case: Case) -> list[CaseStep]:
    """Every step of a case with people, units and photos, oldest first: two statements."""
    evidence = Prefetch("evidence", CaseEvidence.objects.select_related("photo"))
    return list(case.steps.select_related("by", "unit").prefetch_related(evidence).order_by("seq"))


def nearby(case: Case, actor: Actor, most: int = 10) -> list[Case]:
    """Cases within 50 m in the last 12 weeks that the person may see."""
    rows = near.context(case).visible_to(actor)  # type: ignore[attr-defined]
    return [one for one in rows.select_related("category", "unit")[: most * 4] if near.is_close(case, one)][:most]


def followers(case: Case) -> int:
    """How many people follow a case."""
    return Follower.objects.filter(case=case).count()


def bulletin_list(since: datetime, until: datetime, ref: Reference) -> QuerySet[CaseAlarm]:
    """The cases that climbed the ladder up to the bulletin (通报) in a period, worst first: oldest deadline first."""
    rungs = [rung.key for rung in ref.parameters.ladder if rung.tell == "bulletin"]
    rows = CaseAlarm.objects.filter(rung__in=rungs, at__gte=since, at__lt=until)
    return rows.select_related("case__category", "case__unit", "unit").order_by("deadline", "id")


def texts_for(case: Case, state: str) -> list[StandardText]:
    """Standard texts for a state: the category's own first, then those of the city."""
    rows = StandardText.objects.filter(Q(category=case.category_id) | Q(category=None), state=state)
    return sorted(rows, key=lambda row: (row.category_id is None, row.code))


def holders_of(case: Case, roles: Sequence[str], ref: Reference, on: date) -> tuple[int, ...]:
    """People who hold one of these roles in the unit that owns the case, or above it where it has none."""
    return holders_near(case.owner_id, roles, ref, on)


def moving_steps(actor: Actor, cases: Sequence[Case], *, at: datetime, ref: Reference) -> dict[int, list[Step]]:
    """For each case of a list the steps that move it on and that this person may take: one statement for all of them."""
    policy.note_handlers(cases)
    return {
        case.pk: [
            step
            for step in LIFECYCLE.steps_from(case.state)
            if step.name in MOVING and in_window(case, step.name, at=at, ref=ref) and policy.may(actor, step.name, case)
        ]
        for case in cases
    }
