"""Notices as sentences: a notice keeps a kind and data, the page writes the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from civicloop.loops.matters import known
from civicloop.loops.models import Notice
from civicloop.notify.words import said
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.timewords import moment

# Where the desk shows each matter, by its public id.
PAGES = {
    "case": "desk:case", "order": "desk:volunteer_order", "complaint": "desk:complaint", "display": "desk:display",
    "honour": "desk:honour", "event": "desk:volunteer_event",
    "application": "desk:volunteer_application", "opinion": "desk:opinion",
}  # fmt: skip
# What waits in a list of its own has no page.
LISTS = {"report": "desk:residents"}


@dataclass(frozen=True)
class Told:
    """A notice in words, with what it is about where the reader may see it: its name, its page, and what it concerns."""

    notice: Notice
    words: str
    name: str = ""
    page: str = ""
    about: str = ""


def told_of(notices: Iterable[Notice], asking: Asker) -> list[Told]:
    """The sentences of some notices; one statement for each kind of matter they are about."""
    rows = list(notices)
    asked = {kind: {row.loop_uid for row in rows if row.loop_kind == kind} for kind in {row.loop_kind for row in rows}}
    shown = {kind: _shown(kind, uids, asking) for kind, uids in asked.items()}
    return [Told(row, _words(row), *shown[row.loop_kind].get(row.loop_uid, ())) for row in rows]


def _shown(kind: str, uids: set[UUID], asking: Asker) -> dict[UUID, tuple[str, str, str]]:
    """Name, page and subject of those the reader may see, by public id."""
    entry = known().get(kind)
    if entry is None:
        return {}
    found = {}
    for row in entry.matter.visible_to(asking.actor).filter(uid__in=uids):
        name, about = entry.matter.called(row, asking.ref)
        found[row.uid] = (name, _page(kind, row.uid), about)
    return found


def _page(kind: str, uid: UUID) -> str:
    if kind in LISTS:
        return reverse(LISTS[kind])
    return reverse(PAGES[kind], args=[uid]) if kind in PAGES else ""


def _words(notice: Notice) -> str:
    deadline = notice.data.get("deadline") or notice.data.get("due_at")
    return f"{said(notice)} ({_short(str(deadline))})" if deadline else said(notice)


def _short(text: str) -> str:
    read = parse_datetime(text)
    return moment(read) if read else text
