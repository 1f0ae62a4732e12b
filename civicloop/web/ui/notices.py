"""Notices as sentences: a notice keeps a kind and data, the page writes the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.dateparse import parse_datetime

from civicloop.cases.models import Case
from civicloop.loops.models import Notice
from civicloop.spoken import NOTICES
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.timewords import moment
from civicloop.web.ui.words import STEPS


@dataclass(frozen=True)
class Told:
    """A notice in words, with the case it is about where the reader may see it."""

    notice: Notice
    words: str
    case: Case | None


def told_of(notices: Iterable[Notice], asking: Asker) -> list[Told]:
    """The sentences of some notices; one statement for all their cases."""
    rows = list(notices)
    wanted = {row.loop_uid for row in rows if row.loop_kind == "case"}
    cases = {case.uid: case for case in Case.objects.visible_to(asking.actor).filter(uid__in=wanted)}
    return [Told(row, _words(row), cases.get(row.loop_uid)) for row in rows]


def _words(notice: Notice) -> str:
    step = notice.kind.removeprefix("case.")
    said = str(NOTICES.get(notice.kind) or STEPS.get(step) or notice.kind)
    deadline = notice.data.get("deadline") or notice.data.get("due_at")
    return f"{said} ({_short(str(deadline))})" if deadline else said


def _short(text: str) -> str:
    read = parse_datetime(text)
    return moment(read) if read else text
