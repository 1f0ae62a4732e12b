"""Who sees what: the list, the single case, the policy and the inbox say the same."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from civicloop.cases import actions, policy, queries
from civicloop.cases.models import Case, CaseReach
from civicloop.cases.queries import CaseFilters
from civicloop.cases.rules.lifecycle import OPEN
from civicloop.kernel.refusal import NotFound
from civicloop.organisation import actions as organisation
from civicloop.standards import reference
from civicloop.standards.reference import Actor
from tests.cast import MONDAY_NINE, SIDE, SINCE, SOUTH, WEST, City, hours

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(3)
# The steps somebody waits for; the others are free to take or not.
DUTIES = {
    "unit_handler": {"accept", "rectify", "report_in"},
    "unit_leader": {"accept", "rectify", "report_in", "resume"},
    "filer": {"file", "close"},
    "dispatcher": {"dispatch", "grant_extension"},
    "verifier": {"verify"},
    "supervisor": {"grant_extension", "decide_appeal", "review"},
}


def a_busy_city(city: City) -> list[Case]:
    places = [{"lon": WEST + SIDE * (n % 2) + 0.005, "lat": SOUTH + SIDE * (n // 2) + 0.005} for n in range(4)]
    number = count()

    def case(state: str, unit: str = "lotus", by: str = "reporter") -> Case:
        n = next(number)
        return city.walk(state, unit=unit, by=by, at=MONDAY_NINE + hours(n / 60), **places[n % 4])

    made = [case(state, unit) for unit in ("lotus", "willow", "sanitation") for state in
            ("reported", "filed", "dispatched", "accepted", "rectified", "verified", "closed")]  # fmt: skip
    whistled = case("accepted")
    actions.whistle(
        whistled.uid,
        kind="ordinary",
        unit_ids=[city.urban.pk, city.sanitation.pk],
        place="路口",
        meet_at=AT,
        by=city.handler,
        at=AT,
    )
    over = case("accepted")
    actions.whistle(
        over.uid, kind="ordinary", unit_ids=[city.urban.pk], place="路口", meet_at=AT, by=city.handler, at=AT
    )
    over = actions.rectify(over.uid, note="好", photos=[city.photo()], by=city.handler, at=AT)
    late = case("accepted", "willow")
    actions.extend(late.uid, amount=1, unit_of_time="work_hour", reason="等", by=city.other_handler, at=AT)
    hung = case("accepted", "willow")
    actions.suspend(
        hung.uid,
        plan="改造",
        person_id=city.other_leader.pk,
        review_on=(AT + hours(240)).date(),
        by=city.supervisor,
        at=AT,
    )
    judged = case("closed")
    actions.appeal(judged.uid, ground="verdict", reason="不对", by=city.leader, at=AT)
    split = case("accepted")
    actions.split(split.uid, unit_ids=[city.lotus_south.pk, city.cleaners.pk], by=city.dispatcher, at=AT)
    community = case("filed", by="grid_worker")
    actions.dispatch(community.uid, unit_id=city.willow_east.pk, by=city.dispatcher, at=AT)
    assert len(made) == 21
    return list(Case.objects.order_by("pk"))


def town_desks(city: City) -> None:
    """Beside the cast: desks of one town, and somebody with posts in two units."""
    for name, posts in {
        "town_supervisor": [("supervisor", "willow")], "town_dispatcher": [("dispatcher", "lotus")],
        "two_posts": [("unit_handler", "lotus_south"), ("reporter", "willow_east")],
    }.items():  # fmt: skip
        person = organisation.add_person(username=name, name="某人", by=None, at=AT)
        for role, unit in posts:
            organisation.appoint(person=person, role=role, unit=city.units[unit], starts_on=SINCE, by=None, at=AT)
        city.people[name] = person


def actors(city: City) -> dict[str, Actor]:
    ref = reference.now()
    return {name: ref.actor(person, AT.date()) for name, person in city.people.items()}


def can_get(case: Case, actor: Actor) -> bool:
    try:
        return queries.get(case.uid, actor) == case
    except NotFound:
        return False


def test_list_single_case_and_policy_agree_for_everybody_and_every_case(city: City) -> None:
    town_desks(city)
    cases, ref = a_busy_city(city), reference.now()
    differing, seen = [], {}
    for name, actor in actors(city).items():
        listed = list(queries.listing(actor, CaseFilters(), ref).values_list("pk", flat=True))
        assert len(listed) == len(set(listed))
        seen[name] = len(listed)
        for case in cases:
            said = (case.pk in listed, can_get(case, actor), policy.sees(actor, case))
            if len(set(said)) != 1:
                differing.append((name, case.number, said))

    assert differing == []
    everything = len(cases)
    assert {name for name, number in seen.items() if number == everything} >= {
        "filer", "dispatcher", "verifier", "supervisor", "auditor",
    }  # fmt: skip
    assert [seen[name] for name in ("system_admin", "security_admin", "audit_admin")] == [0, 0, 0]
    assert 0 < seen["other_handler"] < everything
    assert 0 < seen["urban_handler"] <= 2


def test_whoever_may_take_a_step_of_a_case_sees_it(city: City) -> None:
    town_desks(city)
    cases = a_busy_city(city)
    blind = [
        (name, case.number, case.state, step.name)
        for name, actor in actors(city).items()
        for case in cases
        if not policy.sees(actor, case)
        for step in queries.steps_open_to(actor, case, at=AT, ref=reference.now())
    ]
    assert blind == []


def duty_steps(actor: Actor, case: Case) -> set[str]:
    duties = set().union(*(DUTIES.get(role, set()) for role in actor.roles))
    return duties & {step.name for step in queries.steps_open_to(actor, case, at=AT, ref=reference.now())}


def owned_by(actor: Actor, case: Case) -> bool:
    return any(case.owner_id in actor.book.subtree(post.unit_id) for post in actor.posts)


def test_the_inbox_holds_exactly_the_cases_on_which_somebody_waits_for_this_person(city: City) -> None:
    town_desks(city)
    cases, ref, wrong, full = a_busy_city(city), reference.now(), [], set()
    for name, actor in actors(city).items():
        inbox = list(queries.inbox(actor, ref))
        assert len(inbox) == len({case.pk for case in inbox})
        for case in cases:
            expected = bool(duty_steps(actor, case))
            # Of suspended cases the unit is reminded as well, though its handlers wait for the review.
            if "unit_handler" in actor.roles and case.state == "suspended":
                expected = owned_by(actor, case)
            if (case in inbox) != expected:
                wrong.append((name, case.number, case.state, case in inbox, duty_steps(actor, case)))
            full |= {name} if expected else set()
    assert wrong == []
    assert full >= {"filer", "dispatcher", "verifier", "supervisor", "handler", "leader", "sweeper", "town_supervisor"}
    assert not full & {"auditor", "system_admin", "security_admin", "audit_admin", "reporter", "sponsor", "grid_worker"}


def test_nothing_is_in_an_inbox_that_its_owner_may_not_see(city: City) -> None:
    town_desks(city)
    a_busy_city(city)
    ref = reference.now()
    for actor in actors(city).values():
        assert all(policy.sees(actor, case) for case in queries.inbox(actor, ref))


def test_the_most_pressing_comes_first(city: City) -> None:
    a_busy_city(city)
    ref = reference.now()
    times = [case.act_by for case in queries.inbox(ref.actor(city.handler, AT.date()), ref)]
    assert len(times) > 2
    assert times == sorted(times)


def test_moving_steps_say_the_same_as_the_steps_of_each_case(city: City) -> None:
    a_busy_city(city)
    for actor in actors(city).values():
        found = queries.moving_steps(actor, list(Case.objects.all()), at=AT, ref=reference.now())
        for case in Case.objects.all():
            whole = {
                step.name for step in queries.steps_open_to(actor, case, at=AT, ref=reference.now())
            } & queries.MOVING
            assert {step.name for step in found[case.pk]} == whole


def test_every_open_case_is_somebodys_duty(city: City) -> None:
    cases, everybody = a_busy_city(city), actors(city).values()
    forgotten = [
        (case.number, case.state, case.owner.code)
        for case in cases
        if case.state in OPEN and not any(duty_steps(actor, case) for actor in everybody)
    ]
    assert forgotten == []


def test_the_filters_narrow_the_list(city: City) -> None:
    cases, ref = a_busy_city(city), reference.now()
    actor = ref.actor(city.supervisor, AT.date())

    def found(**filters: object) -> set[int]:
        return set(queries.listing(actor, CaseFilters(**filters), ref).values_list("pk", flat=True))

    def those(test: object) -> set[int]:
        return {case.pk for case in cases if test(case)}  # type: ignore[operator]

    west = (WEST, SOUTH, WEST + SIDE / 2, SOUTH + SIDE / 2)
    assert found(states=["filed", "closed"]) == those(lambda c: c.state in ("filed", "closed"))
    assert found(unit_id=city.lotus.pk) == those(lambda c: c.unit_id in (city.lotus.pk, city.lotus_south.pk))
    assert found(grid_id=city.grids[1].pk) == those(lambda c: c.grid_id == city.grids[1].pk)
    assert found(bbox=west) == those(lambda c: c.lon < WEST + SIDE / 2 and c.lat < SOUTH + SIDE / 2)
    assert found(open_only=True) == those(lambda c: c.ended_at is None)
    assert found(open_only=False) == those(lambda c: c.ended_at is not None)
    late = AT + hours(72)
    assert found(overdue_at=late) == those(lambda c: c.act_by is not None and c.act_by < late) != set()
    assert found(reported_from=MONDAY_NINE + hours(0.1)) == those(lambda c: c.reported_at >= MONDAY_NINE + hours(0.1))
    assert found(due_to=late, states=["accepted"]) == those(lambda c: c.state == "accepted" and c.due_at < late)
    assert found(urgent=True) == set()
    assert found(reporter_id=city.grid_worker.pk) == those(lambda c: c.reporter_id == city.grid_worker.pk)


# ---- what lies near is told as far as the reader may see it


def _beside(city: City, by: str, **given: Any) -> Any:
    """A report thirty metres beside the first place."""
    return actions.report(
        category_id=city.litter.pk, by=city.people[by], at=MONDAY_NINE + hours(5), lon=WEST + 0.0053, lat=SOUTH + 0.005,
        **given,
    )  # fmt: skip


def test_a_reporter_hears_only_how_many_cases_near_he_may_not_see(city: City) -> None:
    first = city.report(by="town_inspector")
    CaseReach.objects.filter(case=first, unit__in=[city.lotus_north.pk, city.lotus.pk]).delete()

    reported = _beside(city, "reporter")
    assert (reported.duplicates, reported.hidden) == ([], 1)

    seen = _beside(city, "filer")
    assert (len(seen.duplicates), seen.hidden) == (2, 0)


def test_what_a_case_came_back_from_is_linked_but_not_told_to_who_may_not_see_it(city: City) -> None:
    old = city.walk("closed", by="town_inspector")
    CaseReach.objects.filter(case=old).delete()

    reported = _beside(city, "reporter")

    assert reported.case.recurrence_of_id == old.pk
    assert reported.recurrence is None


def test_nobody_of_the_house_is_told_of_no_case_near(city: City) -> None:
    city.report()
    reported = actions.report(
        category_id=city.litter.pk, by=None, source="resident", at=MONDAY_NINE, lon=WEST + 0.005, lat=SOUTH + 0.005
    )
    assert (reported.duplicates, reported.hidden) == ([], 1)
