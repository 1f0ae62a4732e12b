"""Who may change the organisation: a table. The three administrators (三员) are apart.

System administrators keep units, places and calendars; security administrators keep people, appointments and tokens;
audit administrators read the ledger and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from civicloop.kernel.refusal import NotAllowed
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Appointment, Person
from civicloop.organisation.rules.roles import CITYWIDE_KINDS, Role

SYSTEM = (Role.SYSTEM_ADMIN,)
SECURITY = (Role.SECURITY_ADMIN,)
AUDIT = (Role.AUDIT_ADMIN, Role.AUDITOR)

MAY: dict[str, tuple[Role, ...]] = {
    "unit.add": SYSTEM,
    "unit.change": SYSTEM,
    "grid.bring_in": SYSTEM,
    "grid.draw": SYSTEM,
    "grid.edit": SYSTEM,
    "grid.split": SYSTEM,
    "grid.merge": SYSTEM,
    "area.add": SYSTEM,
    "area.change": SYSTEM,
    "duty_grid.add": SYSTEM,
    "duty_grid.change": SYSTEM,
    "point.bring_in": SYSTEM,
    "point.change": SYSTEM,
    "calendar.change": SYSTEM,
    "person.add": SECURITY,
    "person.change": SECURITY,
    "person.set_password": SECURITY,
    "appointment.make": SECURITY,
    "appointment.end": SECURITY,
    "token.make": SECURITY,
    "token.revoke": SECURITY,
    "ledger.read": AUDIT,
    "personal_data.read": tuple(role for role in Role if role not in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)),
}


# Reading masked data is part of many people's work, wherever they are appointed.
ANYWHERE = frozenset({"personal_data.read"})


def roles_of(person: Person, at: datetime, *, citywide: bool = False) -> frozenset[str]:
    """The roles an active person holds at a moment, straight from the rows; only those in a city-wide unit where asked so."""
    day = day_of(at)
    rows = Appointment.objects.filter(person=person, person__is_active=True, starts_on__lte=day)
    if citywide:
        rows = rows.filter(Q(unit__kind__in=sorted(CITYWIDE_KINDS)) | Q(unit__parent=None))
    return frozenset(role for role, last in rows.values_list("role", "ends_on") if last is None or last >= day)


def may(person: Person | None, verb: str, *, at: datetime) -> bool:
    """Whether the person may use a verb of this table. None is the system itself: commands run on the server."""
    return person is None or not roles_of(person, at, citywide=verb not in ANYWHERE).isdisjoint(MAY[verb])


def require(person: Person | None, verb: str, *, at: datetime) -> None:
    """Raise NotAllowed unless `may`."""
    require_role(person, verb, MAY[verb], at=at)


def require_role(person: Person | None, verb: str, roles: Iterable[str], *, at: datetime) -> None:
    """Raise NotAllowed unless the person holds one of the roles at a moment.

    What holds for the whole city is changed by its own desks: a town's supervisor may not set the city's parameters.
    """
    wanted = tuple(roles)
    if person is None:
        return
    if roles_of(person, at, citywide=verb not in ANYWHERE).isdisjoint(wanted):
        raise NotAllowed(verb, "role", who=wanted, about=("person", str(person.uid)), by=person)
