"""Pages of a list in order of code, each beginning where the one before has ended: the last costs what the first one costs."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from civicloop.web.desk.paging import SIZE, Page

MARKS = ("after", "before", "end")
LONGEST = 60


def page_by_code(rows: QuerySet[Any], query: QueryDict, size: int = SIZE) -> Page:
    """The page that the query asks for with `after` or `before` a code, or `end`; `code` is unique. One statement."""
    after, before = (query.get(name, "")[:LONGEST] for name in ("after", "before"))
    backwards = not after and bool(before or query.get("end"))
    if after:
        rows = rows.filter(code__gt=after)
    elif before:
        rows = rows.filter(code__lt=before)
    found = list(rows.order_by("-code" if backwards else "code")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    ahead, behind = (bool(before), more) if backwards else (more, bool(after))

    def link(**marks: str) -> str:
        kept = query.copy()
        for name in MARKS:
            kept.pop(name, None)
        kept.update(marks)
        return "?" + kept.urlencode()

    return Page(
        rows=found,
        first=link() if behind else None,
        previous=link(before=found[0].code) if behind and found else None,
        next=link(after=found[-1].code) if ahead and found else None,
        last=link(end="1") if ahead else None,
    )
