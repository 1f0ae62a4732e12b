"""From pieces as written to the frozen values of `shapes`. They have been checked already; here nothing is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from civicloop.kernel.worktime import Limit, LimitUnit
from civicloop.standards.rules import shapes as s

Raw = Mapping[str, Any]


def text(raw: Raw) -> s.Text:
    """Words in the pack's languages."""
    return s.Text(raw["zh_Hans"], raw.get("en", ""))


def _text_or_none(raw: Raw | None) -> s.Text | None:
    return text(raw) if raw else None


def limit(raw: Raw) -> Limit:
    """A time limit; hours may be parts of an hour, days are whole."""
    amount = raw["amount"]
    return Limit(int(amount) if amount == int(amount) else Decimal(str(amount)), LimitUnit(raw["unit"]))


def _limit_or_none(raw: Raw | None) -> Limit | None:
    return limit(raw) if raw else None


def line(raw: Raw) -> s.Line:
    """A function of departments."""
    return s.Line(raw["key"], text(raw["name"]))


def major(raw: Raw) -> s.Major:
    """A major class."""
    return s.Major(raw["kind"], raw["code"], text(raw["name"]), raw.get("sure", "read"))


def _condition(raw: Raw) -> s.Condition:
    limits = {area: limit(raw["limits"][area]) for area in s.AREA_CLASSES}
    return s.Condition(raw["code"], text(raw["when"]), text(raw["closing"]), limits, raw["sure"])


def _question(raw: Raw) -> s.Question:
    values = tuple(s.Choice(value["key"], text(value["name"])) for value in raw.get("values", ()))
    asked = text(raw["question"])
    return s.Question(raw["code"], asked, raw["datatype"], raw["required"], _text_or_none(raw.get("help")), values)


def standard_text(raw: Raw) -> s.StandardText:
    """A text offered at a state."""
    return s.StandardText(raw["code"], raw["state"], text(raw["title"]), text(raw["body"]))


def category(raw: Raw) -> s.Category:
    """A category whose defaults have been filled in."""
    return s.Category(
        kind=raw["kind"],
        code=raw["code"],
        name=text(raw["name"]),
        major=raw["major"],
        line=raw["line"],
        conditions=tuple(_condition(condition) for condition in raw["conditions"]),
        photos=s.Photos(raw["photos"]["report"], raw["photos"]["rectify"]),
        sure=raw.get("sure", "read"),
        radius_m=raw.get("radius_m"),
        duplicate_days=raw.get("duplicate_days"),
        recurrence_days=raw.get("recurrence_days"),
        hints=tuple(s.Hint(hint["code"], text(hint["text"])) for hint in raw.get("hints", ())),
        questions=tuple(_question(question) for question in raw.get("questions", ())),
        texts=tuple(standard_text(one) for one in raw.get("texts", ())),
    )


def crossing(raw: Raw) -> s.Crossing:
    """An old name and its present categories."""
    to = tuple(s.Target(target["pack"], target["kind"], target["code"]) for target in raw["to"])
    return s.Crossing(raw["kind"], raw["name"], raw.get("code", ""), raw["match"], to, raw["sure"])


def point_type(raw: Raw) -> s.PointType:
    """A kind of place."""
    like, held_by = raw.get("like", ""), raw.get("line", "")
    return s.PointType(raw["code"], text(raw["name"]), raw["list"], raw["sure"], like, held_by)


def _count(raw: Raw | None) -> s.Count | None:
    if raw is None:
        return None
    return s.Count(text(raw["what"]), raw["compare"], float(raw["value"]), raw["unit"], raw.get("per_m"))


def _checklist_item(raw: Raw) -> s.ChecklistItem:
    return s.ChecklistItem(
        code=raw["code"],
        text=text(raw["text"]),
        how=raw["how"],
        aspect=raw["aspect"],
        sure=raw["sure"],
        counts=_count(raw.get("counts")),
        exceptions=tuple(text(one) for one in raw.get("exceptions", ())),
        becomes=raw.get("becomes", ""),
        disorder=raw.get("disorder", ""),
        weight=float(raw.get("weight", 1.0)),
        photo=raw.get("photo", "when_failed"),
        observe=_text_or_none(raw.get("observe")),
    )


def checklist(raw: Raw) -> s.Checklist:
    """A list of things to judge."""
    items = tuple(_checklist_item(item) for item in raw["items"])
    return s.Checklist(raw["code"], text(raw["name"]), tuple(raw["applies_to"]), items)


def indicator(raw: Raw) -> s.Indicator:
    """A figure to reach."""
    return s.Indicator(
        code=raw["code"],
        section=raw["section"],
        name=text(raw["name"]),
        compare=raw["compare"],
        value=raw["value"] if isinstance(raw["value"], str) else float(raw["value"]),
        unit=raw["unit"],
        source=text(raw["source"]),
        year=raw["year"],
        sure=raw["sure"],
        or_else=_text_or_none(raw.get("or_else")),
        line=raw.get("line", ""),
    )


def sampling(raw: Raw) -> s.Sampling:
    """The table of sites by size of city."""
    sizes = (s.CitySize(z["key"], text(z["name"]), z["from_people"], z.get("below_people")) for z in raw["sizes"])
    rows = (
        s.SamplingRow(row["code"], text(row["name"]), dict(row["sites"]), row["complete"], row.get("part_of", ""))
        for row in raw["rows"]
    )
    return s.Sampling(tuple(sizes), tuple(rows), text(raw["source"]), raw["year"], raw["sure"])


def _whistles(raws: Iterable[Raw]) -> Iterable[s.Whistle]:
    for raw in raws:
        shortest, longest = _limit_or_none(raw.get("shortest")), _limit_or_none(raw.get("longest"))
        yield s.Whistle(raw["kind"], text(raw["name"]), limit(raw["arrive"]), raw["sure"], shortest, longest)


def _ladder(raws: Iterable[Raw]) -> Iterable[s.Rung]:
    for raw in raws:
        yield s.Rung(
            raw["key"], text(raw["name"]), raw["tell"], raw.get("fraction"), _limit_or_none(raw.get("after_due"))
        )


def parameters(raw: Raw) -> s.Parameters:
    """The numbers of the loops."""
    return s.Parameters(
        stages={stage: limit(given) for stage, given in raw["stages"].items()},
        escalation=tuple(_ladder(raw["escalation"])),
        return_within=limit(raw["return"]["within"]),
        return_at_most=raw["return"]["at_most"],
        duplicate_radius_m=raw["duplicate"]["radius_m"],
        duplicate_days=raw["duplicate"]["days"],
        recurrence_radius_m=raw["recurrence"]["radius_m"],
        recurrence_window_days=raw["recurrence"]["window_days"],
        recurrence_limit_factor=raw["recurrence"]["limit_factor"],
        whistles=tuple(_whistles(raw["whistles"])),
        appeal_within=limit(raw["appeal"]["within"]),
        extend_at_most=raw["extend"]["at_most"],
        extend_limit_factor=raw["extend"]["limit_factor"],
        suspend_review_days=raw["suspend"]["review_days"],
    )
