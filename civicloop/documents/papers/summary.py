"""工作总结: a period in full sentences from the house's own data. A part of which there are no data is not mentioned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civicloop.documents.figures.counts import Counted, counted, handled, pressure
from civicloop.documents.figures.duties import duties
from civicloop.documents.figures.estates import Looked, estates
from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.indicators import standard
from civicloop.documents.figures.places import places, problems_at, road_classes
from civicloop.documents.figures.scores import scores
from civicloop.documents.figures.typical import well_done
from civicloop.documents.figures.visits import seen
from civicloop.documents.papers import brief, charts, parts
from civicloop.documents.rules.body import Attachment, Block, Column, Document, Table
from civicloop.documents.rules.figures import Found, PlaceCount, Scores, Seen
from civicloop.documents.rules.kinds import Asked
from civicloop.documents.rules.sentences import duties as about_duties
from civicloop.documents.rules.sentences import problems as about
from civicloop.documents.rules.sentences import scores as about_scores
from civicloop.documents.rules.sentences import visits as about_visits
from civicloop.documents.rules.sentences.numerals import percent, share
from civicloop.documents.rules.sentences.pressure import pressed
from civicloop.documents.rules.sentences.standards import taken_apart
from civicloop.standards.reference import Reference

MOST_PHOTOS = 4
Places = Mapping[str, Sequence[PlaceCount]]


def collect(asked: Asked, ref: Reference) -> Document:
    """The summary of a period, of the city or of a unit. Option `photos`: how many pairs of before and after at most."""
    frame = Frame(asked, ref)
    saw, count, where = seen(frame), counted(frame), places(frame)
    rated = scores(frame) if saw.judged else None
    looked = estates(frame)
    known: dict[str, object] = {"count": count.total.found, "closed": count.total.closed, "visits": saw.visits}
    pairs = [
        pair for row in well_done(frame, int(frame.option("photos", MOST_PHOTOS))) if (pair := parts.before_after(row))
    ]
    blocks: list[Block | None] = [
        *parts.texts(frame, "opening", **known),
        *parts.section("责任落实情况", *_duties(frame, where)),
        *parts.section("标准分解情况", *_standard(frame)),
        *parts.section("督查检查情况", *_visits(frame, saw, rated)),
        *parts.section("问题整改情况", *_problems(frame, count)),
        *parts.section("小区清单检查情况", *_estates(looked)),
        *parts.section("日常管理情况", *_standing(frame, where)),
        *parts.section("文明实践和宣传情况", *_practice(where)),
        *parts.section("整改前后对比", *pairs),
        *parts.section("存在问题", *_left(count.total, saw)),
        *parts.section("下一步工作", *parts.texts(frame, "plans", **known)),
        parts.note(frame, "问题数按发现时间统计，作废、并案的不计入", about_scores.rule(rated) if rated else ""),
    ]
    about_whom = frame.unit_name or frame.text("city")
    title = f"{about_whom}{frame.when}创建工作总结"
    return parts.document(frame, title, blocks, style="plain", attachments=_attachments(saw, count), values=known)


def _duties(frame: Frame, where: Places) -> list[str]:
    numbers = duties(frame)
    told = about_duties.units(numbers) + about_duties.ground(numbers)
    return [
        told,
        about_duties.counted(where.get("estates", ()), "包联管理"),
        about_duties.counted(where.get("streets", ()), "包保"),
    ]


def _standard(frame: Frame) -> list[str]:
    found = standard(frame)
    return [taken_apart(found)] if found is not None else []


def _visits(frame: Frame, saw: Seen, rated: Scores | None) -> list[str]:
    told = [about_visits.visited(saw, frame.when, "督查检查") + about_visits.judged(saw)]
    if saw.visits:
        told.append(about_visits.by_type(saw.types) + about_visits.led_to(saw))
    if rated is not None:
        told.append(about_scores.city(rated, "", frame.unit_name or "全市") + about_scores.questions(rated.questions))
    return told


def _problems(frame: Frame, count: Counted) -> list[Block | str | None]:
    rates = handled(frame)
    return [
        about.found(count.total, frame.when, before=count.before, year_before=count.year_before),
        about.by_source(count.by_source) + about.extras(count.total),
        about.by_category(count.by_category),
        charts.categories(count.by_category),
        about.rates(rates.total, {}, rates.year_before) if count.total.found else "",
        pressed(pressure(frame)),
    ]


def _estates(looked: Looked) -> list[Block | str | None]:
    """What the estate checklist found, item by item."""
    if not looked.points:
        return []
    head = f"对{looked.points}个小区逐项检查，判定{looked.judged}项次，不符合{looked.failed}项次。"
    if not looked.failed:
        head = f"对{looked.points}个小区逐项检查，判定{looked.judged}项次，未发现不符合项。"
    heads = (("序号", 0.9), ("检查内容", 5.2), ("检查小区（个）", 1.4), ("不符合（个）", 1.3))
    rows = tuple(
        (str(place), about_visits.cut(item.text), str(item.judged), str(item.failed) if item.failed else "—")
        for place, item in enumerate(looked.items, start=1)
    )
    columns = tuple(Column(name, width, "right" if place > 1 else "left") for place, (name, width) in enumerate(heads))
    return [head, Table(columns, rows, "小区清单检查结果", size=9.0)]


def _standing(frame: Frame, where: Places) -> list[str]:
    """Shop fronts and sanitation."""
    told = []
    if shops := where.get("shops"):
        numbers = problems_at(frame, "shop_front")
        told.append(about_duties.counted(shops, "落实门前三包责任制，登记") + about_duties.corrected(numbers))
    if ground := where.get("sanitation"):
        told.append(about_duties.counted(ground, "环卫作业范围内有") + about_duties.roads(road_classes(frame)))
    return told


def _practice(where: Places) -> list[str]:
    return [
        about_duties.counted(where.get("practice", ()), "建有"),
        about_duties.counted(where.get("publicity", ()), "宣传阵地方面，有"),
    ]


def _left(total: Found, saw: Seen) -> list[str]:
    """What is not done yet, and what fails most: only what the figures show."""
    told = []
    if total.open:
        late = f"，其中超期{total.overdue}件" if total.overdue else ""
        told.append(f"尚有{total.open}件问题未销号，占发现问题的{share(total.open, total.found)}{late}。")
    if total.suspended:
        told.append(f"挂账{total.suspended}件，需通过改造项目或联合会商逐步解决。")
    if total.repeated:
        told.append(f"反复出现的问题{total.repeated}件，占{percent(total.repeated / total.found)}。")
    told += about_visits.worst(saw.items, 3)
    return told or ["本期未发现遗留问题。"]


def _attachments(saw: Seen, count: Counted) -> tuple[Attachment, ...]:
    told = []
    if len(count.by_category) > 1:
        heads = (("类别", 3.6), ("发现（件）", 1.2), ("销号（件）", 1.2), ("销号率", 1.2), ("反复（件）", 1.2))
        rows = tuple(
            (
                row.name,
                str(row.numbers.found),
                str(row.numbers.closed),
                percent(row.numbers.rate),
                str(row.numbers.repeated),
            )
            for row in count.by_category
        )
        columns = tuple(Column(name, width, "right" if place else "left") for place, (name, width) in enumerate(heads))
        told.append(Attachment("问题分类统计表", (Table(columns, rows),)))
    if saw.types:
        told.append(Attachment("各类点位检查情况", (brief.types(saw),)))
    return tuple(told)
