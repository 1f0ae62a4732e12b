"""Offices, people and points of the demo city, before they are written down."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from civicloop.demo.land import land
from civicloop.demo.offices import unit_of_village, unit_rows
from civicloop.demo.people import ACCOUNTS, Human, people
from civicloop.demo.pictures import picture
from civicloop.demo.points import spots
from civicloop.organisation.rules.roles import Role, clash
from civicloop.standards.rules.pack import load_pack, shipped_packs


@pytest.fixture(scope="module")
def everybody() -> list[Human]:
    return people(land(), Random("1:people"))


def test_about_eighty_units_hang_under_one_command_post() -> None:
    rows = unit_rows(land())
    codes = {row.code for row in rows}

    assert 75 <= len(rows) == len(codes) <= 85
    assert [row.code for row in rows if not row.parent] == ["ZHB"]
    assert all(row.parent in codes for row in rows if row.parent)


def test_every_line_of_the_default_pack_is_held_by_a_unit() -> None:
    wanted = {line.key for line in load_pack(shipped_packs() / "city-default").lines}
    held = {line for row in unit_rows(land()) for line in row.lines}

    assert held == wanted


def test_every_village_has_a_unit_that_answers_for_its_ground() -> None:
    codes = {row.code for row in unit_rows(land())}

    assert set(unit_of_village(land()).values()) <= codes


def test_names_are_plainly_invented_and_nobody_is_there_twice(everybody: list[Human]) -> None:
    assert all(human.name.startswith("演示·") for human in everybody)
    assert max(Counter(human.name for human in everybody).values()) == 1
    assert max(Counter(human.username for human in everybody).values()) == 1


def test_every_unit_has_somebody_who_handles_and_somebody_who_leads(everybody: list[Human]) -> None:
    jobs = {(job.role, job.unit) for human in everybody for job in human.jobs}

    for row in unit_rows(land()):
        assert (Role.UNIT_HANDLER, row.code) in jobs
        assert (Role.UNIT_LEADER, row.code) in jobs


def test_nobody_holds_roles_that_must_stay_apart(everybody: list[Human]) -> None:
    for human in everybody:
        held = frozenset(job.role for job in human.jobs)
        assert not any(clash(held, role) for role in held)


def test_there_is_an_account_for_each_role_that_uses_the_desk() -> None:
    roles = {role for _, _, _, role in ACCOUNTS}

    # The desk of voluntary service comes with its centre (`demo.volunteers`).
    assert roles == set(Role) - {Role.SPONSOR, Role.GRID_WORKER, Role.ORDER_DESK}


def test_a_few_grids_have_nobody_on_purpose(everybody: list[Human]) -> None:
    kept = {job.grid for human in everybody for job in human.jobs if job.role == Role.GRID_WORKER}

    assert 5 <= len({plot.code for plot in land().plots} - kept) <= 40


def test_points_lie_in_their_grids_and_a_few_have_no_owner() -> None:
    types = [(one.code, one.name.zh_Hans) for one in load_pack(shipped_packs() / "wenming").point_types]
    found = spots(land(), types, Random(1))

    assert len(found) == 1200
    assert {spot.point_type for spot in found} <= {code for code, _ in types}
    assert all(spot.plot.ground.distance(_at(spot.lon, spot.lat)) < 1e-6 for spot in found)
    assert 0 < sum(not spot.owned for spot in found) < 60


def _at(lon: float, lat: float) -> object:
    from shapely import Point

    return Point(lon, lat)


def test_the_same_place_looks_the_same_and_is_clean_afterwards() -> None:
    before, after = picture("x", "06010", after=False), picture("x", "06010", after=True)

    assert before == picture("x", "06010", after=False)
    assert len({before, after, picture("x", "09010", after=False), picture("y", "06010", after=False)}) == 4
