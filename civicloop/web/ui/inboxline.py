"""A case as a line of the inbox: what it is, how long it has, who works on it, and the steps that move it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from civicloop.cases.models import Case
from civicloop.kernel.lifecycle import Step
from civicloop.loops.presence import Present
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.caserow import Lines, path_of
from civicloop.web.ui.words import STEPS


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One line. `beside` opens the case beside the list, `address` is that of the list with the case open; `steps` are pairs of an
    address and a verb.
    """

    uid: UUID
    path: str
    beside: str
    address: str
    number: str
    label: str
    tags: SafeString
    left: SafeString
    state: SafeString
    place: str
    busy: str
    tick: str
    steps: list[tuple[str, str]]


class InboxLines:
    """Prepares the lines of one answer. `kept` is the query of the list."""

    def __init__(self, asking: Asker, kept: str) -> None:
        self._lines = Lines(asking)
        self._kept = kept
        self._beside = path_of("desk:inbox_case")
        self._inbox = reverse("desk:inbox")
        self._steps: dict[str, tuple[Callable[[UUID], str], str]] = {}
        self._tick = _("Tick")

    def line(self, case: Case, steps: Sequence[Step], present: Sequence[Present], then: UUID | None) -> InboxLine:
        """The line of a case; `then` is the one to go on with after a step."""
        lines, uid = self._lines, case.uid
        onward = f"{self._kept}&then={then}" if then else self._kept
        return InboxLine(
            uid=uid,
            path=lines.path(uid),
            beside=f"{self._beside(uid)}?{onward}",
            address=f"{self._inbox}?{self._with(uid)}",
            number=case.number,
            label=lines.label(case),
            tags=lines.tags(case),
            left=lines.left(case),
            state=lines.state(case),
            place=case.address,
            busy=_("%(name)s is working on this") % {"name": present[0].name} if present else "",
            tick=f"{self._tick} {case.number}",
            steps=self._offered(uid, steps, then),
        )

    def _offered(self, uid: UUID, steps: Sequence[Step], then: UUID | None) -> list[tuple[str, str]]:
        back = self._with(then) if then else self._kept
        onward = quote(f"{self._inbox}?{back}", safe="")
        return [(f"{path(uid)}?next={onward}", word) for path, word in map(self._step, steps)]

    def _step(self, step: Step) -> tuple[Callable[[UUID], str], str]:
        if step.name not in self._steps:
            self._steps[step.name] = path_of("desk:step", step=step.name), str(STEPS.get(step.name, step.name))
        return self._steps[step.name]

    def _with(self, uid: UUID) -> str:
        """The query of the list with a case open."""
        return f"{self._kept}&case={uid}" if self._kept else f"case={uid}"
