"""What submissions ask of policy: whose visit it is."""

from __future__ import annotations

from civicloop.inspection.models import Visit
from civicloop.kernel.refusal import NotAllowed
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor


def require_own_visit(actor: Actor, visit: Visit, *, by: Person) -> None:
    """Only the inspector who was drawn for a visit, and still is one, answers for it. Raises NotAllowed (`not_your_visit`)."""
    if visit.inspector_id != by.pk or not actor.has(Role.INSPECTOR):
        refused = NotAllowed(
            "visit.submit", "not_your_visit", who=[Role.INSPECTOR], about=("visit", str(visit.uid)), by=by
        )
        refused.code = "not_your_visit"
        raise refused
