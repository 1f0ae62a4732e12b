"""Asking the dispatch rules about real cases: the proposal for one, and the dry run over past ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from civicloop.cases.models import Case, DispatchRule
from civicloop.cases.rules.dispatching import DispatchQuestion, Proposal, RuleInfo, propose
from civicloop.standards import reference
from civicloop.standards.reference import Reference


def rules_in_force() -> tuple[RuleInfo, ...]:
    """The city's active dispatch rules: one statement."""
    return tuple(
        RuleInfo(
            row.pk, row.unit_id, row.priority, row.category_id, row.line, row.block_id, row.area_class, row.from_time,
            row.to_time,
        )
        for row in DispatchRule.objects.filter(active=True)
    )  # fmt: skip


def propose_unit(case: Case, *, at: datetime, ref: Reference, rules: Sequence[RuleInfo] | None = None) -> Proposal:
    """The unit that should have this case if it were dispatched at `at`, with the reasons."""
    grid = ref.grids.info(case.grid_id) if case.grid_id else None
    block = grid.unit_id if grid else None
    return propose_for(case.category_id, block, case.area_class, at=at, ref=ref, rules=rules)


def propose_for(
    category_id: int, block: int | None, area_class: str, *, at: datetime, ref: Reference,
    rules: Sequence[RuleInfo] | None = None,
) -> Proposal:  # fmt: skip
    """The unit that should have a problem of this category in this block, whether or not it is a case yet."""
    line = ref.categories.by_id(category_id).line
    asked = DispatchQuestion(
        category_id=category_id,
        line=line,
        blocks=(block, *ref.org.above(block)) if block else (),
        area_class=area_class,
        at=timezone.localtime(at, timezone.get_default_timezone()).time(),
        is_working_time=ref.calendar_for(block).is_open(at),
    )
    candidates = [unit.id for unit in ref.org.for_line(line)] if line else []
    return propose(asked, rules_in_force() if rules is None else rules, candidates, ref.org.above)


def as_json(proposal: Proposal, ref: Reference) -> dict[str, object]:
    """A proposal as it is kept with the case."""
    return {
        "unit": ref.org.unit(proposal.unit_id).code if proposal.unit_id else None,
        "reasons": [{"code": reason.code, **reason.data} for reason in proposal.reasons],
        "others": [ref.org.unit(one).code for one in proposal.others],
    }


def write_proposals(numbers: range, *, at: datetime) -> int:
    """Keep a proposal with each case of these numbers that has neither a unit nor a proposal yet; returns how many."""
    ref, rules = reference.now(), rules_in_force()
    rows = Case.objects.filter(
        pk__gte=numbers.start, pk__lt=numbers.stop, unit=None, proposal__isnull=True, ended_at=None
    )
    told = [
        (json.dumps(as_json(propose_unit(case, at=at, ref=ref, rules=rules), ref), ensure_ascii=False), case.pk)
        for case in rows.only("pk", "category_id", "grid_id", "area_class")
    ]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE cases_case SET proposal = %s WHERE id = %s AND unit_id IS NULL", told)
    return len(told)


@dataclass
class DryRun:
    """What today's rules would have done with past cases."""

    cases: int = 0
    same: int = 0
    without: int = 0

    @property
    def agreement(self) -> float | None:
        """Share of cases that would have gone to the unit that in the end put them right."""
        return self.same / self.cases if self.cases else None


def dry_run(cases: Iterable[Case], *, ref: Reference) -> tuple[DryRun, list[tuple[Case, Proposal]]]:
    """Ask the rules about cases that were dispatched in the past; returns the sums and the cases that would go elsewhere."""
    sums, differing, rules = DryRun(), [], rules_in_force()
    for case in cases:
        proposal = propose_unit(case, at=case.dispatched_at or case.reported_at, ref=ref, rules=rules)
        sums.cases += 1
        if proposal.unit_id is None:
            sums.without += 1
        if proposal.unit_id == case.unit_id:
            sums.same += 1
        else:
            differing.append((case, proposal))
    return sums, differing
