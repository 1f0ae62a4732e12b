"""Building the demo city into an empty database: everything or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from civicloop.cases.actions import add_dispatch_rule
from civicloop.cases.actions.historic import bring_in
from civicloop.cases.dispatching import write_proposals
from civicloop.cases.models import Case, CaseReach, CaseStep
from civicloop.demo.album import fill_album
from civicloop.demo.content import tell_content
from civicloop.demo.corps import Members, hold_events
from civicloop.demo.history.plan import DAYS, histories, last_moment
from civicloop.demo.history.scenes import block_categories
from civicloop.demo.month import hold_month
from civicloop.demo.orders import MANY as MANY_ORDERS
from civicloop.demo.orders import tell_orders
from civicloop.demo.practice import settle_practice
from civicloop.demo.residents import tell_residents
from civicloop.demo.settle import City, founding_day, settle
from civicloop.demo.surveys import hold_surveys
from civicloop.demo.volunteers import settle_volunteers
from civicloop.documents.actions import set_text
from civicloop.kernel.refusal import Conflict
from civicloop.ledger.actions import HOUSE, record
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.models import Unit
from civicloop.rows import count_anew
from civicloop.standards import reference
from civicloop.standards.models import Category

VERB = "demo.build"
AT_ONCE = 1000
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the demo city is made from: the same recipe always gives the same city. `rounds`: with the month of
    inspections and the surveys; `orders`: of voluntary services, over two months.
    """

    seed: int
    until: date
    cases: int
    rounds: bool = True
    orders: int = MANY_ORDERS

    def as_data(self) -> dict[str, Any]:
        """For the ledger."""
        return {**asdict(self), "until": self.until.isoformat()}


def built_before() -> dict[str, Any] | None:
    """The recipe of the demo city that this database holds; None where there is none."""
    line = LedgerLine.objects.filter(kind="house", uid=HOUSE, verb=VERB).order_by("-seq").first()
    return dict(line.data) if line else None


def build(recipe: Recipe, *, at: datetime, progress: Progress = lambda _: None) -> City:
    """Build the city in one transaction. Raises Conflict when the database already holds units: a real city is never touched."""
    with transaction.atomic():
        if Unit.objects.exists():
            raise Conflict("not_empty")
        moment = last_moment(recipe.until)
        progress("units, grids, people and points")
        city = settle(seed=recipe.seed, founded=founding_day(recipe.until, DAYS), at=moment)
        settle_practice(city, moment)
        corps = settle_volunteers(city, seed=recipe.seed, founded=founding_day(recipe.until, DAYS), at=moment)
        _dispatch_rules(city, moment)
        ref = reference.now()
        progress("ninety days of cases")
        records = histories(city, ref, seed=recipe.seed, until=recipe.until, many=recipe.cases)
        for start in range(0, len(records), AT_ONCE):
            _keep(records[start : start + AT_ONCE], city, moment, ref)
        count_anew(Case, CaseStep, CaseReach)
        progress("pictures")
        fill_album(city, seed=recipe.seed, at=moment)
        if recipe.rounds:
            progress("a month of inspections")
            hold_month(city, reference.now(), seed=recipe.seed, until=moment)
        progress("orders of voluntary services")
        members = Members(corps, seed=recipe.seed, founded=founding_day(recipe.until, DAYS), at=moment)
        tell_orders(city, corps, members, seed=recipe.seed, until=moment, many=recipe.orders)
        hold_events(corps, members, until=moment)
        if recipe.rounds:
            progress("surveys, displays and honours")
            hold_surveys(city, seed=recipe.seed, until=moment)
        progress("residents")
        tell_content(city, seed=recipe.seed, until=moment, ref=reference.now())
        tell_residents(until=moment)
        _propose(moment)
        set_text(kind="summary", key="city", text="同安区", by=None, at=moment)
        record("house", HOUSE, VERB, by=None, at=at, data=recipe.as_data())
    return city


def _propose(at: datetime) -> None:
    """What waits at the desk has its proposal, as it has where the worker looks after each report."""
    newest = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    write_proposals(range(1, newest + 1), at=at)


def _dispatch_rules(city: City, at: datetime) -> None:
    """The kinds of problem that blocks settle themselves in this city (以块为主); all others go by line."""
    for code in block_categories():
        category = Category.objects.get(code=code, kind="matter", pack__code="gb47678-2026")
        name = f"{category.name}：属地办理"
        add_dispatch_rule(name=name, unit=None, category=category, by=city.persons["sysadmin"], at=at)


def _keep(records: list[Any], city: City, moment: datetime, ref: reference.Reference) -> None:
    outcomes = bring_in(records, by=city.persons["sysadmin"], at=moment, ref=ref)
    refused = [outcome.refused for outcome in outcomes if outcome.refused is not None]
    if refused:
        raise refused[0]
