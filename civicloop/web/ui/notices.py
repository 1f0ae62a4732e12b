"""Notices as sentences: a notice keeps a kind and data, the page writes the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from civicloop.cases.models import Case
from civicloop.loops.models import Notice
from civicloop.publicity import queries as publicity
from civicloop.spoken import NOTICES
from civicloop.volunteers.models import Order
from civicloop.volunteers.queries import visible_to
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.timewords import moment
from civicloop.web.ui.words import STEPS


@dataclass(frozen=True)
class Told:
    """A notice in words, with the case or order it is about where the reader may see it."""

    notice: Notice
    words: str
    case: Case | None
    order: Order | None = None
    # A display or an honour: its number and its page.
    other: tuple[str, str] | None = None


def told_of(notices: Iterable[Notice], asking: Asker) -> list[Told]:
    """The sentences of some notices; one statement for all their cases, and one for all their orders."""
    rows = list(notices)
    cases = {case.uid: case for case in Case.objects.visible_to(asking.actor).filter(uid__in=_of(rows, "case"))}
    wanted = _of(rows, "order")
    found = visible_to(asking.actor).filter(uid__in=wanted).select_related("service") if wanted else ()
    orders = {order.uid: order for order in found}
    others = _others(rows, asking)
    return [
        Told(row, _words(row), cases.get(row.loop_uid), orders.get(row.loop_uid), others.get(row.loop_uid))
        for row in rows
    ]


def _others(rows: list[Notice], asking: Asker) -> dict[UUID, tuple[str, str]]:
    """Displays and honours the reader may see, by public id; no statement where no notice is about one."""
    displays, honours = _of(rows, "display"), _of(rows, "honour")
    found: list[Any] = list(publicity.displays(asking.actor).filter(uid__in=displays)) if displays else []
    pages = {one.uid: (one.number, reverse("desk:display", args=[one.uid])) for one in found}
    found = list(publicity.honours(asking.actor).filter(uid__in=honours)) if honours else []
    return pages | {one.uid: (one.number, reverse("desk:honour", args=[one.uid])) for one in found}


def _of(rows: Iterable[Notice], kind: str) -> set[UUID]:
    return {row.loop_uid for row in rows if row.loop_kind == kind}


def _words(notice: Notice) -> str:
    step = notice.kind.removeprefix("case.")
    said = str(NOTICES.get(notice.kind) or STEPS.get(step) or notice.kind)
    deadline = notice.data.get("deadline") or notice.data.get("due_at")
    return f"{said} ({_short(str(deadline))})" if deadline else said


def _short(text: str) -> str:
    read = parse_datetime(text)
    return moment(read) if read else text
