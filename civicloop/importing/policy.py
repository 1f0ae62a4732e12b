"""Who may bring files in: a table. The actions below ask again for each kind of thing."""

from __future__ import annotations

from datetime import datetime

from civicloop.organisation.models import Person
from civicloop.organisation.policy import require_role
from civicloop.organisation.rules.roles import Role

MAY = {
    "import.units": (Role.SYSTEM_ADMIN,),
    "import.grids": (Role.SYSTEM_ADMIN,),
    "import.points": (Role.SYSTEM_ADMIN,),
    "import.cases": (Role.SYSTEM_ADMIN, Role.FILER),
}


def require(by: Person | None, kind: str, *, at: datetime) -> None:
    """Raise NotAllowed unless the person may import this kind. None is the system itself: a command on the server."""
    verb = f"import.{kind}"
    require_role(by, verb, MAY[verb], at=at)
