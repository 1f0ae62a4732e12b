"""What the checklist of residential estates found in a period, item by item."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from civicloop.documents.figures.frame import Frame
from civicloop.documents.figures.visits import judged
from civicloop.documents.rules.figures import ItemFaults
from civicloop.inspection.models import Observation
from civicloop.standards import editions

# The type of the civilised-city pack, and local types of place that are estates.
ESTATES = ("WM05", "estate", "old_estate", "unmanaged_estate", "family_yard")


@dataclass(frozen=True, slots=True)
class Looked:
    """Estates visited, judgements, failures, and the items in the order of the list."""

    points: int
    judged: int
    failed: int
    items: tuple[ItemFaults, ...]


def estates(frame: Frame) -> Looked:
    """Two statements; one more for an edition not in memory."""
    visits = judged(frame).filter(point_type__in=ESTATES).order_by()
    points = visits.aggregate(many=Count("point", distinct=True))["many"]
    if not points:
        return Looked(0, 0, 0, ())
    rows = Observation.objects.filter(visit__in=visits.values("pk"), answer__in=("met", "not_met")).exclude(item="")
    counts: dict[str, tuple[int, int]] = {}
    edition = 0
    grouped = rows.order_by().values_list("item", "visit__round__edition_id").annotate(
        all=Count("visit__point", distinct=True), bad=Count("visit__point", distinct=True, filter=Q(answer="not_met")),
    )  # fmt: skip
    for item, of_edition, all_, bad in grouped:
        old = counts.get(item, (0, 0))
        counts[item] = (old[0] + all_, old[1] + bad)
        edition = max(edition, of_edition)
    book = editions.book(edition) if edition else None
    texts = {code: item.text.zh_Hans for code, item in book.items.items()} if book else {}
    order = {code: place for place, code in enumerate(texts)}
    items = tuple(
        ItemFaults(code, texts.get(code, code), "", *counts[code])
        for code in sorted(counts, key=lambda code: (order.get(code, len(order)), code))
    )
    return Looked(points, sum(one.judged for one in items), sum(one.failed for one in items), items)
