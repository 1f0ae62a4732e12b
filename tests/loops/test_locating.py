"""When grids are redrawn, one pass puts the loops of every kind that has a place into the grids of now."""

from __future__ import annotations

from typing import Any

import pytest

from civicloop.cases.models import Case
from civicloop.cases.relocating import relocate
from civicloop.ledger.queries import breaks, history
from civicloop.loops import locating
from civicloop.publicity.actions.displays import plan_display
from civicloop.publicity.actions.locating import displays_located_anew
from civicloop.publicity.models import Display
from civicloop.volunteers.actions.locating import orders_located_anew
from civicloop.volunteers.models import Order
from tests.cast import MONDAY_NINE, SIDE, SOUTH, WEST, hours
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(6)
BOX = (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)
PASSES = {"case": (Case, relocate), "order": (Order, orders_located_anew), "display": (Display, displays_located_anew)}


def three(corps: Corps, kind: str) -> list[Any]:
    """Three loops at home in the first grid."""
    return [made(corps, kind, number) for number in range(3)]


def made(corps: Corps, kind: str, number: int) -> Any:
    city = corps.city
    if kind == "display":
        return plan_display(
            kind="public_notice", code=f"B-{number}", name="路口宣传栏", unit_id=city.lotus_north.pk, lon=WEST + SIDE / 2,
            lat=SOUTH + SIDE / 2, by=city.grid_worker, at=MONDAY_NINE,
        )  # fmt: skip
    return corps.order() if kind == "order" else city.walk("reported")


@pytest.mark.parametrize("kind", PASSES)
def test_each_kind_is_put_where_its_place_lies_in_batches_with_a_line_for_each(
    corps: Corps, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, run = PASSES[kind]
    loops = three(corps, kind)
    model.objects.update(grid=corps.city.grids[1])
    monkeypatch.setattr(locating, "BATCH", 2)

    assert run([BOX, BOX], at=AT) == 3
    assert set(model.objects.values_list("grid", flat=True)) == {corps.city.grids[0].pk}
    lines = [list(history(kind, one.uid))[-1] for one in loops]
    told = {"before": corps.city.grids[1].code, "after": corps.city.grids[0].code}
    assert [(line.verb, line.at, line.data) for line in lines] == [(f"{kind}.locate", AT, told)] * 3
    assert list(breaks()) == []
    assert run([BOX], at=AT) == 0, "run again it finds nothing to do"


@pytest.mark.parametrize("kind", PASSES)
def test_where_nothing_was_redrawn_nothing_moves(corps: Corps, kind: str) -> None:
    model, run = PASSES[kind]
    three(corps, kind)
    model.objects.update(grid=corps.city.grids[1])

    assert run([], at=AT) == 0
    assert set(model.objects.values_list("grid", flat=True)) == {corps.city.grids[1].pk}


@pytest.mark.parametrize("kind", PASSES)
def test_what_no_grid_holds_any_more_keeps_the_grid_it_had(corps: Corps, kind: str) -> None:
    model, run = PASSES[kind]
    three(corps, kind)
    model.objects.update(grid=corps.city.grids[1], lon=WEST + SIDE / 2, lat=SOUTH - SIDE)

    assert run([(WEST, SOUTH - 2 * SIDE, WEST + SIDE, SOUTH + SIDE)], at=AT) == 0
    assert set(model.objects.values_list("grid", flat=True)) == {corps.city.grids[1].pk}
