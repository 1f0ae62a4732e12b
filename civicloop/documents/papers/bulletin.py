"""月度通报: the month's score, ranking, problems and their handling, who moved, typical finds with photos, what is demanded."""

from __future__ import annotations

from collections.abc import Sequence

from civicloop.documents.figures.counts import Counted, Handled, Pressure, counted, handled, pressure
from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.scores import scores
from civicloop.documents.figures.typical import typical, well_done
from civicloop.documents.figures.visits import examples, seen
from civicloop.documents.papers import brief, charts, parts
from civicloop.documents.rules.body import Attachment, Block, Column, Document, Table
from civicloop.documents.rules.figures import Example, FoundIn, Group, Problem, Rated, Scores, Seen
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences import problems as about
from civicloop.documents.rules.sentences import scores as about_scores
from civicloop.documents.rules.sentences import visits as about_visits
from civicloop.documents.rules.sentences.numerals import decimal, percent, share
from civicloop.documents.rules.sentences.pressure import pressed
from civicloop.standards.reference import Reference

MOST_PHOTOS = 10
MOST_IN_BODY = 12
"""Units whose table stands in the body; a longer one is attached with its chart."""


def collect(asked: Asked, ref: Reference) -> Document:
    """The bulletin of a month. At most 40 statements however many cases, units or visits. Option `photos`: examples at most."""
    frame = Frame(asked, ref)
    most = int(frame.option("photos", MOST_PHOTOS))
    saw = seen(frame)
    rated = scores(frame) if saw.judged else None
    count, rates = counted(frame), handled(frame)
    good, bad = examples(frame, good=True, most=most // 2), examples(frame, good=False, most=most)
    known: dict[str, object] = {"count": count.total.found, "closed": count.total.closed, "visits": saw.visits}
    blocks: list[Block | None] = [
        *parts.texts(frame, "opening", **known),
        *parts.section("测评情况", *_scored(frame, saw, rated)),
        *parts.section("问题办理情况", *_handled(frame, count, rates, pressure(frame))),
        *_moves(rates, rated),
        *parts.section("典型情况", *_typical(frame, good, bad, most)),
        *parts.section("存在的主要问题", *_weak(saw, count, rates)),
        *parts.section("下一步工作要求", *parts.texts(frame, "demands", **known)),
        parts.note(frame, *_rule(rated)),
    ]
    attached = _attachments(rated, count.by_unit, rates, saw)
    return parts.document(frame, f"关于{frame.when}创建工作情况的通报", blocks, attachments=attached, values=known)


def _scored(frame: Frame, saw: Seen, rated: Scores | None) -> list[Block | str | None]:
    """Visits, score, the five questions, and each group's table with intervals of rank."""
    told: list[Block | str | None] = [about_visits.visited(saw, frame.when, "督查检查") + about_visits.judged(saw)]
    if rated is None:
        return told
    told += [about_scores.city(rated, "", frame.unit_name or "全市") + about_scores.questions(rated.questions)]
    told.append(charts.parts(rated.questions, "五个方面得分"))
    for group in rated.groups:
        long = len(group.rows) > MOST_IN_BODY
        said = about_scores.ranking(group) + (f"具体得分见附件“{_attached_as(group)}”。" if long else "")
        told += [said] if long else [said, ranking(group), charts.group(group)]
    return told


def _attached_as(group: Group) -> str:
    return f"{group.name}组得分情况"


def ranking(group: Group) -> Table | None:
    """A group's ranking: ranks are intervals, ties are marked; one unit alone is no ranking."""
    if len(group.rows) < 2:
        return None
    heads = (("位次", 1.0), ("单位", 3.0), ("得分", 1.1), ("95%区间", 1.8), ("较上期", 1.1), ("检查点位（个）", 1.3))
    rows = tuple(
        (
            about_scores.place(row) + ("（并列）" if row.tied and row.first == row.last else ""), row.name,
            "—" if row.rated.value is None else decimal(row.rated.value), _interval(row.rated),
            _moved(row.rated.value, row.before), str(row.rated.n),
        )
        for row in group.rows
    )  # fmt: skip
    columns = tuple(
        Column(name, width, "left" if place == 1 else "center") for place, (name, width) in enumerate(heads)
    )
    return Table(*parts.slim(columns, rows), _attached_as(group), "位次为区间，区间重叠的单位不分先后。")


def _interval(rated: Rated) -> str:
    if rated.how == "census":
        return "全数检查"
    return "—" if rated.low is None or rated.high is None else f"{decimal(rated.low)}—{decimal(rated.high)}"


def _moved(now: float | None, before: float | None) -> str:
    if now is None or before is None:
        return "—"
    moved = decimal(now - before)
    return moved if moved.startswith("-") or not moved.strip("0.") else f"+{moved}"


def _handled(frame: Frame, count: Counted, rates: Handled, pressed_: Pressure) -> list[Block | str | None]:
    found = about.found(count.total, frame.when, before=count.before, year_before=count.year_before)
    return [
        found + about.by_source(count.by_source) + about.extras(count.total),
        about.by_category(count.by_category),
        charts.categories(count.by_category),
        about.rates(rates.total, rates.before, rates.year_before),
        pressed(pressed_),
    ]


def _moves(rates: Handled, rated: Scores | None) -> tuple[Block, ...]:
    """What rose and what fell, by score and by on-time rate."""
    rose, fell = about.movers(rates.units, rates.units_before)
    up, down = about_scores.moved(rated.groups) if rated is not None else ("", "")
    return parts.section("升降情况", up + rose, down + fell)


def _typical(frame: Frame, good: Sequence[Example], bad: Sequence[Example], most: int) -> list[Block]:
    """Good and bad with photos: observations first, else problems with photos of before and after."""
    well = brief.pictures(good) or _pairs(well_done(frame, most // 2))
    ill = brief.pictures(bad) or brief.cases(typical(frame, most))
    return [*parts.section("做得较好的", *well, level=2), *parts.section("问题较突出的", *ill, level=2)]


def _pairs(rows: Sequence[Problem]) -> list[Block]:
    return [pair for row in rows if (pair := parts.before_after(row)) is not None]


def _weak(saw: Seen, count: Counted, rates: Handled) -> list[str]:
    """What the figures show to be weak: failed items, overdue ones, what came back, rework. What they do not show is not said."""
    told = list(about_visits.worst(saw.items, 3))
    total, back = count.total, rates.total.get("sent_back_rate")
    if total.overdue:
        told.append(f"有{total.overdue}件问题超过时限仍未整改，占本期发现问题的{share(total.overdue, total.found)}。")
    if total.repeated:
        told.append(f"有{total.repeated}件问题反复出现，占本期发现问题的{share(total.repeated, total.found)}。")
    if back is not None and back.part:
        told.append(f"报称整改后经核查退回返工{back.part}件，返工率{share(back.part, back.whole)}。")
    return told


def _rule(rated: Scores | None) -> tuple[str, ...]:
    rates = "整改率、办结率按到期时间统计，到期前办结的计入到期所在期，作废、并案和挂账的不计入；销号率按发现时间统计"
    return (rates, about_scores.rule(rated)) if rated is not None else (rates,)


def _attachments(rated: Scores | None, units: Sequence[FoundIn], rates: Handled, saw: Seen) -> tuple[Attachment, ...]:
    told = []
    for group in rated.groups if rated is not None else ():
        if len(group.rows) > MOST_IN_BODY:
            shown = (ranking(group), charts.group(group))
            told.append(Attachment(_attached_as(group), tuple(block for block in shown if block is not None)))
    if units:
        told.append(Attachment("各责任单位问题办理情况", (by_units(units, rates),)))
    if saw.types:
        told.append(Attachment("各类点位检查情况", (brief.types(saw),)))
    return tuple(told)


def by_units(units: Sequence[FoundIn], rates: Handled) -> Table:
    """Each unit's problems and rates; a list in order of number, not a ranking."""
    heads = (
        ("单位", 3.0), ("发现", 0.9), ("销号", 0.9), ("销号率", 1.2), ("超期", 0.9), ("反复", 0.9), ("按期办结率", 1.5),
        ("返工率", 1.2),
    )  # fmt: skip
    own = {row.name: row.rates for row in rates.units}

    def rate(name: str, which: str) -> str:
        ratio = own.get(name, {}).get(which)
        return "—" if ratio is None else percent(ratio.value)

    rows = tuple(
        (
            row.name, str(row.numbers.found), str(row.numbers.closed), percent(row.numbers.rate), str(row.numbers.overdue),
            str(row.numbers.repeated), rate(row.name, "on_time_rate"), rate(row.name, "sent_back_rate"),
        )
        for row in units
    )  # fmt: skip
    columns = tuple(Column(name, width, "right" if place else "left") for place, (name, width) in enumerate(heads))
    return Table(*parts.slim(columns, rows), "", "按发现问题数列出，不作排名；“—”表示本期没有可统计的问题。", 9.0)
