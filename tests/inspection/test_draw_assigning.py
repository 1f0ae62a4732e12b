"""Inspectors drawn to visits: conflicts, twins, load; substitution; look-back; who sees what when."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.inspection import actions, queries
from civicloop.inspection.models import DrawnPoint, Visit
from civicloop.inspection.policy import visible_visits
from civicloop.inspection.rules import assigning
from civicloop.inspection.rules.assigning import Task, share
from civicloop.inspection.rules.conflicts import Tree, conflict
from civicloop.inspection.rules.routes import Limits
from civicloop.kernel.geo import LonLat
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.models import Point
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, hours
from tests.inspection.stage import WEEK, Stage, at, set_stage

# 1 command; 2 office; 10 town with 11, 12 below; 20 another town with 21; 30 department with company 31.
TREE = Tree({1: None, 2: 1, 10: 1, 11: 10, 12: 10, 20: 1, 21: 20, 30: 1, 31: 30}, frozenset({1, 2}))


@pytest.fixture
def stage(city: City) -> Stage:
    return set_stage(city)


def assign(stage: Stage, of: Any, **given: Any) -> Any:
    asked = {
        "draw": of,
        "inspectors": list(stage.inspectors.values()),
        "days": WEEK[:2],
        "by": None,
        "at": MONDAY_NINE,
    }
    return actions.assign_visits(**{**asked, **given})


@pytest.mark.parametrize(
    ("posts", "unit", "why"),
    [
        ({11}, 11, "own_unit"), ({10}, 11, "same_branch"), ({11}, 10, "same_branch"), ({12}, 11, None), ({21}, 11, None),
        ({2}, 11, None), ({1}, 11, None), ({2}, 2, "own_unit"), ({11}, 2, None), ({2, 31}, 30, "same_branch"), ({11}, None, None),
    ],
)  # fmt: skip
def test_nobody_inspects_his_own_branch_but_city_wide_units_hinder_nobody(
    posts: set[int], unit: int | None, why: str | None
) -> None:
    assert conflict(posts, unit, TREE) == why


def test_who_worked_on_a_case_does_not_look_back_at_it() -> None:
    assert conflict({2}, 11, TREE, handled={7}, person=7) == "own_work"
    assert conflict({2}, 11, TREE, handled={7}, person=8) is None


@given(st.integers(0, 60), st.integers(1, 6), st.integers(1, 3), st.integers(0, 10**6))
def test_shares_respect_conflicts_twins_and_days(many: int, people: int, days: int, number: int) -> None:
    tasks = []
    for task in range(many):
        allowed = frozenset(person for person in range(1, people + 1) if (task * 7 + person * 3 + number) % 4)
        tasks.append(Task(f"{task}.1", 20, allowed))
        if task % 5 == 0:
            tasks.append(Task(f"{task}.2", 20, allowed, f"{task}.1"))

    found = share(tasks, range(1, people + 1), days, number.to_bytes(32, "big"), most_minutes=400)

    assert set(found.slots) | set(found.left) == {task.key for task in tasks}
    assert not set(found.slots) & set(found.left)
    load = Counter(found.slots.values())
    assert all(20 * count <= 400 for count in load.values())
    for task in tasks:
        slot = found.slots.get(task.key)
        assert slot is None or slot.inspector in task.allowed
        if slot and task.twin in found.slots:
            assert slot.inspector != found.slots[task.twin].inspector
    assert found == share(tasks, range(1, people + 1), days, number.to_bytes(32, "big"), most_minutes=400)


def test_load_is_balanced_and_the_seed_decides_who() -> None:
    tasks = [Task(str(number), 20, frozenset({1, 2, 3, 4})) for number in range(80)]
    firsts = set()
    for number in range(30):
        found = share(tasks, [1, 2, 3, 4], 1, number.to_bytes(32, "big"), most_minutes=540)
        assert set(Counter(slot.inspector for slot in found.slots.values()).values()) == {20}
        firsts.add(found.slots["0"].inspector)

    assert firsts == {1, 2, 3, 4}


def test_each_reason_for_leaving_a_visit_out_is_told() -> None:
    tasks = [
        Task("barred", 20, frozenset()),
        Task("one.1", 20, frozenset({1})),
        Task("one.2", 20, frozenset({1}), "one.1"),
    ]

    found = share([*tasks, Task("long", 900, frozenset({1, 2}))], [1, 2], 1, bytes(32), most_minutes=540)

    assert found.left == {
        "barred": assigning.NOBODY, "one.2": assigning.NO_TWIN, "long": assigning.DAY_FULL,
    }  # fmt: skip
    assert share(tasks, [], 1, bytes(32), most_minutes=540).left == dict.fromkeys(
        ["barred", "one.1", "one.2"], assigning.NOBODY
    )


def test_every_place_gets_its_visits_and_nobody_his_own_unit(stage: Stage) -> None:
    draw = stage.draw(design={"size": 30, "double_share": 0.2})

    found = assign(stage, draw)

    used = draw.drawn.filter(in_use=True)
    assert found.left == ()
    assert found.visits == 36 == Visit.objects.count()
    assert all(row.visits.count() == 1 + row.double for row in used)
    twins = Visit.objects.exclude(twin=None).select_related("twin")
    assert len(twins) == 6
    assert all(one.twin.drawn_id == one.drawn_id and one.twin.inspector_id != one.inspector_id for one in twins)
    lotus, willow = (stage.inspectors[name] for name in ("looker_lotus", "looker_willow"))
    assert not {unit for unit in lotus.visits.values_list("point__unit__code", flat=True) if unit.startswith("LOTUS")}
    assert "WILLOW_EAST" not in willow.visits.values_list("point__unit__code", flat=True)
    assert assign(stage, draw).visits == 0


def test_a_route_has_times_in_order(stage: Stage) -> None:
    draw = stage.draw(design={"size": 30, "windows": {"MARKET": ["08:00", "11:00"]}})
    depots = {person.username: LonLat(WEST, SOUTH) for person in stage.inspectors.values()}

    assign(stage, draw, limits=Limits(depots=depots))

    for person in stage.inspectors.values():
        sheet = queries.route_of(person, WEEK[0], at=at(WEEK[0]))
        assert [visit.order for visit in sheet.visits] == list(range(1, len(sheet.visits) + 1))
        assert [visit.plan["arrive"] for visit in sheet.visits] == sorted(
            visit.plan["arrive"] for visit in sheet.visits
        )
        assert sheet.without_time == ()
        assert all(visit.plan["arrive"] <= "11:00" for visit in sheet.visits if visit.point.point_type == "MARKET")


def test_nobody_and_strangers_cannot_be_drawn(stage: Stage) -> None:
    draw = stage.draw()
    for given_, kind, code in (
        ({"inspectors": []}, Conflict, "no_inspectors"),
        ({"inspectors": [stage.city.handler]}, Invalid, "not_an_inspector"),
        ({"days": []}, Invalid, "day_outside_round"),
        ({"days": [WEEK[0], WEEK[0]]}, Invalid, "day_outside_round"),
        ({"days": [WEEK[0] - timedelta(days=1)]}, Invalid, "day_outside_round"),
        ({"draw": stage.commit()}, Conflict, "draw_not_in_state"),
    ):
        with pytest.raises(kind) as refused:
            assign(stage, draw, **given_)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        assign(stage, draw, by=stage.city.dispatcher)


def test_where_everybody_has_a_conflict_the_place_is_listed_and_given_later(stage: Stage) -> None:
    draw = stage.draw(design={"size": 12, "double_share": 0})
    barred = draw.drawn.filter(in_use=True, point__unit__code__startswith="LOTUS").count()
    assert barred

    found = assign(stage, draw, inspectors=[stage.inspectors["looker_lotus"]])

    assert Counter(left.why for left in found.left) == {"nobody_eligible": barred}
    assert all(left.code for left in found.left)
    later = assign(stage, draw, inspectors=[stage.inspectors["looker_one"]], seed_part="2")
    assert (later.visits, later.left) == (barred, ())


def test_what_is_left_over_is_not_named_while_sealed(stage: Stage) -> None:
    draw = stage.draw(opens_on=WEEK[3])

    found = assign(stage, draw, inspectors=[stage.inspectors["looker_lotus"]])

    assert found.left
    assert {left.code for left in found.left} == {""}


def test_a_day_that_is_full_leaves_visits_out_with_the_reason(stage: Stage) -> None:
    draw = stage.draw(design={"size": 30, "minutes": {"*": 60}, "double_share": 0})

    found = assign(stage, draw, inspectors=[stage.inspectors["looker_one"]], days=WEEK[:1])

    assert {left.why for left in found.left} == {"day_full"}
    assert found.visits + len(found.left) == 30
    assert 5 <= found.visits <= 9


def test_an_inspector_sees_his_visits_from_their_morning_on_and_the_desk_from_the_opening(stage: Stage) -> None:
    draw = stage.draw(opens_on=WEEK[1])
    assign(stage, draw, days=[WEEK[2]])
    person, ref = stage.inspectors["looker_one"], reference.now()
    own = person.visits.count()
    assert own

    def seen(who: Any, day: Any) -> int:
        return Visit.objects.filter(visible_visits(ref.actor(who, day), at(day, 0))).count()

    assert [seen(person, day) for day in WEEK[:4]] == [0, 0, own, own]
    assert [seen(stage.city.supervisor, day) for day in WEEK[:2]] == [0, Visit.objects.count()]
    assert seen(stage.city.handler, WEEK[4]) == 0
    judged = Visit.objects.filter(point__unit__code__startswith="LOTUS")
    judged.update(state="judged", judged_at=at(WEEK[2]))
    assert seen(stage.city.handler, WEEK[4]) == judged.count() > 0
    for sealed in (
        lambda: queries.route_of(person, WEEK[2], at=at(WEEK[1])),
        lambda: queries.day_sheet(
            stage.round, WEEK[2], actor=ref.actor(stage.city.supervisor, WEEK[1]), at=at(WEEK[1])
        ),
    ):
        with pytest.raises(Conflict) as refused:
            sealed()
        assert refused.value.code == "draw_sealed"
    sheets = queries.day_sheet(stage.round, WEEK[2], actor=ref.actor(stage.city.supervisor, WEEK[2]), at=at(WEEK[2]))
    assert sum(len(sheet.visits) for sheet in sheets) == Visit.objects.count()


# ── substitution ──


def first_with_reserve(draw: Any) -> DrawnPoint:
    spare = draw.drawn.filter(role="reserve").first()
    found: DrawnPoint = draw.drawn.filter(stratum=spare.stratum, in_use=True).first()
    return found


def test_the_next_reserve_of_the_stratum_takes_the_place_and_both_rows_stay(stage: Stage) -> None:
    draw = stage.draw(design={"size": 12, "double_share": 0.5, "reserve_share": 1})
    assign(stage, draw)
    row = draw.drawn.filter(double=True, stratum__startswith="STREET").first()
    spare = draw.drawn.filter(role="reserve", stratum=row.stratum).order_by("order")
    expected = spare[0]

    taken = actions.substitute(drawn=row, reason="the market has moved", by=stage.city.supervisor, at=MONDAY_NINE)

    row.refresh_from_db()
    assert (taken.pk, taken.replaces_id, taken.in_use, taken.double) == (expected.pk, row.pk, True, True)
    assert (row.in_use, taken.reason) == (False, "the market has moved")
    assert {visit.state for visit in row.visits.all()} == {"replaced"}
    new = list(taken.visits.order_by("pk"))
    assert {(one.inspector_id, one.day) for one in new} == {(one.inspector_id, one.day) for one in row.visits.all()}
    assert new[1].twin_id == new[0].pk or new[0].twin_id == new[1].pk
    line = LedgerLine.objects.filter(uid=draw.uid).last()
    assert (line.verb, line.data["reason"]) == ("draw.substitute", "the market has moved")
    again = actions.substitute(drawn=taken, reason="closed", by=None, at=MONDAY_NINE)
    assert again.pk == spare[1].pk
    assert queries.draw_page(draw, reference.now().actor(stage.city.supervisor, WEEK[0]), MONDAY_NINE).drawn[-1]


def test_a_substitution_that_makes_no_sense_is_refused(stage: Stage) -> None:
    draw = stage.draw(design={"size": 12, "reserve_share": 0})
    row = draw.drawn.first()
    with pytest.raises(Invalid):
        actions.substitute(drawn=row, reason="  ", by=None, at=MONDAY_NINE)
    with pytest.raises(NotAllowed):
        actions.substitute(drawn=row, reason="closed", by=stage.city.handler, at=MONDAY_NINE)
    with pytest.raises(Conflict) as refused:
        actions.substitute(drawn=row, reason="closed", by=None, at=MONDAY_NINE)
    assert refused.value.code == "no_reserve_left"
    sealed = stage.draw(opens_on=WEEK[3])
    with pytest.raises(Conflict) as refused:
        actions.substitute(drawn=first_with_reserve(sealed), reason="closed", by=None, at=MONDAY_NINE)
    assert refused.value.code == "draw_sealed"


def test_a_place_that_was_visited_or_is_a_reserve_is_not_replaced(stage: Stage) -> None:
    draw = stage.draw()
    assign(stage, draw)
    row = first_with_reserve(draw)
    row.visits.update(state="judged", judged_at=MONDAY_NINE)
    for drawn, code in ((row, "visited_already"), (draw.drawn.filter(role="reserve").first(), "not_in_use")):
        with pytest.raises(Conflict) as refused:
            actions.substitute(drawn=drawn, reason="closed", by=None, at=MONDAY_NINE)
        assert refused.value.code == code


def test_a_reserve_with_a_conflict_waits_for_another_inspector(stage: Stage) -> None:
    draw = stage.draw()
    row = first_with_reserve(draw)
    spare = draw.drawn.filter(role="reserve", stratum=row.stratum).first()
    Point.objects.filter(pk=spare.point_id).update(unit=stage.city.office)
    Point.objects.filter(pk=row.point_id).update(unit=stage.city.police)
    assign(stage, draw, inspectors=[stage.inspectors["looker_one"]])

    taken = actions.substitute(drawn=row, reason="closed", by=None, at=MONDAY_NINE)

    assert taken.visits.count() == 0
    found = assign(stage, draw, inspectors=[stage.inspectors["looker_two"]], seed_part="2")
    assert taken.visits.count() == 1
    assert found.visits >= 1


def test_a_missed_visit_says_why_and_may_be_given_again(stage: Stage) -> None:
    draw = stage.draw(design={"size": 12, "double_share": 0})
    assign(stage, draw, days=[WEEK[1]])
    visit = Visit.objects.first()
    with pytest.raises(Conflict) as refused:
        actions.miss_visit(visit=visit, reason="storm", by=None, at=MONDAY_NINE)
    assert refused.value.code == "visit_not_due"

    missed = actions.miss_visit(visit=visit, reason="storm", by=stage.city.supervisor, at=at(WEEK[1]))

    assert (missed.state, missed.note) == ("missed", "storm")
    with pytest.raises(Conflict):
        actions.miss_visit(visit=visit, reason="storm", by=None, at=at(WEEK[1]))
    assert assign(stage, draw, days=[WEEK[2]], seed_part="2").visits == 1


# ── look-back ──


def test_look_back_weighs_what_is_doubtful_and_visits_carry_the_case(stage: Stage) -> None:
    city = stage.city
    plain = [city.walk("closed", at=MONDAY_NINE - timedelta(days=5, minutes=number)) for number in range(3)]
    late = city.walk("closed", at=MONDAY_NINE - timedelta(days=4), lon=WEST + 0.03, lat=SOUTH + 0.005)
    type(late).objects.filter(pk=late.pk).update(rectified_at=late.due_at + hours(9), sent_back_count=1)
    design = {
        "kind": "look_back", "size": 2, "from": "2026-11-01", "to": "2026-11-22", "double_share": 0,
        "weights": {"recurrence": 0, "photo_repeated": 0, "late": 1, "sent_back": 2},
    }  # fmt: skip

    draw = stage.draw(design=design)
    found = assign(stage, draw)

    chances = {row.case_id: row.chance for row in draw.drawn.all()}
    # Weights 1, 1, 1 and 4: two places; the heavy one for certain, the others by thirds.
    assert chances[late.pk] == 1
    assert all(chance == pytest.approx(1 / 3) for case, chance in chances.items() if case != late.pk)
    assert set(chances) <= {late.pk, *(case.pk for case in plain)}
    assert found.visits == 2
    assert set(Visit.objects.values_list("case_id", flat=True)) == set(
        draw.drawn.filter(in_use=True).values_list("case", flat=True)
    )
    from civicloop.inspection.rules import frame

    rows = frame.decode(frame.unpack(draw.frame))
    assert {row.marks for row in rows} == {"", "sent_back+late"}
    assert {(row.lon, row.lat) for row in rows} == {("", "")}


def test_units_with_recurrences_and_photos_used_twice_weigh_more(stage: Stage) -> None:
    from civicloop.inspection import framing
    from civicloop.inspection.rules import design as designs

    city = stage.city
    one = city.walk("closed", at=MONDAY_NINE - timedelta(days=9))
    other = city.walk("closed", at=MONDAY_NINE - timedelta(days=5))
    apart = city.walk("closed", at=MONDAY_NINE - timedelta(days=5), unit="willow", lon=WEST + 0.03, lat=SOUTH + 0.03)
    type(other).objects.filter(pk=other.pk).update(recurrence_of=one)

    asked = designs.read({"kind": "look_back", "size": 2, "from": "2026-11-01", "to": "2026-11-22"})
    rows = {row.code: row for row in framing.freeze(asked, reference.now(), on=WEEK[0])}

    # The cast hands in the same picture each time: every photo here is used twice.
    assert rows[str(one.uid)].marks == rows[str(other.uid)].marks == "recurrence+photo_repeated"
    assert rows[str(apart.uid)].marks == "photo_repeated"
    assert (rows[str(one.uid)].weight, rows[str(apart.uid)].weight) == (6, 4)


def test_whoever_worked_on_a_case_is_not_drawn_to_it(stage: Stage) -> None:
    from civicloop.organisation import actions as organisation
    from tests.cast import SINCE

    city = stage.city
    city.walk("closed", at=MONDAY_NINE - timedelta(days=5))
    organisation.appoint(
        person=city.verifier, role="inspector", unit=city.checkers, starts_on=SINCE, by=None, at=MONDAY_NINE
    )
    draw = stage.draw(
        design={"kind": "look_back", "size": 1, "from": "2026-11-01", "to": "2026-11-22", "double_share": 0}
    )

    found = assign(stage, draw, inspectors=[city.verifier])

    assert [left.why for left in found.left] == ["nobody_eligible"]
