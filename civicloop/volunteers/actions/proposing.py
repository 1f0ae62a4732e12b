"""Proposals of dispatch (中心派单): made, and carried out pair by pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.volunteers.actions.dispatch_edits import decided_otherwise, edits_done, settle_edits
from civicloop.volunteers.actions.orders_teams import assign
from civicloop.volunteers.models import Proposal, Team
from civicloop.volunteers.policy import require_do
from civicloop.volunteers.proposing import Reckoned, reckon

# Rows of proposals nobody has used are taken away so long after a newer one came; their figures stay.
KEEP_ROWS = timedelta(hours=2)
# So often the pool is solved again because somebody has decided something by hand meanwhile.
TRIES = 3


@dataclass(frozen=True)
class Carried:
    """What became of a proposal: pairs (number of the order, code of the team) offered, and those that were not, with the code."""

    assigned: Sequence[tuple[str, str]]
    skipped: Sequence[Mapping[str, Any]]


def propose(*, by: Person | None, at: datetime, ref: Reference | None = None) -> Proposal:
    """Solve the pool as it stands, around what people have decided by hand, and write the proposal down; open ones made before it
    lapse. What was decided and is possible no more falls, with the reason. `by=None` is the clock.

    The clock writes nothing where nothing has changed since the newest proposal: then that one is given back.
    """
    ref = ref or reference.now()
    require_do(by, "proposal.make", at=at, ref=ref)
    for last in reversed(range(TRIES)):
        found = reckon(at=at, ref=ref)
        made = _written(found, by=by, at=at, anyway=not last)
        if made is not None:
            return made
    raise AssertionError("unreachable")


@transaction.atomic
def _written(found: Reckoned, *, by: Person | None, at: datetime, anyway: bool) -> Proposal | None:
    """The proposal; None where somebody has decided something by hand while the pool was solved: then it is solved once more."""
    # Two made at the same moment may both be open until the next: the newest counts, and every pair is judged anew.
    before = list(Proposal.objects.select_for_update().filter(state="open").order_by("-made_at", "-pk"))
    if not settle_edits(found.held, at=at) and not anyway:
        return None
    rows, figures = found.rows, found.figures
    if by is None and before and before[0].content == rows:
        return before[0]
    Proposal.objects.filter(pk__in=[one.pk for one in before]).update(state="lapsed", decided_at=at)
    Proposal.objects.filter(state="lapsed", decided_at__lt=at - KEEP_ROWS).exclude(content=[]).update(
        content=[], versions={}
    )
    row = Proposal.objects.create(made_at=at, by=by, content=rows, figures=figures, versions=found.found.versions)
    data = {name: figures[name] for name in ("orders", "teams", "served", "weight", "by_hand")}
    record("proposal", row.uid, "proposal.make", by=by.uid if by else None, at=at, data=data, new=True)
    return row


def forget_proposals(*, at: datetime, ref: Reference, most: int = 500) -> int:
    """Take away proposals that were carried out or have lapsed longer than `orders.keep_proposals_days` ago; what came of them
    stands in the ledger and with the orders. Returns how many.
    """
    before = at - timedelta(days=int(ref.parameters["orders.keep_proposals_days"]))
    old = Proposal.objects.filter(state__in=("carried_out", "lapsed"), made_at__lt=before).order_by("made_at")
    done = 0
    while some := list(old.values_list("pk", flat=True)[:most]):
        done += Proposal.objects.filter(pk__in=some).delete()[0]
    return done


def carry_out(
    proposal_uid: UUID, *, edits: Mapping[str, str | None] | None = None, urgent_only: bool = False, by: Person | None,
    at: datetime, ref: Reference | None = None,
) -> Carried:  # fmt: skip
    """Offer every order of a proposal to its team, one step each, or the urgent ones alone; a proposal is carried out once.

    `edits` name another team's code for an order, or None to leave it in the pool. A pair that is stale (the order has changed, the
    team is full or has refused, somebody has decided otherwise meanwhile) is skipped and told; it comes with the next proposal.
    Raises NotFound, NotAllowed, Conflict `proposal_over`, Invalid `order_not_in_proposal`, `unknown_team`.
    """
    ref = ref or reference.now()
    require_do(by, "proposal.carry_out", at=at, ref=ref)
    row, pairs, skipped = _begun(proposal_uid, dict(edits or {}), urgent_only, by=by, at=at)
    assigned: list[tuple[str, str]] = []
    for one, team in pairs:
        try:
            assign(
                UUID(one["order"]), team=team, by=by, at=at, expected_version=row.versions[one["order"]], ref=ref
            )  # fmt: skip
        except Refused as refused:
            skipped.append(_skipped(one, team.unit.code, refused.code))
        else:
            assigned.append((one["number"], team.unit.code))
    _ended(row, assigned, skipped, by=by, at=at)
    return Carried(assigned, skipped)


@transaction.atomic
def _begun(
    proposal_uid: UUID, edits: dict[str, str | None], urgent_only: bool, *, by: Person | None, at: datetime
) -> tuple[Proposal, list[tuple[Mapping[str, Any], Team]], list[Mapping[str, Any]]]:  # fmt: skip
    """Take the proposal, once, and say which pairs it comes to, and which are left out because somebody has decided otherwise.

    One that has lapsed may still be used while its rows are kept: whoever has read it for ten minutes wants what he has read, and
    every pair is looked at again anyway.
    """
    row = Proposal.objects.select_for_update(of=("self",)).filter(uid=proposal_uid).first()
    if row is None:
        raise NotFound("proposal", proposal_uid)
    if row.state == "carried_out" or (row.state == "lapsed" and not row.content):
        raise Conflict("proposal_over")
    strange = sorted(set(edits) - {one["order"] for one in row.content})
    if strange:
        raise Invalid("edits", "order_not_in_proposal", order=strange[0][:60])
    wanted = [(one, edits.get(one["order"], one["team"])) for one in row.content if one["urgent"] or not urgent_only]
    codes = {code for _, code in wanted if code}
    teams = {team.unit.code: team for team in Team.objects.select_related("unit").filter(unit__code__in=codes)}
    unknown = sorted(codes - set(teams))
    if unknown:
        raise Invalid("edits", "unknown_team", team=unknown[0][:60])
    row.state, row.decided_at, row.decided_by = "carried_out", at, by
    row.save(update_fields=["state", "decided_at", "decided_by"])
    otherwise = decided_otherwise(row, but=edits)
    left = [_skipped(one, code, "decided_meanwhile") for one, code in wanted if code and one["order"] in otherwise]
    return row, [(one, teams[code]) for one, code in wanted if code and one["order"] not in otherwise], left


def _skipped(one: Mapping[str, Any], team: str, code: str) -> Mapping[str, Any]:
    return {"order": one["order"], "number": one["number"], "team": team, "code": code}


@transaction.atomic
def _ended(
    row: Proposal, assigned: Sequence[tuple[str, str]], skipped: Sequence[Mapping[str, Any]], *, by: Person | None,
    at: datetime,
) -> None:  # fmt: skip
    row.figures = {**row.figures, "assigned": len(assigned), "skipped": list(skipped)}
    row.save(update_fields=["figures"])
    data = {"assigned": len(assigned), "skipped": [{"order": one["order"], "code": one["code"]} for one in skipped]}
    record("proposal", row.uid, "proposal.carry_out", by=by.uid if by else None, at=at, data=data)
    numbers = {number for number, _ in assigned}
    edits_done([UUID(one["order"]) for one in row.content if one["number"] in numbers and one.get("hand")], at=at)
