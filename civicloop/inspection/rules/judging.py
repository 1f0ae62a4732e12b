"""Whether a sheet answers its checklist: every item once, each answer in agreement with what was counted and shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from civicloop.inspection.rules.answers import Answer, Sheet
from civicloop.kernel.refusal import Invalid
from civicloop.standards.rules.shapes import ChecklistItem, Count, Text

LOOK_BACK = "LOOKBACK"
JUDGED = ("met", "not_met")
LOOK_BACK_ITEM = ChecklistItem(
    code=LOOK_BACK,
    text=Text("结案后的问题未再出现", "What was put right is still in order"),
    how="look",
    aspect="environment",
    sure="high",
    photo="when_failed",
)
"""What a look-back visit asks: it stands on no checklist, because the place is that of a closed case."""


def check_sheet(sheet: Sheet, items: Sequence[ChecklistItem]) -> None:
    """Hold the sheet against the items of the visit. Raises Invalid; the field and `item` name the item at fault."""
    asked = {item.code: item for item in items}
    seen: set[str] = set()
    for number, answer in enumerate(sheet.answers):
        field = f"answers.{number}.item"
        if answer.item not in asked:
            raise Invalid(field, "item_unknown", item=answer.item)
        if answer.item in seen:
            raise Invalid(field, "item_twice", item=answer.item)
        seen.add(answer.item)
        check_answer(answer, asked[answer.item], f"answers.{number}.")
    missing = [item.code for item in items if item.code not in seen]
    if missing:
        raise Invalid("answers", "items_missing", item=missing[0], items=missing)


def check_answer(answer: Answer, item: ChecklistItem, where: str) -> None:
    """Count, answer, praise and photos of one item. Raises Invalid."""
    _check_count(answer, item, where)
    if answer.commended and answer.answer != "met":
        raise Invalid(f"{where}commended", "commended_but_not_met", item=item.code)
    if not answer.photos and needs_photo(item, answer.answer):
        raise Invalid(f"{where}photos", "item_photo_needed", item=item.code)


def needs_photo(item: ChecklistItem, answer: str) -> bool:
    """Whether the item's photo rule asks for a picture with this answer; what could not be seen needs none."""
    return (item.photo == "always" and answer in JUDGED) or (item.photo == "when_failed" and answer == "not_met")


def _check_count(answer: Answer, item: ChecklistItem, where: str) -> None:
    count = item.counts
    wanted = count is not None and answer.answer in JUDGED
    if not wanted:
        for name in ("count", "length_m"):
            if getattr(answer, name) is not None:
                raise Invalid(f"{where}{name}", "count_not_asked", item=item.code)
        return
    assert count is not None
    if answer.count is None:
        raise Invalid(f"{where}count", "count_needed", item=item.code)
    if count.per_m is None and answer.length_m is not None:
        raise Invalid(f"{where}length_m", "count_not_asked", item=item.code)
    if count.per_m is not None and not answer.length_m:
        raise Invalid(f"{where}length_m", "length_needed", item=item.code)
    found = "met" if reached(count, answer.count, answer.length_m) else "not_met"
    if found != answer.answer:
        raise Invalid(
            f"{where}answer", "answer_contradicts_count", item=item.code, kind=count.compare, count=_plain(answer.count),
            needed=_plain(threshold(count, answer.length_m)),
        )  # fmt: skip


def _plain(number: Decimal) -> str:
    """A number as a person writes it, to two places: 1, 4.2, 0.67."""
    told = f"{number:.2f}"
    return told.rstrip("0").rstrip(".")


def threshold(count: Count, length_m: Decimal | None) -> Decimal:
    """The number to reach, or not to pass: `value`, or `value` for every `per_m` metres in proportion to those walked.

    Three for every 500 metres are 4.2 over 700, so that four are not enough. The forms of `standards.xlsform` say the same.
    """
    value = Decimal(str(count.value))
    return value if count.per_m is None or length_m is None else value * length_m / count.per_m


def reached(count: Count, counted: Decimal, length_m: Decimal | None) -> bool:
    """Whether what was counted is enough (`at_least`), or not too much (`at_most`)."""
    needed = threshold(count, length_m)
    return counted <= needed if count.compare == "at_most" else counted >= needed


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two judges over the same objects: (observed − expected) / (1 − expected) agreement, -1 to 1.

    None without pairs, or when both gave everything the same answer, so that chance alone would agree. Source: J. Cohen,
    A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960).
    """
    told = list(pairs)
    if not told:
        return None
    count = len(told)
    observed = sum(one == other for one, other in told) / count
    firsts, seconds = [one for one, _ in told], [other for _, other in told]
    expected = sum(firsts.count(name) * seconds.count(name) for name in {*firsts, *seconds}) / count**2
    return None if expected == 1 else (observed - expected) / (1 - expected)
