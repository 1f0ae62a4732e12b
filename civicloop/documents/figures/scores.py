"""What scoring says of the period, in the shape sentences read: one call of `scoring.queries.score`, and one for the period before
where its score was not published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from civicloop.documents.figures.frame import Frame, days_before, period_of, year_earlier
from civicloop.documents.rules.figures import Group, Part, Ranked, Rated, Scores
from civicloop.documents.rules.sentences.numerals import span
from civicloop.documents.rules.sentences.words import GROUPS, word
from civicloop.scoring.models import Publication
from civicloop.scoring.queries import book_data, score
from civicloop.scoring.rules.shapes import Estimate, GroupRanking, Node, Scope, ScoreBook

Plain = Mapping[str, Any]
"""A published score as it is kept (`scoring.rules.plain.book_data`)."""


def scores(frame: Frame, *, compared: bool = True) -> Scores | None:
    """The score of the period asked about, and (if `compared`) of the period before and of the same days a year before.

    Of the earlier periods what was published for exactly those days counts. Where nothing was published for the period before, its
    score is reckoned now from what was known at its end: rounds need not begin and end with the month. None where nothing was
    judged. For a unit, the unit's own score stands in place of the city's, without groups. At most as many statements as two
    `scoring.queries.score`, and one.
    """
    book = score(Scope(start=frame.asked.start, end=frame.asked.end), as_of=frame.asked.as_of, ref=frame.ref)
    if not book.observations:
        return None
    before, year = _published(frame) if compared else ({}, {})
    how = "取上期已公布的得分" if before else ""
    if compared and not before:
        before, how = _reckoned(frame)
    return told(book, before, year, frame.asked.unit_id, how)


def told(book: ScoreBook, before: Plain, year: Plain, unit_id: int | None = None, how: str = "") -> Scores | None:
    """The book as sentences read it, against earlier ones as plain data. Plain work on values."""
    own = book.city if unit_id is None else book.unit(unit_id)
    if own is None or own.value is None:
        return None
    groups = book.groups if unit_id is None else ()
    return Scores(
        city=_rated(own.estimate),
        before=_value(before.get("city")) if unit_id is None else _earlier(before, own),
        year_before=_value(year.get("city")) if unit_id is None else _earlier(year, own),
        groups=tuple(_group(group, before) for group in groups if group.rows),
        questions=_parts(book.questions, before) if unit_id is None else (),
        types=_parts(book.types, before) if unit_id is None else (),
        edition=f"{book.edition.title}（{book.edition.name}）", rule=book.rule_digest, target=book.target,
        observations=book.observations, points=book.points, visits=book.visits,
        before_how=how,
    )  # fmt: skip


def _published(frame: Frame) -> tuple[Plain, Plain]:
    """The newest publications of exactly the earlier periods, as they were kept; empty where none was published."""
    whole = days_before(frame.asked.start, frame.asked.end)
    years = (year_earlier(frame.asked.start), year_earlier(frame.asked.end))
    wanted = Q()
    for start, end in (whole, years):
        wanted |= Q(scope__start=start.isoformat(), scope__end=end.isoformat())
    rows = Publication.objects.filter(wanted, published_at__lte=frame.asked.as_of).order_by("published_at", "id")
    found = {(scope["start"], scope["end"]): content for scope, content in rows.values_list("scope", "content")}
    before, year = (found.get((start.isoformat(), end.isoformat()), {}) for start, end in (whole, years))
    return before, year


def _reckoned(frame: Frame) -> tuple[Plain, str]:
    """The score of the period before as of its own end, and words that say so; empty where nothing was judged then."""
    start, end = days_before(frame.asked.start, frame.asked.end)
    book = score(Scope(start=start, end=end), as_of=period_of(start, end).end, ref=frame.ref)
    if not book.observations:
        return {}, ""
    return book_data(book), f"所用上期得分未曾公布，按{span(start, end)}的检查结果、上期期末时点计算"


def _value(node: Plain | None) -> float | None:
    return None if node is None else node["estimate"].get("value")


def _earlier(book: Plain, node: Node) -> float | None:
    return _value(next((one for one in book.get("units", ()) if one["key"] == node.key), None))


def _rated(estimate: Estimate) -> Rated:
    return Rated(estimate.value, estimate.low, estimate.high, estimate.n, estimate.how)


def _group(group: GroupRanking, before: Plain) -> Group:
    same = next((one for one in before.get("groups", ()) if one["key"] == group.key), {"rows": ()})
    old = {row["code"]: _value(row) for row in same["rows"]}
    rows = tuple(
        Ranked(row.name, _rated(row.estimate), row.rank_low, row.rank_high, bool(row.tied_with), old.get(row.code))
        for row in group.rows
    )
    return Group(group.key, word(GROUPS, group.key), rows)


def _parts(nodes: tuple[Node, ...], before: Plain) -> tuple[Part, ...]:
    old = {one["key"]: _value(one) for name in ("questions", "types") for one in before.get(name, ())}
    return tuple(
        Part(node.key, node.name, _rated(node.estimate), old.get(node.key)) for node in nodes if node.value is not None
    )
