"""周暗访简报: what a week's secret visits saw."""

from __future__ import annotations

from collections.abc import Sequence

from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.problems import problems
from civicloop.documents.figures.scores import scores
from civicloop.documents.figures.typical import typical
from civicloop.documents.figures.visits import examples, seen
from civicloop.documents.papers import charts, parts
from civicloop.documents.rules.body import Attachment, Block, Column, Document, Paragraph, Table
from civicloop.documents.rules.figures import Example, Problem, Scores, Seen
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences import scores as about_scores
from civicloop.documents.rules.sentences import visits as about
from civicloop.documents.rules.sentences.numerals import listed, percent
from civicloop.standards.reference import Reference

MOST_PHOTOS, MOST_LISTED, MOST_ITEMS, MOST_IN_TABLE = 8, 60, 5, 15


def collect(asked: Asked, ref: Reference) -> Document:
    """The brief of a week or any other period. Option `photos`: how many examples at most."""
    frame = Frame(asked, ref)
    saw = seen(frame)
    rated = scores(frame, compared=False) if saw.judged else None
    most = int(frame.option("photos", MOST_PHOTOS))
    found = frame.found().filter(source="inspection")
    many = found.count()
    rows = list(problems(found.order_by("reported_at", "id")[:MOST_LISTED], frame))
    known: dict[str, object] = {"visits": saw.visits, "points": saw.points, "count": many, "failed": saw.failed}
    blocks: list[Block | None] = [
        *parts.texts(frame, "opening", **known),
        *parts.section("暗访开展情况", *overview(frame, saw, rated)),
        *parts.section("发现的主要问题", *faults(saw)),
        *parts.section("典型问题", *_shown(frame, examples(frame, good=False, most=most), most)),
        *parts.section("做得较好的点位", *pictures(examples(frame, good=True, most=max(2, most // 2)))),
        *(parts.section("下步要求", *parts.texts(frame, "demands", **known)) if saw.visits else ()),
        parts.note(frame, *_rule(saw, rated)),
    ]
    attached = (_attached(rows, many),) if rows else ()
    return parts.document(frame, f"{frame.when}暗访情况简报", blocks, attachments=attached, values=known, suffix="简报")


def overview(frame: Frame, saw: Seen, rated: Scores | None) -> list[Block | str]:
    """How many visits, judgements, the rate with its interval, what the failures led to, and the table by type."""
    if not saw.visits:
        return [about.visited(saw, frame.when)]
    told = about.visited(saw, frame.when) + about.judged(saw)
    if rated is not None:
        told += about_scores.city(rated, "", frame.unit_name or "全市")
    return [told, about.by_type(saw.types) + about.led_to(saw), types(saw, "各类点位检查情况")]


def types(saw: Seen, caption: str = "") -> Table:
    """Points, judgements and failures by type of point: counts; shares of a few points would claim too much."""
    heads = (("点位类型", 3.4), ("检查点位（个）", 1.6), ("判定（项次）", 1.6), ("不符合（项次）", 1.6))
    rows = tuple((about.short(one.name), str(one.points), str(one.judged), str(one.failed)) for one in saw.types)
    columns = tuple(Column(name, width, "left" if not place else "right") for place, (name, width) in enumerate(heads))
    return Table(columns, rows, caption)


def faults(saw: Seen) -> list[Block | str | None]:
    """Failures by question and the items that failed most."""
    if not saw.visits:
        return []
    if not saw.failed:
        return ["本期暗访未发现不符合标准的问题。"]
    return [about.by_question(saw.items), charts.questions(saw), *about.worst(saw.items, MOST_ITEMS), items(saw)]


def items(saw: Seen) -> Table | None:
    """All failed items, most first; left out where the sentences have told them all."""
    failed = [item for item in saw.items if item.failed]
    if len(failed) <= MOST_ITEMS:
        return None
    heads = (
        ("序号", 0.8),
        ("检查内容", 5.2),
        ("方面", 1.5),
        ("不符合（项次）", 1.2),
        ("判定（项次）", 1.2),
        ("占比", 1.1),
    )
    rows = tuple(
        (
            str(place), about.cut(item.text), item.question, str(item.failed), str(item.judged),
            percent(item.failed / item.judged) if item.judged else "—",
        )
        for place, item in enumerate(failed[:MOST_IN_TABLE], start=1)
    )  # fmt: skip
    columns = tuple(Column(name, width, "right" if place > 2 else "left") for place, (name, width) in enumerate(heads))
    return Table(columns, rows, "不符合项次居前的检查内容", size=9.0)


def pictures(rows: Sequence[Example]) -> list[Block]:
    """Observations with their photos."""
    return parts.gallery((row.pictures, f"{row.place}{_of(row.unit)}：{about.cut(row.what)}") for row in rows)


def cases(rows: Sequence[Problem]) -> list[Block]:
    """Problems with the photo of what was found."""
    return parts.gallery(
        (row.before, f"{row.place}{_of(row.unit)}：{about.cut(row.what or row.category)}") for row in rows
    )


def _of(unit: str) -> str:
    return f"（{unit}）" if unit else ""


def _shown(frame: Frame, rows: Sequence[Example], most: int) -> list[Block]:
    """Failed observations with photos; where the photos lie with the problems they became, those."""
    return pictures(rows) or cases(typical(frame, most, "inspection"))


def _attached(rows: Sequence[Problem], many: int) -> Attachment:
    cells = (parts.NUMBER, parts.PLACE, parts.WHAT, parts.UNIT, parts.DUE, parts.STATE)
    left = parts.left_out(many, len(rows))
    more = (Paragraph(f"{left}。", how="note"),) if left else ()
    return Attachment("暗访发现问题清单", (parts.table(rows, cells, size=9.0), *more))


def _rule(saw: Seen, rated: Scores | None) -> tuple[str, ...]:
    if not saw.visits:
        return ()
    rounds = f"检查来自{listed(saw.rounds, 3, '个轮次')}"
    twice = "同一点位两人分别检查的，按首次计"
    return (rounds, twice, about_scores.rule(rated)) if rated is not None else (rounds, twice)
