"""A round in the small city of the cast: a standard, a frame that is kept, visits and what they saw, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from civicloop.inspection.models import Draw, DrawnPoint, Observation, Round, Visit
from civicloop.inspection.rules import frame
from civicloop.organisation.models import Appointment, Person, Point
from civicloop.standards.models import Edition, Pack
from civicloop.standards.rules.assessment import ScoringRules
from civicloop.standards.rules.book import StandardBook
from tests.cast import MONDAY_NINE, SINCE, City
from tests.scoring.made_up import standard

LINES = {"lotus": "lotus_north", "willow": "willow_east"}


def content_of(book: StandardBook, negative: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A standard as an edition keeps it."""
    return {
        "name": book.pack, "edition": book.name, "title": {"zh_Hans": book.title},
        "point_types": [asdict(one) for one in book.point_types.values()],
        "checklists": [asdict(one) for one in book.checklists],
        "scoring": asdict(book.scoring), "sample": asdict(book.sample) if book.sample else None,
        "negative_list": list((negative or {}).values()),
    }  # fmt: skip


def edition(
    name: str = "2025", scoring: ScoringRules | None = None, negative: Mapping[str, Any] | None = None
) -> Edition:
    """An edition of the pack `wenming`, in force from now on."""
    digest = (name * 64)[:64]
    pack, _ = Pack.objects.update_or_create(
        code="wenming", defaults={"edition": name, "title": "标准", "digest": digest, "loaded_at": MONDAY_NINE}
    )
    content = content_of(standard(scoring), negative) | {"edition": name}
    return Edition.objects.create(pack=pack, name=name, digest=digest, content=content, loaded_at=MONDAY_NINE)


@dataclass
class Town:
    """The city with one round. Points are P1 … in two towns, streets and markets."""

    city: City
    round: Round
    draw: Draw
    drawn: dict[str, DrawnPoint]
    inspectors: list[Person] = field(default_factory=list)

    def visit(
        self, code: str, answers: Mapping[str, str], *, at: datetime = MONDAY_NINE, by: int = 0, **more: Any
    ) -> Visit:
        """A judged visit of a point: item → answer."""
        drawn = self.drawn[code]
        visit = Visit.objects.create(
            round=self.round, drawn=drawn, point=drawn.point, inspector=self.inspectors[by], day=at.date(), state="judged",
            judged_at=at, received_at=at, unit=drawn.point.unit, point_type=drawn.point.point_type, **more,
        )  # fmt: skip
        for seq, (item, answer) in enumerate(answers.items(), 1):
            Observation.objects.create(visit=visit, seq=seq, item=item, answer=answer)
        return visit


def build(city: City, made_by: Edition, *, code: str = "2026-48", many: int = 3, **more: Any) -> Town:
    """A round with `many` streets and `many` markets in each of two towns, all of them in the frame and drawn."""
    inspectors = []
    for number in (1, 2):
        person, _ = Person.objects.get_or_create(username=f"inspector{number}", defaults={"name": f"暗访{number}"})
        Appointment.objects.get_or_create(person=person, role="inspector", unit=city.office, starts_on=SINCE)
        inspectors.append(person)
    round_ = Round.objects.create(**{
        "code": code, "title": "第48周", "kind": "weekly_visit", "edition": made_by, "organiser": city.office,
        "starts_on": MONDAY_NINE.date(), "ends_on": (MONDAY_NINE + timedelta(days=6)).date(), "planned_at": MONDAY_NINE,
        **more,
    })  # fmt: skip
    points = [
        Point.objects.get_or_create(
            code=f"{kind}-{town}-{number}",
            defaults={"name": f"{town}{kind}{number}", "point_type": kind, "unit": city.units[LINES[town]]},
        )[0]
        for kind in ("STREET", "MARKET")
        for town in LINES
        for number in range(many)
    ]
    rows = [frame.Place(one.code, one.point_type, one.code.split("-")[1].upper(), one.unit.code) for one in points]
    kept = frame.encode(rows)
    draw = Draw.objects.create(
        code=f"D-{code}", round=round_, state="published", frame=frame.pack(kept), frame_digest=frame.digest(kept),
        frame_size=len(rows), commitment="c" * 64, secret="s" * 64, opens_on=MONDAY_NINE.date(),
        committed_at=MONDAY_NINE - timedelta(days=3), drawn_at=MONDAY_NINE - timedelta(days=2),
    )  # fmt: skip
    drawn = {
        point.code: DrawnPoint.objects.create(
            draw=draw, point=point, stratum=f"{point.point_type}×{point.code}", role="main", order=order, chance=1.0
        )
        for order, point in enumerate(points, 1)
    }
    return Town(city, round_, draw, drawn, inspectors)


def all_met(kind: str, **but: str) -> dict[str, str]:
    """Answers to the four items of a type, met except where said: `all_met("STREET", i2="not_met")`."""
    return {f"{kind}-{n}": but.get(f"i{n}", "met") for n in range(1, 5)}
