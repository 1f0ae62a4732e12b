"""A list seen through one of the lenses of Today: the address says `lens=overdue`, and `of=CODE` for one unit with all below it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest

from civicloop.cases.models import Case
from civicloop.insight import today
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.organisation.book import UnitInfo
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.lenswords import HOW, LENSES


@dataclass(frozen=True)
class Lens:
    """A lens as it was asked for. `whole`: of the whole city."""

    key: str
    of: UnitInfo | None
    whole: bool

    @property
    def word(self) -> str:
        """What it shows."""
        return str(LENSES[self.key])

    @property
    def how(self) -> str:
        """How it is counted."""
        return str(HOW[self.key])

    @property
    def pressing(self) -> bool:
        """Whether its cases are open, so that the most pressing come first."""
        return self.key not in today.FLOW

    def rows(self, asking: Asker) -> QuerySet[Case]:
        """The cases the number counted, as far as the asker may see them."""
        scope = today.scope_of(asking.actor, asking.ref)
        units = scope if self.of is None else frozenset(asking.ref.org.subtree(self.of.id))
        found = today.rows(self.key, today.day_at(asking.at, asking.ref), units)
        if scope is None or (units is not None and units <= scope):
            return found  # whoever looks at a unit's work sees all its cases
        return found.visible_to(asking.actor)  # type: ignore[attr-defined, no-any-return]


def lens_of(request: HttpRequest, asking: Asker, faults: dict[str, str]) -> Lens | None:
    """The lens that the address asks for; what cannot be understood goes into `faults`."""
    key, code = request.GET.get("lens", ""), request.GET.get("of", "")
    if not key:
        return None
    unit = asking.ref.org.by_code(code) if code else None
    refused: Refused | None = None
    if key not in LENSES:
        refused = Invalid("lens", "unknown_choice", value=key[:40])
    elif code and unit is None:
        refused = Invalid("of", "unknown_unit", unit=code[:60])
    if refused is not None:
        faults["lens"] = sentence(refused)
        return None
    return Lens(key, unit, unit is None and asking.actor.sees_all)
