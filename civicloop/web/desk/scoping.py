"""What a page of scores is asked about: rounds or days, read from its address. The latest round with judged visits by default."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils.translation import gettext as _

from civicloop.inspection.models import Round, Visit
from civicloop.inspection.queries.openly import visible_rounds
from civicloop.kernel.refusal import Invalid, NotAllowed, NotFound
from civicloop.organisation.rules.roles import Role
from civicloop.scoring.rules.shapes import Scope
from civicloop.web.desk.asker import Asker

MOST = 60


@dataclass(frozen=True)
class Asked:
    """The scope, how the address says it, and the rounds that could be chosen (id, code, title, days), the latest first."""

    scope: Scope
    codes: tuple[str, ...]
    rounds: Sequence[Round]

    @property
    def query(self) -> str:
        """The scope as a query, so that every page below is about the same."""
        told = [("round", code) for code in self.codes]
        told += [(name, day.isoformat()) for name, day in (("from", self.scope.start), ("to", self.scope.end)) if day]
        return urlencode(told)

    @property
    def title(self) -> str:
        """The scope in words."""
        by_code = {one.code: one.title for one in self.rounds}
        told = [by_code.get(code, code) for code in self.codes]
        if self.scope.start or self.scope.end:
            told.append(f"{self.scope.start or '…'} – {self.scope.end or '…'}")
        return " · ".join(told) or _("all rounds")


def asked_of(asking: Asker, query: QueryDict) -> Asked:
    """Read `round` (a code, may come again), `from` and `to`. One statement. Raises NotFound for a round nobody told of, Invalid
    for days that cannot be read.
    """
    judged = Visit.objects.filter(round=OuterRef("pk"), state="judged")
    rows = visible_rounds(asking.actor).select_related(None).order_by("-starts_on", "-pk")
    rows = rows.only("code", "title", "starts_on", "ends_on", "closed_at", "edition_id")
    found = list(rows.annotate(has_judged=Exists(judged))[:MOST])
    start, end = read_days(query)
    codes = tuple(dict.fromkeys(code for code in query.getlist("round") if code))
    if not codes and start is None and end is None:
        codes = tuple(one.code for one in found if one.has_judged)[:1]
    by_code = {one.code: one.pk for one in found}
    for code in codes:
        if code not in by_code:
            raise NotFound("round", code)
    numbers = tuple(sorted(by_code[code] for code in codes)) if codes else None
    return Asked(Scope(numbers, start, end), codes, found)


def read_days(query: QueryDict) -> tuple[date | None, date | None]:
    """The days `from` and `to`; None where nothing was said. Raises Invalid."""
    start, end = _day(query, "from"), _day(query, "to")
    if start and end and end < start:
        raise Invalid("to", "ends_before_start")
    return start, end


def require_city(asking: Asker, verb: str) -> None:
    """City numbers are for those who see the whole city. Raises NotAllowed."""
    if not asking.actor.sees_all:
        who = sorted({Role.SUPERVISOR, Role.AUDITOR, Role.DISPATCHER, Role.FILER, Role.VERIFIER})
        raise NotAllowed(verb, "sees_all", who=who, by=asking.person)


def _day(query: QueryDict, name: str) -> date | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid(name, "not_a_date", value=text[:40]) from None
    if not 2000 <= found.year <= 2100:
        raise Invalid(name, "not_a_date", value=text[:40])
    return found
