"""Everything a step reads but does not change, as of one moment: one statement tells which copies are still good.

Take it once at the door and hand it down: `ref = reference.now()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from civicloop.kernel.worktime import WorkCalendar
from civicloop.organisation.book import Actor, OrgBook, load_book
from civicloop.organisation.calendars import CalendarBook, load_calendars
from civicloop.organisation.gridbook import GridBook, load_grids
from civicloop.organisation.models import Person
from civicloop.organisation.revisions import Kept, stamps
from civicloop.standards.categories import CategoryBook, load_categories
from civicloop.standards.parameters import Parameters, load_parameters

__all__ = ["Actor", "Reference", "now"]

_org: Kept[OrgBook] = Kept("organisation", load_book)
_grids: Kept[GridBook] = Kept("grids", load_grids)
_calendars: Kept[CalendarBook] = Kept("calendars", load_calendars)
_parameters: Kept[Parameters] = Kept("parameters", load_parameters)
_categories: Kept[CategoryBook] = Kept("standards", lambda: load_categories(load_parameters()))


@dataclass(frozen=True)
class Reference:
    """The books of the house as of one set of stamps; each is loaded when first asked for."""

    stamps: Mapping[str, str]

    @cached_property
    def org(self) -> OrgBook:
        """Units and posts."""
        return _org.at(self.stamps)

    @cached_property
    def grids(self) -> GridBook:
        """Grids and where they lie."""
        return _grids.at(self.stamps)

    @cached_property
    def calendars(self) -> CalendarBook:
        """Working calendars."""
        return _calendars.at(self.stamps)

    @cached_property
    def categories(self) -> CategoryBook:
        """Categories with conditions, limits and questions."""
        return _categories.at(self.stamps)

    @cached_property
    def parameters(self) -> Parameters:
        """What the city has set."""
        return _parameters.at(self.stamps)

    def calendar_for(self, unit_id: int | None) -> WorkCalendar:
        """The calendar a unit's clocks are counted with."""
        return self.calendars.of_unit(unit_id, self.org)

    def actor(self, person: Person, on: date) -> Actor:
        """The person with the posts held on a day. A person without posts may do nothing."""
        return Actor(person.pk, person.uid, self.org.posts_of(person.pk, on), self.org)


def now() -> Reference:
    """The books as they stand now: one statement, and a reload of what has changed."""
    return Reference(stamps())
