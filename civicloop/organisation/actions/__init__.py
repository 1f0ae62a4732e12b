"""All writes of the organisation, by area."""

from civicloop.organisation.actions.calendars import add_calendar, announce_year, seed_calendar, set_day, set_hours
from civicloop.organisation.actions.changing import add_point, change_area, change_duty_grid, change_point
from civicloop.organisation.actions.gridding import draw_grid, edit_grid, merge_grids, split_grid
from civicloop.organisation.actions.people import (
    add_person,
    appoint,
    change_person,
    end_appointment,
    make_token,
    revoke_token,
    set_password,
)
from civicloop.organisation.actions.places import (
    add_area,
    add_duty_grid,
    bring_in_areas,
    bring_in_grids,
    bring_in_points,
)
from civicloop.organisation.actions.units import add_unit, bring_in_units, change_unit
from civicloop.organisation.revisions import bump

__all__ = [
    "add_area",
    "add_calendar",
    "add_duty_grid",
    "add_person",
    "add_point",
    "add_unit",
    "announce_year",
    "appoint",
    "bring_in_areas",
    "bring_in_grids",
    "bring_in_points",
    "bring_in_units",
    "bump",
    "change_area",
    "change_duty_grid",
    "change_person",
    "change_point",
    "change_unit",
    "draw_grid",
    "edit_grid",
    "end_appointment",
    "make_token",
    "merge_grids",
    "revoke_token",
    "seed_calendar",
    "set_day",
    "set_hours",
    "set_password",
    "split_grid",
]  # fmt: skip
