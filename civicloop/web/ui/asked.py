"""Questions to parties outside as the case page shows them: how each stands, and its link for who may forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.cases import links, policy
from civicloop.cases.actions.forwarding import standing_of
from civicloop.cases.models import Case, Forward
from civicloop.cases.rules.forwarding import RUNNING, Standing
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.timewords import moment

STANDINGS = {
    Standing.WAITING: gettext_lazy("waits for the answer"),
    Standing.LATE: gettext_lazy("not answered in time"),
    Standing.ANSWERED: gettext_lazy("answered"),
    Standing.TAKEN_BACK: gettext_lazy("taken back"),
    Standing.EXPIRED: gettext_lazy("the link has run out"),
}
# As the marks of time left: a shape, a word and a colour.
LEVELS = {Standing.WAITING: "ok", Standing.LATE: "late"}


@dataclass(frozen=True)
class AskedOutside:
    """One question. `link` and `message` are empty for who may not forward, and once nothing can be answered."""

    forward: Forward
    standing: str
    level: str
    words: str
    running: bool
    link: str
    message: str


def asked_outside(forwards: Sequence[Forward], case: Case, asking: Asker, request: HttpRequest) -> list[AskedOutside]:
    """The questions of a case, the running ones first, then the newest."""
    may = bool(forwards) and policy.may(asking.actor, "forward_out", case)
    told = [_one(forward, case, asking, request if may else None) for forward in forwards]
    return sorted(told, key=lambda one: (not one.running, -one.forward.pk))


def _one(forward: Forward, case: Case, asking: Asker, request: HttpRequest | None) -> AskedOutside:
    now = Standing(standing_of(forward, at=asking.at))
    running = now in RUNNING and case.ended_at is None
    secret = links.shown_secret(forward) if running and request is not None else ""
    link = request.build_absolute_uri(reverse("desk:outside", args=[secret])) if secret and request is not None else ""
    return AskedOutside(
        forward, now.value, LEVELS.get(now, "ended"), str(STANDINGS[now]), running, link, _message(forward, case, link)
    )


def _message(forward: Forward, case: Case, link: str) -> str:
    """What to send to the party: who asks, by when, and the link, last and on a line of its own: programs take whatever
    stands beside a link into it.
    """
    if not link:
        return ""
    told = {"unit": forward.unit.name, "number": case.number, "when": moment(forward.answer_by), "link": link}
    return _("%(unit)s asks about case %(number)s. Please answer by %(when)s, no account is needed:\n%(link)s") % told
