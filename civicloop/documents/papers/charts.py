"""Which figures are drawn, with the drawing of `documents.charts`. A chart stands only where it says more than its sentence."""

from __future__ import annotations

from collections.abc import Sequence

from civicloop.documents import charts
from civicloop.documents.rules.body import Chart
from civicloop.documents.rules.figures import FoundIn, Group, Part, Seen

MOST_BARS, FEWEST = 8, 3


def questions(saw: Seen) -> Chart | None:
    """Failures by question; left out with fewer than three questions."""
    failed: dict[str, int] = {}
    for item in saw.items:
        if item.failed and item.question:
            failed[item.question] = failed.get(item.question, 0) + item.failed
    if len(failed) < FEWEST:
        return None
    order = sorted(failed.items(), key=lambda pair: (-pair[1], pair[0]))
    title = "不符合项分方面数量（项次）"
    return Chart(charts.bars([charts.Value(name, many) for name, many in order], title=title, digits=0), title)


def parts(rows: Sequence[Part], title: str) -> Chart | None:
    """The five questions as a star, with the period before where all are known; fewer than three are left to the sentence."""
    if len(rows) < FEWEST:
        return None
    values = [charts.Value(row.name, row.rated.value, row.rated.low, row.rated.high) for row in rows]
    old = [row.before for row in rows]
    note = "虚线为上期。" if all(one is not None for one in old) else ""
    return Chart(charts.radar(values, title=title, before=old), title, 110, note)


def group(told: Group) -> Chart | None:
    """A group's scores with their intervals; two units are left to the table."""
    if len(told.rows) < FEWEST:
        return None
    title = f"{told.name}组得分及95%区间"
    values = [charts.Value(row.name, row.rated.value, row.rated.low, row.rated.high) for row in told.rows]
    return Chart(
        charts.dots(values, title=title), title, note="横轴按得分范围截取；横线为95%区间，区间重叠的单位不分先后。"
    )


def categories(rows: Sequence[FoundIn]) -> Chart | None:
    """The commonest categories of the problems found."""
    told = [row for row in rows if row.numbers.found][:MOST_BARS]
    if len(told) < FEWEST:
        return None
    title = "问题类别数量（件）"
    values = [charts.Value(row.name, row.numbers.found) for row in told]
    return Chart(charts.bars(values, title=title, digits=0), title)
