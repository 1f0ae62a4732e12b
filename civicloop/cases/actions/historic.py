"""Bringing in cases that happened elsewhere, with their own steps and times: the importer's and the demo city's way in.

Everything a case would have gained by living here is computed from its steps (`rules.replay`) and written in bulk. The
ledger gets one line per case, dated when it was brought in: it tells what somebody claimed, not what we saw. Nobody is
told and no job is queued, since nothing happened today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from civicloop.cases.actions.historic_rows import (
    REACH_COLUMNS,
    STEP_COLUMNS,
    House,
    case_row,
    reach_rows,
    set_alarm,
    set_search,
    step_rows,
)
from civicloop.cases.actions.historic_sides import write_side_rows
from civicloop.cases.models import Case, CaseReach, CaseStep
from civicloop.cases.rules.replay import Deed, Life, complete, replay
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.ledger.actions import Entry, record_many
from civicloop.organisation.policy import require_role
from civicloop.organisation.rules.roles import Role
from civicloop.rows import insert, insert_models

if TYPE_CHECKING:
    from civicloop.organisation.models import Person
    from civicloop.standards.reference import Reference


Known = Mapping[str, tuple[int, str]]
"""Number and fingerprint of cases that are here already, by their key in the source."""


@dataclass(frozen=True, slots=True)
class HistoricStep:
    """A step somebody took. `unit_id` is the unit he acted for; `to_unit_id` whom a dispatch made responsible.

    `data` holds plain JSON. Known keys: extend `amount`, `unit_of_time`; suspend and review `plan`, `person_id`,
    `review_on`; whistle `whistle_kind`, `place`, `meet_at`, `arrive_by`, `unit_ids`; plan_jointly `plan`; score_whistle
    `unit_id`, `score`; supervise `level`, `answer_by`; appeal `ground`; decide_appeal `verdict`; any step `assumed`.
    """

    name: str
    at: datetime
    by_id: int | None = None
    unit_id: int | None = None
    to_unit_id: int | None = None
    note: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Historic:
    """One case with all that happened to it. Missing steps between two told ones are assumed.

    Places are WGS-84; `given_lon` and `given_lat` are as they came, in `datum`. `external_key` names the case in its
    source; `merged_into_key` and `recurrence_of_key` are such keys, of this batch or of an earlier one. `fingerprint`
    tells the same row from a changed one when it comes again. `unit_id` is responsible where a dispatch names nobody.
    """

    external_key: str | None
    category_id: int
    reported_at: datetime
    steps: Sequence[HistoricStep] = ()
    received_at: datetime | None = None
    condition_id: int | None = None
    description: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    given_lon: float | None = None
    given_lat: float | None = None
    datum: str = "wgs84"
    grid_id: int | None = None
    point_id: int | None = None
    area_class: str = "B"
    unit_id: int | None = None
    reporter_id: int | None = None
    source: str = "other"
    urgent: bool = False
    answers: Mapping[str, Any] = field(default_factory=dict)
    recurrence_of_key: str | None = None
    merged_into_key: str | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record.

    `verdict`: new, same (it was here already), changed (here with other content, which stays), refused.
    """

    verdict: str
    case: Case | None = None
    refused: Refused | None = None


@dataclass(slots=True)
class _Draft:
    """A record on its way to the tables."""

    record: Historic
    deeds: list[Deed]
    life: Life
    case: Case


def bring_in(records: Sequence[Historic], *, by: Person | None, at: datetime, ref: Reference) -> list[Outcome]:
    """Keep these cases, each with its steps; the answer has one outcome per record, in their order.

    All accepted records are kept or none: one transaction. A refused record does not stop the others; a key that is
    here already is never written again, whatever it now says. `by` is None for a command run on the server.
    """
    require_role(by, "case.bring_in", (Role.SYSTEM_ADMIN, Role.FILER), at=at)
    house = House.of(ref, at=at)
    with transaction.atomic():
        known = _known(records)
        outcomes, drafts = _judge(records, known, house, at)
        _resolve(outcomes, drafts, known)
        _write(list(drafts.values()), by=by, at=at, house=house)
    return [outcome or Outcome("new", drafts[index].case) for index, outcome in enumerate(outcomes)]


def check(
    records: Sequence[Historic], *, at: datetime, ref: Reference, earlier: Mapping[str, str] = MappingProxyType({})
) -> list[Outcome]:
    """What `bring_in` would say of these records, without writing anything. `earlier`: keys with their fingerprints that are to
    count as here already.
    """
    known = {**_known(records), **{key: (0, mark) for key, mark in earlier.items()}}
    outcomes, drafts = _judge(records, known, House.of(ref, at=at), at)
    _resolve(outcomes, drafts, known, numbered=False)
    return [outcome or Outcome("new") for outcome in outcomes]


def _known(records: Iterable[Historic]) -> Known:
    """Number and fingerprint of the cases that are here already, by their key in the source."""
    keys = {key for one in records for key in (one.external_key, one.recurrence_of_key, one.merged_into_key) if key}
    wanted, found = sorted(keys), dict[str, tuple[int, str]]()
    for start in range(0, len(wanted), 900):
        rows = Case.objects.filter(external_key__in=wanted[start : start + 900]).values_list("external_key", "pk")
        numbers = dict(rows)
        first = CaseStep.objects.filter(case__in=list(numbers.values()), seq=1).values_list("case_id", "data")
        prints = {number: data.get("fingerprint", "") for number, data in first}
        found.update({str(key): (number, prints.get(number, "")) for key, number in numbers.items()})
    return found


def _judge(
    records: Sequence[Historic], known: Known, house: House, at: datetime
) -> tuple[list[Outcome | None], dict[int, _Draft]]:
    """An outcome for each record that is not new, a draft for each that is."""
    outcomes: list[Outcome | None] = []
    drafts: dict[int, _Draft] = {}
    seen: dict[str, str] = {key: mark for key, (_, mark) in known.items()}
    for index, record in enumerate(records):
        key = record.external_key
        if key and key in seen:
            outcomes.append(Outcome("same" if seen[key] == record.fingerprint else "changed"))
            continue
        try:
            drafts[index] = _draft(record, house, at)
        except Refused as refused:
            outcomes.append(Outcome("refused", refused=refused))
            continue
        outcomes.append(None)
        if key:
            seen[key] = record.fingerprint
    return outcomes, drafts


def _draft(record: Historic, house: House, at: datetime) -> _Draft:
    """The record replayed; Refused when its steps make no life."""
    received = record.received_at or record.reported_at
    for moment in (record.reported_at, *(step.at for step in record.steps)):
        if moment > at:
            raise Invalid("steps", "in_the_future", at=moment.isoformat())
    deeds = complete([_deed(step) for step in record.steps], received)
    life = replay(deeds, received, house.terms(record), record.unit_id)
    case = case_row(record, life, house)
    set_alarm(case, house, at=at)
    return _Draft(record, deeds, life, case)


def _deed(step: HistoricStep) -> Deed:
    return Deed(
        step.name, step.at, step.by_id, step.to_unit_id, {**step.data, "note": step.note, "acting": step.unit_id}
    )


def _resolve(outcomes: list[Outcome | None], drafts: dict[int, _Draft], known: Known, *, numbered: bool = True) -> None:
    """Give drafts their numbers and put these into references; drafts that refer to nothing we have are refused."""
    lost = True
    while lost:
        here = {draft.record.external_key for draft in drafts.values()} | known.keys()
        rings = _rings(drafts.values())
        lost = False
        for index, draft in list(drafts.items()):
            reason = _unresolved(draft, here, rings)
            if reason is not None:
                outcomes[index], lost = Outcome("refused", refused=reason), True
                del drafts[index]
    if not numbered:
        return
    for draft, number in zip(drafts.values(), _take_numbers(len(drafts)), strict=True):
        draft.case.pk = number
    numbers = {key: number for key, (number, _) in known.items()}
    numbers.update({draft.record.external_key: draft.case.pk for draft in drafts.values() if draft.record.external_key})
    for draft in drafts.values():
        if draft.record.recurrence_of_key:
            draft.case.recurrence_of_id = numbers[draft.record.recurrence_of_key]
        # A case that was not merged, or came apart again, has no main case, whatever its row names.
        if draft.record.merged_into_key and draft.life.state == "merged":
            draft.case.merged_into_id = numbers[draft.record.merged_into_key]


def _rings(drafts: Iterable[_Draft]) -> set[str]:
    """The keys of those that come back to themselves when one goes from each to its earlier or its main case."""
    leads = {draft.record.external_key: _leads_to(draft) for draft in drafts if draft.record.external_key}
    found = set()
    for key in leads:
        past, now = set[str](), [one for one in leads[key] if one in leads]
        while now:
            past.update(now)
            now = [one for here in now for one in leads[here] if one in leads and one not in past]
        if key in past:
            found.add(key)
    return found


def _leads_to(draft: _Draft) -> tuple[str, ...]:
    main = draft.record.merged_into_key if draft.life.state == "merged" else None
    return tuple(one for one in (draft.record.recurrence_of_key, main) if one)


def _unresolved(draft: _Draft, here: set[str | None], rings: set[str]) -> Refused | None:
    record = draft.record
    if record.external_key in rings:
        return Invalid(
            "recurrence_of" if record.recurrence_of_key else "into", "leads_to_itself", key=record.external_key
        )
    if record.recurrence_of_key and record.recurrence_of_key not in here:
        return Invalid("recurrence_of", "earlier_case_unknown", key=record.recurrence_of_key)
    if draft.life.state == "merged" and (record.merged_into_key is None or record.merged_into_key not in here):
        return Invalid("into", "main_case_unknown", key=record.merged_into_key or "")
    return None


def _take_numbers(count: int) -> Sequence[int]:
    """Numbers for so many new cases, taken before they are written: steps and references need them at once."""
    if not count:
        return ()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [Case._meta.db_table, count],
            )
            return sorted(row[0] for row in cursor.fetchall())
        # SQLite lets one transaction write at a time, and ours has begun: nobody else can take these.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [Case._meta.db_table])
        row = cursor.fetchone()
    first = (row[0] if row else 0) + 1
    return range(first, first + count)


def _write(drafts: Sequence[_Draft], *, by: Person | None, at: datetime, house: House) -> None:
    for draft in drafts:
        set_search(draft.case, house)
    insert_models([draft.case for draft in drafts])
    steps = (row for draft in drafts for row in step_rows(draft.case, draft.record, draft.deeds, draft.life, house))
    insert(CaseStep, STEP_COLUMNS, steps)
    called = write_side_rows([(draft.case, draft.deeds) for draft in drafts], by=by)
    reach = (row for draft in drafts for row in reach_rows(draft.case, house, called.get(draft.case.pk, ())))
    insert(CaseReach, REACH_COLUMNS, reach)
    _let_main_cases_reach(drafts, house)
    record_many([_entry(draft, by, at) for draft in drafts])


def _let_main_cases_reach(drafts: Sequence[_Draft], house: House) -> None:
    """Whoever could see a merged case sees the main one from now on."""
    merged = [draft.case for draft in drafts if draft.case.merged_into_id is not None]
    mains = Case.objects.in_bulk({case.merged_into_id for case in merged})
    rows = []
    for case in merged:
        main = mains[case.merged_into_id]
        for _, unit, _ in reach_rows(case, house):
            rows.append(CaseReach(case=main, unit_id=unit, reported_at=main.reported_at))
    CaseReach.objects.bulk_create(rows, ignore_conflicts=True)


def _entry(draft: _Draft, by: Person | None, at: datetime) -> Entry:
    told = [[deed.name, deed.at.isoformat(), deed.by_id] for deed in draft.deeds if not deed.assumed]
    data = {
        "external_key": draft.record.external_key,
        "state": str(draft.life.state),
        "reported_at": draft.record.reported_at.isoformat(),
        "fingerprint": draft.record.fingerprint,
        "steps": told,
    }
    return Entry("case", draft.case.uid, "case.bring_in", by.uid if by else None, at, data, new=True)
