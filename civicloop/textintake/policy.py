"""Who may have a text read, file what was read, and train the classifier: a table."""

from __future__ import annotations

from datetime import datetime

from civicloop.cases.policy import REPORTERS
from civicloop.kernel.refusal import NotAllowed
from civicloop.organisation.models import Person
from civicloop.organisation.policy import require_role
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor

MAY: dict[str, tuple[Role, ...]] = {
    "text.suggest": REPORTERS,
    "text.file": REPORTERS,
    "text.drop": REPORTERS,
    "text_model.train": (Role.SYSTEM_ADMIN,),
}


def require(actor: Actor, verb: str, *, by: Person) -> None:
    """Raise NotAllowed unless the person may: whoever may report a problem may have a text read and report what it says."""
    if not actor.has(*MAY[verb]):
        raise NotAllowed(verb, "takes_part", who=sorted(MAY[verb]), by=by)


def require_training(by: Person | None, *, at: datetime) -> None:
    """Raise NotAllowed unless the person may train for the whole city. None is the system itself: a command on the server."""
    require_role(by, "text_model.train", MAY["text_model.train"], at=at)
