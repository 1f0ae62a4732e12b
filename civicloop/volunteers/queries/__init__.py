"""Questions about voluntary service."""

from civicloop.volunteers.queries.menu import menu, services, sites, team_load, teams
from civicloop.volunteers.queries.orders import (
    OrderFilters,
    get,
    inbox,
    listing,
    masked_requester,
    steps_open_to,
    story,
    visible_to,
)

__all__ = [
    "OrderFilters", "get", "inbox", "listing", "masked_requester", "menu", "services", "sites", "steps_open_to", "story",
    "team_load", "teams", "visible_to",
]  # fmt: skip
