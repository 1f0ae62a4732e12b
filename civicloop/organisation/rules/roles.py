"""Roles (岗位职责) and what kind of sight they give. The three administrators (三员) are apart: none can do another's work."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is appointed to do, in a unit or for a grid, area or point."""

    REPORTER = "reporter"
    FILER = "filer"
    DISPATCHER = "dispatcher"
    UNIT_HANDLER = "unit_handler"
    UNIT_LEADER = "unit_leader"
    VERIFIER = "verifier"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    SPONSOR = "sponsor"
    GRID_WORKER = "grid_worker"
    INSPECTOR = "inspector"
    # The volunteer centre's desk: reviews orders, dispatches them to teams, publishes menus and certificates.
    ORDER_DESK = "order_desk"


# Desks that work for the whole city when their unit stands at the command post.
DESK_ROLES = frozenset({
    Role.FILER, Role.DISPATCHER, Role.VERIFIER, Role.SUPERVISOR, Role.AUDITOR, Role.ORDER_DESK,
})  # fmt: skip
# Administrators keep the system; they do not read cases because of it.
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
# Everybody else sees what reaches the unit he is appointed in, and the units below it.
UNIT_ROLES = frozenset(Role) - ADMIN_ROLES

# No person may hold two of these at once (三员分立), and whoever audits handles nothing.
ACTING = (
    Role.FILER,
    Role.DISPATCHER,
    Role.VERIFIER,
    Role.SUPERVISOR,
    Role.UNIT_HANDLER,
    Role.UNIT_LEADER,
    Role.GRID_WORKER,
    Role.INSPECTOR,
    Role.ORDER_DESK,
)
APART = (ADMIN_ROLES, *(frozenset({Role.AUDITOR, role}) for role in ACTING))


def clash(held: frozenset[str], wanted: str) -> frozenset[str]:
    """Roles already held that may not be combined with the one wanted."""
    return frozenset(
        other for group in APART if wanted in group for other in held if other in group and other != wanted
    )


class UnitKind(StrEnum):
    """Kinds of unit. Departments are lines (条), towns and communities are blocks (块)."""

    COMMAND_POST = "command_post"
    CAMPAIGN_OFFICE = "campaign_office"
    TASK_FORCE = "task_force"
    DEPARTMENT = "department"
    TOWN = "town"
    COMMUNITY = "community"
    COMPANY = "company"
    TEAM = "team"


LINES = frozenset({UnitKind.DEPARTMENT})
BLOCKS = frozenset({UnitKind.TOWN, UnitKind.COMMUNITY})
CITYWIDE_KINDS = frozenset({UnitKind.COMMAND_POST, UnitKind.CAMPAIGN_OFFICE, UnitKind.TASK_FORCE})


class AreaClass(StrEnum):
    """A, B, C: how strictly an area is managed; the limits of a category differ by it."""

    A = "A"
    B = "B"
    C = "C"
