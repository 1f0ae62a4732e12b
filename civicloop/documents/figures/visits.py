"""What visits of a period saw: counts only. The rate is an estimate and comes from scoring, which weights by stratum."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from civicloop.documents.figures.frame import Frame, local
from civicloop.documents.rules.figures import Example, ItemFaults, Seen, TypeSeen
from civicloop.documents.rules.sentences.words import ROUNDS, word
from civicloop.inspection.models import Observation, ObservationPhoto, Visit
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook

MOST_EXAMPLES = 12


@dataclass(frozen=True)
class Row:
    """Answers of one kind to one item at points of one type."""

    item: str
    point_type: str
    edition: int
    answer: str
    many: int


def visits(frame: Frame) -> QuerySet[Visit]:
    """Visits of the days asked about, to points of the units asked about; of a double visit the first one counts."""
    rows = Visit.objects.filter(day__gte=frame.asked.start, day__lte=frame.asked.end, twin=None)
    if frame.units is None:
        return rows
    units = sorted(frame.units)
    then = Q(unit_id__in=units) | Q(block_id__in=units)  # as the place was when it was judged
    return rows.filter(then | Q(unit=None, point__unit_id__in=units))


def judged(frame: Frame) -> QuerySet[Visit]:
    """Those of them that were judged by the moment asked for."""
    return visits(frame).filter(state="judged", judged_at__lte=frame.as_of)


def seen(frame: Frame) -> Seen:
    """Everything the sentences and tables of a period need. Four statements, and one for each edition not in memory yet."""
    of_visits = judged(frame).order_by().aggregate(
        visits=Count("pk"), points=Count("point", distinct=True), inspectors=Count("inspector", distinct=True)
    )  # fmt: skip
    kinds: dict[str, int] = defaultdict(int)
    titles: dict[str, None] = {}
    missed = 0
    for kind, title, state, many in (
        visits(frame).order_by("round__starts_on", "round_id").values_list("round__kind", "round__title", "state")
        .annotate(many=Count("pk"))
    ):  # fmt: skip
        if state == "judged":
            kinds[kind] += many
            titles.setdefault(title)
        missed += many if state == "missed" else 0
    answers = _answers(frame)
    beside = _observations(frame).aggregate(
        commended=Count("pk", filter=Q(commended=True)), cases=Count("case", distinct=True),
        known=Count("case", filter=Q(case_known=True), distinct=True),
    )  # fmt: skip
    types, items = _by_type(frame, answers), _by_item(answers)
    many = {name: sum(row.many for row in answers if row.answer == name) for name in ANSWERS}
    return Seen(
        **of_visits, **beside, missed=missed, judged=many["met"] + many["not_met"], met=many["met"], failed=many["not_met"],
        not_applicable=many["not_applicable"], cannot_tell=many["cannot_tell"], rounds=tuple(titles),
        round_kinds={word(ROUNDS, kind): number for kind, number in kinds.items()}, types=types, items=items,
    )  # fmt: skip


ANSWERS = ("met", "not_met", "not_applicable", "cannot_tell")


def examples(frame: Frame, *, good: bool, most: int = MOST_EXAMPLES) -> tuple[Example, ...]:
    """Observations with photos: commended ones, or failed ones; one of each point, newest first. Two statements."""
    rows = _observations(frame).filter(commended=True) if good else _observations(frame).filter(answer="not_met")
    rows = rows.filter(photos__isnull=False).select_related("visit__point__unit", "visit__round").distinct()
    picked: dict[int | None, Observation] = {}
    for row in rows.order_by("-visit__day", "pk")[: most * 5]:
        picked.setdefault(row.visit.point_id, row)
    chosen = list(picked.values())[:most]
    photos: dict[int, list[str]] = defaultdict(list)
    for observation, sha256 in (
        ObservationPhoto.objects.filter(observation__in=chosen).order_by("pk").values_list("observation_id", "photo_id")
    ):
        photos[observation].append(sha256)
    return tuple(_example(row, photos[row.pk]) for row in chosen)


def _observations(frame: Frame) -> QuerySet[Observation]:
    return Observation.objects.filter(visit__in=judged(frame).order_by().values("pk")).order_by()


def _answers(frame: Frame) -> list[Row]:
    rows = _observations(frame).exclude(item="").values_list(
        "item", "visit__point_type", "visit__round__edition_id", "answer"
    )  # fmt: skip
    return [
        Row(item, kind or "", edition, answer, many)
        for item, kind, edition, answer, many in rows.annotate(many=Count("pk"))
    ]


def _by_type(frame: Frame, answers: list[Row]) -> tuple[TypeSeen, ...]:
    rows = judged(frame).exclude(point=None).order_by().values_list("point_type")
    points: dict[str, int] = dict(rows.annotate(many=Count("point", distinct=True)))
    names = {row.point_type: _type_name(row) for row in answers}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in answers:
        counts[row.point_type][0] += row.many * (row.answer in ("met", "not_met"))
        counts[row.point_type][1] += row.many * (row.answer == "not_met")
    told = [TypeSeen(code, names.get(code, code), many, *counts[code]) for code, many in points.items()]
    return tuple(sorted(told, key=lambda one: (-one.points, one.code)))


def _by_item(answers: list[Row]) -> tuple[ItemFaults, ...]:
    """Items with how often they were judged and failed, most failures first; texts are those of the edition that ruled."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    names: dict[str, tuple[str, str, str]] = {}
    for row in answers:
        counts[row.item][0] += row.many * (row.answer in ("met", "not_met"))
        counts[row.item][1] += row.many * (row.answer == "not_met")
        names.setdefault(row.item, _item_name(row))
    told = [
        ItemFaults(code, names[code][0], names[code][1], numbers[0], numbers[1], names[code][2])
        for code, numbers in counts.items()
    ]
    return tuple(sorted(told, key=lambda one: (-one.failed, one.code)))


def _book(edition: int) -> StandardBook:
    return editions.book(edition)


def _type_name(row: Row) -> str:
    found = _book(row.edition).point_types.get(row.point_type)
    return found.name.zh_Hans if found else row.point_type


def _item_name(row: Row) -> tuple[str, str, str]:
    """The text of the item, its question, and the checklist it stands in."""
    book = _book(row.edition)
    item = book.items.get(row.item)
    if item is None:
        return row.item, "", ""
    return item.text.zh_Hans, book.question_of(item).name.zh_Hans, book.checklist_of(item).name.zh_Hans


def _example(row: Observation, photos: list[str]) -> Example:
    visit = row.visit
    item = _book(visit.round.edition_id).items.get(row.item)
    what = row.note or (item.text.zh_Hans if item else "")
    day = local(visit.judged_at).date() if visit.judged_at else visit.day
    return Example(
        visit.point.name if visit.point else "", what, visit.point.unit.name if visit.point and visit.point.unit else "",
        tuple(photos[:2]), day,
    )  # fmt: skip
