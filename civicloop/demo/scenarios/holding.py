"""The rounds of inspection of a scenario, so many faults in all."""

from __future__ import annotations

from datetime import datetime, timedelta

from civicloop.demo.rounds import House, RoundPlan, hold, so_many
from civicloop.demo.scenarios.settle import Place
from civicloop.demo.scenarios.shape import Rounds, Scenario
from civicloop.demo.walking import Desk
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import CITYWIDE_KINDS, Role
from civicloop.standards import reference

# The last round ended so long ago that everything it found is put right by now.
SINCE_THE_LAST = 21


def hold_rounds(told: Scenario, place: Place, until: datetime, seed: int) -> None:
    """Hold them, oldest first."""
    if told.rounds:
        house = _house(place, until, seed)
        for line in told.rounds:
            _hold(line, told, house)


def _hold(line: Rounds, told: Scenario, house: House) -> None:
    last = house.until.astimezone().date() - timedelta(days=SINCE_THE_LAST)
    types = sorted({one.kind for one in told.points if one.kind.startswith("WM")})
    for number in range(line.many):
        starts = last - timedelta(days=line.every_days * (line.many - 1 - number))
        share = line.faults // line.many + (number < line.faults % line.many)
        design = {
            "allocation": "proportional", "size": line.points, "types": types, "minimum": 1, "reserve_share": 0.2,
            "double_share": 0.1,
        }  # fmt: skip
        plan = RoundPlan(
            f"{line.key}-{number + 1}",
            f"{line.title}（第{number + 1}期）",
            line.kind,
            starts,
            3,
            design,
            so_many(share),
        )
        hold(plan, house)


def _house(place: Place, until: datetime, seed: int) -> House:
    ref = reference.now()
    handlers: dict[int, list[Person]] = {}
    for (role, code), many in place.people.items():
        if role == Role.UNIT_HANDLER:
            handlers[place.units[code].pk] = many
    calendar = ref.calendar_for(None)
    desk = Desk(
        ref, calendar, place.of(Role.FILER), place.of(Role.DISPATCHER), place.of(Role.VERIFIER), handlers,
        dict.fromkeys(handlers, 0.0),
    )  # fmt: skip
    organiser = next(
        unit for unit in sorted(place.units.values(), key=lambda one: one.code)
        if unit.kind in CITYWIDE_KINDS and place.of(Role.INSPECTOR, unit.code)
    )  # fmt: skip
    lead = place.of(Role.SUPERVISOR)[0]
    return House(organiser.pk, lead, place.of(Role.INSPECTOR), desk, until, calendar, seed)
