"""Orders follow the grids when these are redrawn; team, owner and clock stay as they were given."""

from __future__ import annotations

from typing import Any

import pytest

from civicloop.ledger.queries import breaks, history
from civicloop.organisation import actions as organisation
from civicloop.volunteers.actions.locating import orders_located_anew
from civicloop.volunteers.models import Order
from tests.cast import MONDAY_NINE, SIDE, SOUTH, WEST, hours
from tests.volunteers.cast import Corps

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(6)
BOX = (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)


def split_first(corps: Corps) -> Any:
    """The first grid cut from north to south through its middle."""
    line = {
        "type": "LineString",
        "coordinates": [[WEST + SIDE / 2, SOUTH - 0.001], [WEST + SIDE / 2, SOUTH + SIDE + 0.001]],
    }
    return organisation.split_grid(code=corps.city.grids[0].code, line=line, by=None, at=AT)


def test_orders_are_located_again_also_those_that_have_ended(corps: Corps) -> None:
    west = corps.walk("accepted", lon=WEST + 0.002, lat=SOUTH + 0.002)
    east = corps.walk("archived", lon=WEST + SIDE - 0.002, lat=SOUTH + 0.002)
    far = corps.walk("pooled", lon=118.105, lat=24.726, address="柳东街2号")
    nowhere = corps.walk("submitted", order=corps.order(address="老井旁", lon=None, lat=None))
    before = {one.pk: (one.owner_id, one.act_by, one.version) for one in Order.objects.all()}
    old = corps.city.grids[0]

    left, right = split_first(corps)

    grids = dict(Order.objects.values_list("pk", "grid"))
    assert (grids[west.pk], grids[east.pk]) == (left.pk, right.pk)
    assert (grids[far.pk], grids[nowhere.pk]) == (far.grid_id, None)
    assert {one.pk: (one.owner_id, one.act_by, one.version) for one in Order.objects.all()} == before
    line = list(history("order", east.uid))[-1]
    assert (line.verb, line.data) == ("order.locate", {"before": old.code, "after": right.code})
    assert list(breaks()) == []


def test_it_may_be_run_again_and_outside_the_boxes_nothing_is_touched(corps: Corps) -> None:
    order = corps.walk("pooled", lon=WEST + 0.002, lat=SOUTH + 0.002)
    split_first(corps)
    lines = history("order", order.uid).count()

    assert orders_located_anew([BOX], at=AT) == 0
    assert orders_located_anew([], at=AT) == 0
    assert history("order", order.uid).count() == lines
    Order.objects.filter(pk=order.pk).update(grid=corps.city.grids[1])
    assert orders_located_anew([(WEST + SIDE, SOUTH, WEST + 2 * SIDE, SOUTH + SIDE)], at=AT) == 0
    assert orders_located_anew([BOX, BOX], at=AT) == 1
