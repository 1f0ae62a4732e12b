"""A round of inspection around the present day, so that pages, which know only now, find visits to make and visits made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from civicloop.inspection import actions
from civicloop.inspection.actions.assigning import assign_visits
from civicloop.inspection.models import Draw, Round, Visit
from civicloop.standards import editions
from tests.cast import City
from tests.inspection.made_up import make_edition, make_point

CODES = ("STREET-01", "STREET-02", "STREET-03", "STREET-04", "STREET-05", "STREET-06")


@dataclass
class Inspected:
    """The city with an edition and points. Everything is made three days ago, visits are due today."""

    city: City
    edition: Any
    points: list[Any]
    today: date
    before: Any = field(default_factory=lambda: timezone.now() - timedelta(days=3))

    def plan(self, code: str = "W1", **given: Any) -> Round:
        """A round from yesterday to tomorrow."""
        asked = {
            "title": "第一周暗访", "kind": "weekly_visit", "edition_id": self.edition.pk,
            "organiser_id": self.city.office.pk, "starts_on": self.today - timedelta(days=1),
            "ends_on": self.today + timedelta(days=1), "by": self.city.supervisor, "at": self.before, **given,
        }  # fmt: skip
        return actions.plan_round(code=code, **asked)

    def commit(self, round: Round | None = None, **design: Any) -> Draw:
        """A draw of four places whose seed is fixed; it opened yesterday unless said otherwise."""
        opens_on = design.pop("opens_on", self.today - timedelta(days=1))
        asked = {"allocation": "quota", "quota": {"street": 4}, "reserve_share": 0.5, "double_share": 0, **design}
        return actions.commit_draw(
            round=round or self.plan(), design=asked, opens_on=opens_on, by=self.city.supervisor, at=self.before
        )

    def draw(self, **design: Any) -> Draw:
        """A draw that was performed."""
        return actions.perform_draw(draw=self.commit(**design), by=self.city.supervisor, at=self.before)

    def assign(self, *names: str, **design: Any) -> list[Visit]:
        """Visits of today, given to these inspectors."""
        people = [self.city.people[name] for name in names or ("inspector",)]
        draw = self.draw(**design)
        assign_visits(draw=draw, inspectors=people, days=[self.today], by=self.city.supervisor, at=self.before)
        return list(Visit.objects.filter(drawn__draw=draw).order_by("order", "pk"))


def inspected(city: City, points: int = 10) -> Inspected:
    """The stage; nothing is drawn yet."""
    editions.book.cache_clear()  # numbers of editions begin anew with each test
    made = [make_point(city, number) for number in range(1, points + 1)]
    return Inspected(city, make_edition(), made, timezone.localdate())


def typed(**changed: str) -> dict[str, str]:
    """A form in which all is met but what is said otherwise (`STREET_02_answer`)."""
    form = {f"{code}.answer": "met" for code in CODES}
    form |= {"STREET-01.count": "3", "STREET-01.length": "500", "STREET-06.count": "0"}
    form |= {name.replace("_", "-", 1).replace("_", "."): value for name, value in changed.items()}
    return {name: value for name, value in form.items() if value}
