"""Two people who redraw grids at the same moment: the second waits, and then sees what the first has drawn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from civicloop.organisation import actions
from civicloop.organisation.actions.places import GridRow
from civicloop.organisation.models import Grid
from civicloop.organisation.rules import gridding
from tests.cast import MONDAY_NINE, SIDE, SOUTH, WEST, City, build_city
from tests.kept import kept

pytestmark = pytest.mark.django_db(transaction=True)
A_MOMENT = 0.5


@pytest.fixture
def town() -> City:
    return kept(build_city)


def box(west: float, east: float) -> dict[str, Any]:
    """Ground south of all grids."""
    south, north = SOUTH - 2 * SIDE, SOUTH - SIDE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def overlaps() -> list[Any]:
    rows = Grid.objects.filter(active=True).order_by("code").values_list("code", "outline")
    return [one for one in gridding.faults(rows) if one.kind == "overlap"]


def while_nobody_knows(first: Callable[[], object], second: Callable[[], object]) -> None:
    """The second begins before the first has said what it drew, and is given a moment to get through."""
    faults: list[BaseException] = []

    def run() -> None:
        try:
            second()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with transaction.atomic():
        first()
        other.start()
        other.join(A_MOMENT)
    other.join(60)
    assert not other.is_alive()
    assert faults == []


def draw(town: City, code: str, outline: dict[str, Any]) -> Grid:
    return actions.draw_grid(
        outline=outline, name=code, unit=town.lotus_north, code=code, by=town.system_admin, at=MONDAY_NINE
    )  # fmt: skip


def test_two_who_draw_on_the_same_ground_do_not_overlap(town: City) -> None:
    first = partial(draw, town, "350212001009001", box(WEST, WEST + 2 * SIDE))
    second = partial(draw, town, "350212001009002", box(WEST + SIDE, WEST + 3 * SIDE))

    while_nobody_knows(first, second)

    assert Grid.objects.filter(code__startswith="350212001009", active=True).count() == 2
    assert overlaps() == []


def test_two_who_move_the_edges_of_neighbours_do_not_overlap(town: City) -> None:
    west, east = (
        draw(town, "350212001009001", box(WEST, WEST + SIDE)),
        draw(town, "350212001009002", box(WEST + 2 * SIDE, WEST + 3 * SIDE)),
    )

    def widen(grid: Grid, *sides: float) -> object:
        given: dict[str, Any] = {"changes": {"outline": box(*sides)}, "by": town.system_admin, "at": MONDAY_NINE}
        return actions.edit_grid(code=grid.code, **given)

    while_nobody_knows(
        partial(widen, west, WEST, WEST + 1.6 * SIDE), partial(widen, east, WEST + 1.4 * SIDE, WEST + 3 * SIDE)
    )

    assert overlaps() == []


def test_a_file_of_grids_and_a_drawing_wait_for_each_other(town: City) -> None:
    rows = [GridRow("350212001009001", "one", box(WEST, WEST + SIDE), town.lotus_north.pk)]
    first = partial(actions.bring_in_grids, rows=rows, by=None, at=MONDAY_NINE)

    while_nobody_knows(first, partial(draw, town, "350212001009002", box(WEST + SIDE / 2, WEST + 2 * SIDE)))

    assert overlaps() == []
