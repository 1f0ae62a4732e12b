"""The protocol of a draw: fix the seed, draw, keep sealed, publish. Each step is a ledger line; the secret is in the last alone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from civicloop import rows
from civicloop.bus import announce
from civicloop.cases.models import Case
from civicloop.inspection import framing, tours
from civicloop.inspection.actions.rounds import check_text, running
from civicloop.inspection.facts import DrawPublished
from civicloop.inspection.models import Draw, DrawnPoint, Round, Visit
from civicloop.inspection.policy import is_open, require, require_open
from civicloop.inspection.rules import design as designs
from civicloop.inspection.rules import drawing, frame
from civicloop.kernel import sampling
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import record
from civicloop.organisation.actions.units import insert
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person, Point
from civicloop.standards import editions, reference
from civicloop.standards.reference import Reference

SECRET = re.compile(r"[0-9a-f]{64}")
DRAWN_COLUMNS = (
    "draw_id", "point_id", "case_id", "stratum", "role", "order", "chance", "double", "in_use", "replaces_id", "reason",
)  # fmt: skip


@transaction.atomic
def commit_draw(
    *, round: Round, design: Mapping[str, Any], opens_on: date, by: Person | None, at: datetime, beacon: str = "",
    secret: str | None = None, ref: Reference | None = None, code: str | None = None,
) -> Draw:  # fmt: skip
    """Freeze and hash the frame, fix the secret and write its commitment to the ledger; nothing is drawn yet.

    `beacon` is a public value that goes into the seed as well. Better is a value that nobody knows yet: name where it will
    come from in `design["beacon_source"]` and give it to `perform_draw`. `secret` (64 hexadecimal digits) is made here when
    it is not given. `design` is what `rules.design` reads.
    """
    require(by, "draw.commit", at=at)
    place = running(round.pk)
    asked = designs.read(design)
    _check_types(asked, place)
    if opens_on < day_of(at):
        raise Invalid("opens_on", "lies_in_the_past")
    secret = secret or secrets.token_hex(32)
    _check_seed(asked, secret, beacon)
    places = framing.freeze(asked, ref or reference.now(), on=day_of(at))
    if not drawing.plan(places, asked)[0]:
        raise Invalid("frame", "frame_empty")
    content = frame.encode(places)
    made = Draw(
        code=code or f"{place.code}-{place.draws.count() + 1}", round=place, kind=asked.kind, design=dict(asked.content),
        frame=frame.pack(content), frame_digest=frame.digest(content), frame_size=len(places), secret=secret,
        commitment=sampling.commitment_of(secret), beacon=beacon, opens_on=opens_on, committed_at=at, committed_by=by,
    )  # fmt: skip
    check_text("code", made.code, 40)
    insert(made)
    data = {
        "code": made.code, "round": place.code, "kind": made.kind, "commitment": made.commitment, "beacon": beacon,
        "frame_digest": made.frame_digest, "frame_size": made.frame_size, "design_digest": asked.digest,
        "opens_on": opens_on.isoformat(),
    }  # fmt: skip
    record("draw", made.uid, "draw.commit", by=by.uid if by else None, at=at, data=data, new=True)
    return made


@transaction.atomic
def perform_draw(*, draw: Draw, by: Person | None, at: datetime, beacon: str | None = None) -> Draw:
    """Draw from the frozen frame. What comes out is sealed until `opens_on`; the ledger gets its digest, with the seed in it.

    `beacon` is given here, and only here, when the design names where the public value will come from.
    """
    require(by, "draw.perform", at=at)
    row = _locked(draw, "committed")
    asked = designs.read(row.design)
    if bool(asked.content["beacon_source"]) != bool(beacon):
        raise Invalid("beacon", "beacon_needed" if asked.content["beacon_source"] else "beacon_fixed")
    if beacon is not None:
        check_text("beacon", beacon, 200)
        row.beacon = beacon
    seed = seed_of(row)
    outcome = drawing.draw(_frame_of(row), asked, seed)
    result = drawing.encode_result(outcome.drawn)
    _keep(row, outcome.drawn)
    row.state, row.drawn_at, row.drawn_by, row.result_digest = "drawn", at, by, sampling.sealed(seed, result)
    row.save(update_fields=["state", "drawn_at", "drawn_by", "result_digest", "beacon"])
    data = {
        "code": row.code, "result_digest": row.result_digest, "beacon": row.beacon,
        "drawn": sum(stratum.drawn for stratum in outcome.strata), "strata": len(outcome.strata),
        "short": [list(short) for short in outcome.short],
    }  # fmt: skip
    record("draw", row.uid, "draw.perform", by=by.uid if by else None, at=at, data=data)
    return row


@transaction.atomic
def publish_draw(*, draw: Draw, by: Person | None, at: datetime) -> Draw:
    """Open the secret, the frame and the result to everybody. Before `opens_on` it is refused (Conflict `draw_sealed`), and
    as long as visits lie ahead, which nobody may know before their day (Conflict `visits_ahead`).
    """
    require(by, "draw.publish", at=at)
    row = _locked(draw, "drawn")
    require_open(row, at=at)
    ahead = Visit.objects.filter(drawn__draw=row, day__gt=day_of(at), state__in=tours.LIVE).order_by("-day").first()
    if ahead is not None:
        raise Conflict("visits_ahead", draw=row.code, day=ahead.day.isoformat())
    row.state, row.published_at, row.published_by = "published", at, by
    row.save(update_fields=["state", "published_at", "published_by"])
    data = {"code": row.code, "secret": row.secret, "beacon": row.beacon, "result_digest": row.result_digest}
    record("draw", row.uid, "draw.publish", by=by.uid if by else None, at=at, data=data)
    announce(DrawPublished(row.uid, at))
    return row


@transaction.atomic
def cancel_draw(*, draw: Draw, reason: str, by: Person | None, at: datetime) -> Draw:
    """Give a draw up before any visit was assigned. It stays in the list and in the ledger, with the reason.

    What came out and may be read is not given up any more, or the draw could be made again until it pleases: publish it.
    """
    require(by, "draw.cancel", at=at)
    row = _locked(draw, "committed", "drawn")
    if not reason.strip():
        raise Invalid("reason", "required", field="reason")
    if row.state == "drawn" and is_open(row, day_of(at)):
        raise Conflict("draw_open", draw=row.code)
    if row.round.visits.filter(drawn__draw=row).exists():
        raise Conflict("draw_has_visits", draw=row.code)
    data = {"code": row.code, "state": row.state, "reason": reason.strip()}
    row.state = "cancelled"
    row.save(update_fields=["state"])
    record("draw", row.uid, "draw.cancel", by=by.uid if by else None, at=at, data=data)
    return row


def seed_of(draw: Draw) -> bytes:
    """The seed of a draw; known to the house alone until the secret is published."""
    return sampling.seed_of(draw.secret, draw.beacon, draw.frame_digest)


def _check_seed(asked: designs.Design, secret: str, beacon: str) -> None:
    """What goes into the seed now: a secret of 32 bytes, and no public value where the design says that it comes later."""
    if beacon and asked.content["beacon_source"]:
        raise Invalid("beacon", "beacon_comes_later")
    if len(beacon) > 200:
        raise Invalid("beacon", "too_long", limit=200)
    if not SECRET.fullmatch(secret):
        raise Invalid("secret", "secret_malformed")


def _check_types(asked: designs.Design, place: Round) -> None:
    """A type that the edition does not know is a slip of the pen, not an empty stratum."""
    known = editions.book(place.edition_id).point_types
    for kind in (*asked.quota, *asked.content["types"]) if known else ():
        if kind not in known:
            raise Invalid("quota", "point_type_unknown", value=kind)


def _locked(draw: Draw, *states: str) -> Draw:
    row = Draw.objects.select_for_update().get(pk=draw.pk)
    if row.state not in states:
        raise Conflict("draw_not_in_state", draw=row.code, state=row.state)
    return row


def _frame_of(row: Draw) -> list[frame.Place]:
    """The frozen places, after making sure that neither frame nor secret was exchanged since the commitment."""
    content = frame.unpack(row.frame)
    if frame.digest(content) != row.frame_digest or sampling.commitment_of(row.secret) != row.commitment:
        raise Conflict("draw_tampered", draw=row.code)
    return frame.decode(content)


def _keep(row: Draw, drawn: Sequence[drawing.Drawn]) -> None:
    known = _numbers(Case, "uid", drawn) if row.kind == "look_back" else _numbers(Point, "code", drawn)
    cases = (
        dict(Case.objects.filter(pk__in=known.values()).values_list("pk", "point_id"))
        if row.kind == "look_back"
        else {}
    )
    ready = []
    for one in drawn:
        number = known[one.code]
        point, case = (cases[number], number) if row.kind == "look_back" else (number, None)
        ready.append((
            row.pk, point, case, one.stratum, one.role, one.order, float(one.chance), one.double, one.role != "reserve", None, "",
        ))  # fmt: skip
    rows.insert(DrawnPoint, DRAWN_COLUMNS, ready)


def _numbers(model: Any, field: str, drawn: Iterable[drawing.Drawn]) -> dict[str, int]:
    codes = [one.code for one in drawn]
    found: dict[str, int] = {}
    for start in range(0, len(codes), 500):
        some = model.objects.filter(**{f"{field}__in": codes[start : start + 500]})
        found |= {str(code): pk for code, pk in some.values_list(field, "pk")}
    missing = [code for code in codes if code not in found]
    if missing:
        raise Conflict("frame_place_gone", value=missing[0])
    return found
