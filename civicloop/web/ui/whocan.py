"""Who must act on a case now: the unit by name, the roles that can take it further, and how many people hold them.

Names are masked: the page is read far from the desk, and whose turn it is is the unit's, not a person's. Who reads it finds his own
name as it is, first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from civicloop.cases.models import Case
from civicloop.cases.policy import MAY
from civicloop.cases.queries import MOVING, holders_of
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.kernel.text import mask_name
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.spoken import ROLES
from civicloop.web.desk.asker import Asker

MOST_NAMED = 4
# Steps back are nobody's duty; what is waited for is the way on.
BACK = frozenset({"return", "send_back"})
DESKS = (Role.FILER, Role.DISPATCHER, Role.VERIFIER, Role.SUPERVISOR)


@dataclass(frozen=True)
class MustAct:
    """The unit whose turn it is, the roles in words, masked names (the reader's own is not), and how many more there are."""

    unit_id: int
    roles: list[str]
    names: list[str]
    more: int


def must_act(case: Case, asking: Asker) -> MustAct | None:
    """Who must act now, or None when the case has ended. One statement."""
    if case.ended_at is not None:
        return None
    roles = _roles(case)
    people = holders_of(case, roles, asking.ref, day_of(asking.at))
    named = names_of(people, asking)
    return MustAct(case.owner_id, [str(ROLES[role]) for role in roles], named, len(people) - len(named))


def names_of(people: Sequence[int], asking: Asker) -> list[str]:
    """The first few by name: the reader by his own, the others masked. One statement at most."""
    own = asking.person.pk
    first = sorted(people, key=lambda one: one != own)[:MOST_NAMED]
    rows = Person.objects.filter(pk__in=first, is_active=True).values_list("pk", "name")
    names = dict(rows) if first else {}
    # Masked names that look alike would tell nothing twice.
    return list(dict.fromkeys(names[one] if one == own else mask_name(names[one]) for one in first if one in names))


def _roles(case: Case) -> list[str]:
    """The roles of the steps that lead on from here."""
    steps = [step.name for step in LIFECYCLE.steps_from(case.state) if step.name in MOVING - BACK and step.to]
    found = {role for name in steps for role in MAY[name].roles}
    if case.state == "suspended":
        found -= set(DESKS)
    return sorted(found, key=list(ROLES).index)
