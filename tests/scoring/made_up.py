"""Small made-up cities for scoring: places, units, a standard, and judgements from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from civicloop.scoring.rules.engine import reckon
from civicloop.scoring.rules.material import Judgement, Material, Place, UnitCard
from civicloop.scoring.rules.shapes import Scope, ScoreBook
from civicloop.standards.rules.assessment import AssessmentSample, Repeat, SampleRow, ScoringRules, Veto
from civicloop.standards.rules.book import StandardBook
from civicloop.standards.rules.shapes import Checklist, ChecklistItem, PointType, Text

AS_OF = datetime(2026, 11, 30, 9, tzinfo=UTC)
DAWN = datetime(2026, 11, 23, 8, tzinfo=UTC)
ANSWERS = ("met", "not_met", "not_applicable", "cannot_tell")
TYPES = ("STREET", "MARKET", "ESTATE")
AREAS = ("t1", "t2", "t3", "t4")


def item(code: str, weight: float = 1.0, aspect: str = "environment") -> ChecklistItem:
    """An item of a checklist."""
    return ChecklistItem(code, Text(f"项目{code}"), "site", aspect, "low", weight=weight)


def standard(
    scoring: ScoringRules | None = None, sample: AssessmentSample | None = None, scale: float = 1.0
) -> StandardBook:
    """Three types of place with four items each, of weights 1 to 4 (times `scale`), over the five questions."""
    aspects = ("order", "environment", "service", "facilities")
    lists = tuple(
        Checklist(kind, Text(kind), (kind,), tuple(
            item(f"{kind}-{n + 1}", (n + 1) * scale, aspects[n]) for n in range(4)
        ))
        for kind in TYPES
    )  # fmt: skip
    types = {kind: PointType(kind, Text(kind), "A", "low") for kind in TYPES}
    return StandardBook(
        1, "wenming", "2025", "d" * 64, "标准", types, lists,
        scoring=scoring or ScoringRules(methods={"site": 1.0}, sure="low"), sample=sample,
    )  # fmt: skip


RULES = ScoringRules(
    methods={"site": 0.7, "document": 0.3}, sure="low", floor=5.0, cap=98.0, repeat=Repeat(30, 2.0),
    vetoes=(Veto("STREET-4", 60.0),),
)  # fmt: skip
SAMPLE = AssessmentSample(
    (SampleRow("STREET", 20, 0.5, "low"), SampleRow("MARKET", 10, 0.3, "low"), SampleRow("ESTATE", 5, 0.2, "low")),
    Text("手册"), "low",
)  # fmt: skip
UNITS = {
    1: UnitCard(1, "command", "指挥部", "command_post"),
    2: UnitCard(2, "urban", "城管局", "department", 1),
    3: UnitCard(3, "trade", "市监局", "department", 1),
    **{10 + n: UnitCard(10 + n, area, f"镇{n}", "town", 1) for n, area in enumerate(AREAS)},
    **{20 + n: UnitCard(20 + n, f"{area}c", f"社区{n}", "community", 10 + n) for n, area in enumerate(AREAS)},
}


def town_of(area: str) -> int:
    """The unit of an area."""
    return 10 + AREAS.index(area)


def places(counts: Sequence[int]) -> dict[str, Place]:
    """`counts` places in each stratum, in order of types and areas; the community answers, except for streets."""
    found = {}
    strata = [(kind, area) for kind in TYPES for area in AREAS]
    for (kind, area), many in zip(strata, counts, strict=False):
        for number in range(many):
            unit = 2 if kind == "STREET" else town_of(area) + 10
            code = f"{kind}-{area}-{number}"
            found[code] = Place(code, kind, area, unit, town_of(area))
    return found


def judgement(point: str, code: str, answer: str, at: datetime = DAWN, **more: Any) -> Judgement:
    """One judged item."""
    given = {"uid": f"o:{point}:{code}:{at:%d%H%M}", "visit": f"v:{point}:{at:%d%H%M}", "stands_for": point, "edition_id": 1,
             "round_id": 1, **more}  # fmt: skip
    return Judgement(point=point, item=code, answer=answer, judged_at=at, **given)


def material(
    frame: dict[str, Place], rows: Sequence[Judgement], book: StandardBook | None = None, **more: Any
) -> Material:
    """Material of these parts, judged by one edition."""
    book = book or standard()
    return Material(frame, tuple(rows), {1: book}, book, UNITS, date(2026, 11, 30), **more)


def made_up(
    seed: int, book: StandardBook | None = None, *, biggest: int = 8, share: float = 0.7, rounds: int = 2
) -> Material:
    """A city from a seed: strata of 0 to `biggest` places of which about `share` are judged, each in up to `rounds` rounds."""
    rng = random.Random(seed)
    frame = places([rng.randint(0, biggest) for _ in range(len(TYPES) * len(AREAS))])
    rows = []
    for code, place in frame.items():
        for number in range(rounds):
            if rng.random() > share:
                continue
            at = DAWN + timedelta(days=7 * number, minutes=rng.randint(0, 400))
            good = rng.random()
            for n in range(4):
                answer = "met" if rng.random() < good else rng.choice(ANSWERS)
                rows.append(judgement(code, f"{place.point_type}-{n + 1}", answer, at, round_id=number + 1))
    return material(frame, rows, book)


def score(given: Material) -> ScoreBook:
    """The score of some material."""
    return reckon(given, Scope(), AS_OF)


def answered(given: Material, index: int, answer: str) -> Material:
    """The same city with one answer changed."""
    rows = list(given.judgements)
    rows[index] = replace(rows[index], answer=answer)
    return replace(given, judgements=tuple(rows))
