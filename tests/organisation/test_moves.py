"""When a unit moves to another parent, those above it come to see what it has had, and nobody loses sight."""

from __future__ import annotations

import pytest

from civicloop.cases import policy, queries
from civicloop.cases import reach as shelf
from civicloop.cases.models import Case, CaseReach
from civicloop.cases.queries import CaseFilters
from civicloop.cases.reach import reach_upwards
from civicloop.kernel.refusal import Invalid
from civicloop.organisation import actions as organisation
from civicloop.organisation.models import Unit
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SIDE, SOUTH, WEST, City, hours

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(3)


def seen(city: City, name: str) -> set[int]:
    """What a person sees, asked in all three ways."""
    ref = reference.now()
    actor = ref.actor(city.people[name], AT.date())
    rows = set(Case.objects.visible_to(actor).values_list("pk", flat=True))
    assert rows == set(queries.listing(actor, CaseFilters(), ref).values_list("pk", flat=True))
    assert rows == {case.pk for case in Case.objects.all() if policy.sees(actor, case)}
    return rows


def move(unit: Unit, parent: Unit | None, by: object = None) -> None:
    organisation.change_unit(unit=unit, changes={"parent": parent}, by=by, at=AT)  # type: ignore[arg-type]


def some_cases(city: City) -> dict[str, int]:
    east = {"lon": WEST + SIDE / 2, "lat": SOUTH + SIDE * 1.5}
    return {
        "lotus": city.walk("accepted").pk, "ended": city.walk("closed", lon=WEST + SIDE * 1.5, lat=SOUTH + 0.005).pk,
        "willow": city.walk("accepted", unit="willow", by="other_handler", **east).pk,
    }  # fmt: skip


def test_units_above_the_new_place_see_all_cases_and_those_above_the_old_one_still_do(city: City) -> None:
    cases = some_cases(city)
    assert seen(city, "other_handler") == {cases["willow"]}
    before = seen(city, "handler")

    move(city.lotus, city.willow, by=city.system_admin)

    assert seen(city, "other_handler") == set(cases.values())
    assert seen(city, "handler") == before == {cases["lotus"], cases["ended"]}

    move(city.lotus, city.command)
    assert seen(city, "other_handler") == set(cases.values())


def test_a_community_brings_its_cases_to_its_new_town(city: City) -> None:
    cases = some_cases(city)
    assert CaseReach.objects.filter(unit=city.lotus_north, case=cases["lotus"]).exists()
    move(city.lotus_north, city.sanitation)
    assert cases["lotus"] in seen(city, "sweeper")
    assert cases["willow"] not in seen(city, "sweeper")
    reached = CaseReach.objects.get(unit=city.sanitation, case=cases["lotus"])
    assert reached.reported_at == Case.objects.get(pk=cases["lotus"]).reported_at


def test_moving_twice_in_a_row_ends_the_same_whichever_job_runs_last(city: City) -> None:
    cases = some_cases(city)
    move(city.lotus_north, city.willow)
    move(city.willow, city.sanitation)
    assert seen(city, "sweeper") == seen(city, "other_handler") == set(cases.values())


def test_running_again_adds_nothing_and_small_batches_reach_every_case(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):  # some were seen in the same moment
        city.walk("dispatched", at=MONDAY_NINE + hours(number // 3 / 60), address=f"路 {number}")
    monkeypatch.setattr(shelf, "BATCH", 2)
    move(city.lotus, city.willow)
    rows = list(CaseReach.objects.order_by("pk").values())
    assert len(seen(city, "other_handler")) == 5
    assert reach_upwards(city.lotus.pk) == 0
    assert list(CaseReach.objects.order_by("pk").values()) == rows
    CaseReach.objects.filter(unit=city.willow).delete()
    assert reach_upwards(city.lotus.pk) == 5


def test_other_changes_of_a_unit_and_a_move_to_the_top_give_no_sight(city: City) -> None:
    some_cases(city)
    rows = list(CaseReach.objects.order_by("pk").values())
    organisation.change_unit(unit=city.lotus, changes={"name": "莲塘镇", "parent": city.command}, by=None, at=AT)
    move(city.lotus, None)
    assert list(CaseReach.objects.order_by("pk").values()) == rows


def test_two_moves_that_would_tie_a_knot_are_seen_through_stale_copies(city: City) -> None:
    lotus, willow = Unit.objects.get(pk=city.lotus.pk), Unit.objects.select_related("parent").get(pk=city.willow.pk)
    move(lotus, willow)
    stale = Unit.objects.get(pk=city.lotus.pk)
    stale.parent = city.command
    with pytest.raises(Invalid, match="unit_below_itself"):
        move(willow, stale)
