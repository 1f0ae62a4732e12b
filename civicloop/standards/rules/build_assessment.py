"""The sections that say how a standard judges, from pieces as written. They have been checked; here nothing is refused."""

from __future__ import annotations

from civicloop.standards.rules import assessment as a
from civicloop.standards.rules.build import Raw, text


def big_question(raw: Raw) -> a.BigQuestion:
    """One of the five questions, with the aspects that answer it."""
    return a.BigQuestion(raw["key"], text(raw["name"]), tuple(raw["aspects"]))


def disorder(raw: Raw) -> a.Disorder:
    """One of the ten disorders."""
    return a.Disorder(raw["key"], text(raw["name"]))


def _criterion(raw: Raw) -> a.Criterion:
    return a.Criterion(
        code=raw["code"],
        text=text(raw["text"]),
        method=raw["method"],
        weight=float(raw["weight"]),
        sure=raw["sure"],
        items=tuple(raw.get("items", ())),
        line=raw.get("line", ""),
    )


def project(raw: Raw) -> a.Project:
    """A project with its contents and criteria."""
    contents = tuple(
        a.Content(one["code"], text(one["name"]), tuple(_criterion(criterion) for criterion in one["criteria"]))
        for one in raw["contents"]
    )
    return a.Project(raw["code"], text(raw["name"]), float(raw["weight"]), raw["sure"], contents)


def sample(raw: Raw) -> a.AssessmentSample:
    """The sample that assessors draw."""
    rows = tuple(
        a.SampleRow(row["point_type"], row["points"], float(row["weight"]), row["sure"]) for row in raw["rows"]
    )
    return a.AssessmentSample(rows, text(raw["source"]), raw["sure"])


def _deduction(raw: Raw) -> a.Deduction:
    return a.Deduction(
        key=raw["key"],
        name=text(raw["name"]),
        event=raw["event"],
        ladder=tuple(a.LadderStep(step["from_count"], float(step["points"])) for step in raw["ladder"]),
        sure=raw["sure"],
        source=raw.get("source", ""),
        at_most=float(raw["at_most"]) if "at_most" in raw else None,
    )


def scoring(raw: Raw) -> a.ScoringRules:
    """The rules of scoring."""
    repeat = raw.get("repeat")
    return a.ScoringRules(
        methods={method: float(share) for method, share in raw["methods"].items()},
        sure=raw["sure"],
        floor=float(raw.get("floor", 0)),
        cap=float(raw.get("cap", 100)),
        target=float(raw.get("target", 90)),
        repeat=a.Repeat(repeat["within_days"], float(repeat["factor"])) if repeat else None,
        vetoes=tuple(a.Veto(veto["item"], float(veto["cap"])) for veto in raw.get("vetoes", ())),
        deductions=tuple(_deduction(one) for one in raw.get("deductions", ())),
    )


def negative_clause(raw: Raw) -> a.NegativeClause:
    """A clause of the negative list."""
    return a.NegativeClause(
        code=raw["code"],
        text=text(raw["text"]),
        consequence=raw["consequence"],
        window_months=raw["window_months"],
        sure=raw["sure"],
        points=float(raw.get("points", 0)),
    )
