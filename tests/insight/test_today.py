"""The numbers of a day: what each lens shows, and that numbers and lists are the same cases."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.insight import counted, today
from civicloop.standards import reference
from tests.cast import CHINA, MONDAY_NINE

AT = MONDAY_NINE
FRIDAY = datetime(2026, 11, 20, 15, tzinfo=CHINA)


def day(at: datetime = AT) -> today.Day:
    return today.day_at(at, reference.now())


def shown(lens: str, at: datetime = AT, units: Any = None) -> set[int]:
    return set(today.rows(lens, day(at), units).values_list("pk", flat=True))


def test_soon_reaches_to_the_end_of_the_next_working_day(city: Any) -> None:
    assert day(FRIDAY).soon_ends == datetime(2026, 11, 24, tzinfo=CHINA)
    assert day(AT).soon_ends == datetime(2026, 11, 25, tzinfo=CHINA)


def test_overdue_due_today_and_due_soon_share_the_open_cases_out(city: Any) -> None:
    late = city.walk("accepted", at=AT - timedelta(days=7))
    now = city.walk("dispatched", at=AT - timedelta(hours=1))
    soon = city.walk("filed", at=AT - timedelta(minutes=40))
    Case.objects.filter(pk=now.pk).update(act_by=AT + timedelta(hours=3))
    Case.objects.filter(pk=soon.pk).update(act_by=AT + timedelta(days=1))

    assert (shown("overdue"), shown("due_today"), shown("due_soon")) == ({late.pk}, {now.pk}, {soon.pk})


def test_a_suspended_case_is_never_overdue_but_to_be_reviewed(city: Any) -> None:
    case = city.walk("accepted", at=AT - timedelta(hours=3))
    actions.suspend(
        case.uid, plan="等材料", person_id=city.leader.pk, review_on=(AT + timedelta(days=2)).date(), by=city.dispatcher,
        at=AT - timedelta(hours=1),
    )  # fmt: skip

    assert shown("to_review") == shown("overdue") == set()
    later = AT + timedelta(days=3)
    assert shown("to_review", later) == {case.pk}
    assert shown("overdue", later) == set()


def test_returned_waits_at_the_desk_and_sent_back_with_the_unit(city: Any) -> None:
    returned = city.walk("dispatched", at=AT - timedelta(hours=2))
    actions.return_(returned.uid, reason="不是我们的", by=city.handler, at=AT - timedelta(hours=1))
    again = city.walk("rectified", at=AT - timedelta(hours=2))
    actions.send_back(again.uid, reason="没清干净", by=city.verifier, at=AT - timedelta(minutes=10))

    assert shown("returned") == {returned.pk}
    assert shown("sent_back") == {again.pk}
    assert shown("sent_back", units=frozenset({city.willow.pk})) == set()


def test_whistled_until_the_called_unit_has_come(city: Any) -> None:
    case = city.walk("accepted", at=AT - timedelta(hours=3))
    actions.whistle(
        case.uid, kind="ordinary", unit_ids=[city.urban.pk], place="桥头", meet_at=AT + timedelta(hours=2),
        by=city.handler, at=AT - timedelta(hours=1),
    )  # fmt: skip
    called, other = frozenset({city.urban.pk}), frozenset({city.police.pk})

    assert shown("whistled", units=called) == {case.pk}
    assert today.whistled(called) == today.whistled(None) == 1
    assert today.whistled(other) == 0
    actions.report_in(case.uid, by=city.urban_handler, at=AT)
    assert today.whistled(called) == 0


def test_received_today_done_yesterday_and_judged_in_the_week_before(city: Any) -> None:
    received = city.walk("dispatched", at=AT - timedelta(hours=1))
    done = city.walk("rectified", at=AT - timedelta(days=1))
    late = city.walk("accepted", at=AT - timedelta(days=5))

    assert shown("received") == {received.pk}
    assert shown("done") == {done.pk}
    assert late.pk in shown("judged")
    assert received.pk not in shown("judged")


@pytest.fixture
def busy(city: Any) -> Any:
    """Cases of many states and ages, for two towns."""
    for days in (0, 1, 2, 4, 6):
        for number, state in enumerate(("filed", "dispatched", "accepted", "rectified", "closed")):
            at = AT - timedelta(days=days, hours=2 + number / 10)
            city.walk(state, at=at, unit="lotus" if number % 2 else "willow", address=f"路{days}-{number}号")
    return city


def test_numbers_by_unit_are_the_cases_of_the_lists(busy: Any) -> None:
    counted = today.standing(day(), None)

    for lens in today.STANDING:
        owners = Counter(today.rows(lens, day(), None).values_list("owner_id", flat=True))
        assert {unit: row[lens] for unit, row in counted.items() if row[lens]} == dict(owners)


def test_a_line_of_the_daily_dispatch_counts_its_unit_and_all_below(busy: Any) -> None:
    ref = reference.now()
    by_unit = counted.all_of(day(), None).by_unit
    lines = today.dispatch_lines([busy.command.pk, busy.lotus.pk, busy.police.pk], by_unit, AT, ref)
    root, lotus, police = (line.numbers for line in lines)

    for lens in (*today.STANDING, *today.FLOW):
        assert root[lens] == len(shown(lens))
        assert lotus[lens] == len(shown(lens, units=frozenset(ref.org.subtree(busy.lotus.pk))))
    assert not any(police.values())
    assert lines[0].on_time.denominator == len(shown("judged"))
    assert lines[0].on_time.numerator <= lines[0].on_time.denominator


@pytest.mark.parametrize(("who", "units"), [("handler", {"lotus", "lotus_north", "lotus_south"}), ("sysadmin", set())])
def test_a_person_looks_at_his_units_and_those_below(city: Any, who: str, units: set[str]) -> None:
    ref = reference.now()
    person = city.system_admin if who == "sysadmin" else city.people[who]
    actor = ref.actor(person, AT.date())

    assert today.scope_of(actor, ref) == frozenset(city.units[name].pk for name in units)


def test_a_desk_of_the_city_looks_at_everything(city: Any) -> None:
    ref = reference.now()

    assert today.scope_of(ref.actor(city.dispatcher, AT.date()), ref) is None


def test_the_daily_dispatch_takes_five_statements_however_many_units(busy: Any, django_assert_num_queries: Any) -> None:
    now = day()

    with django_assert_num_queries(5):
        counted.all_of(now, None)


@pytest.fixture
def large(busy: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A city whose open cases are too many to be counted for every page, with what a worker has counted."""
    monkeypatch.setattr(counted, "LIVE_UP_TO", 3)
    counted.keep_counted(at=AT, ref=reference.now())
    return busy


def test_a_large_city_reads_the_numbers_a_worker_counted_with_their_moment(
    large: Any, django_assert_num_queries: Any
) -> None:
    then = counted._everything(day(), None)
    large.walk("filed", at=AT + timedelta(seconds=30))
    later = day(AT + timedelta(minutes=1))

    with django_assert_num_queries(1):
        found = counted.all_of(later, None)

    assert found.as_of == AT
    assert found.by_unit == then
    assert sum(row["open"] for row in counted._everything(later, None).values()) == 1 + sum(
        row["open"] for row in then.values()
    )


def test_kept_numbers_are_those_of_the_asked_units_only(large: Any) -> None:
    lotus = frozenset(reference.now().org.subtree(large.lotus.pk))

    found = counted.standing_of(day(AT + timedelta(minutes=1)), lotus)

    assert found.as_of == AT
    assert set(found.by_unit) <= lotus
    assert {unit: row["open"] for unit, row in found.by_unit.items() if row.get("open")} == {
        unit: row["open"] for unit, row in today.standing(day(), lotus).items()
    }


def test_what_moved_is_read_from_the_kept_numbers_by_a_small_unit_of_a_large_city_too(
    large: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """Its own open cases are counted as it asks; what moved is found by time, among the cases of everybody."""
    lotus = frozenset(reference.now().org.subtree(large.lotus.pk))
    later = day(AT + timedelta(minutes=1))
    mine = sum(row["open"] for row in today.standing(later, lotus).values())
    everybody = sum(row["open"] for row in today.standing(later, None).values())
    assert mine < everybody
    monkeypatch.setattr(counted, "LIVE_UP_TO", mine)

    assert counted.standing_of(later, lotus).as_of == later.at
    with django_assert_num_queries(1):
        found = counted.all_of(later, lotus)
    assert found.as_of == AT
    assert found.by_unit == {unit: row for unit, row in counted._everything(day(), lotus).items() if unit in lotus}


@pytest.mark.parametrize("later", [timedelta(minutes=4), timedelta(hours=16), timedelta(minutes=-1)])
def test_numbers_that_are_old_of_another_day_or_of_the_future_are_not_told(large: Any, later: timedelta) -> None:
    assert counted.standing_of(day(AT + later), None).as_of == AT + later


def test_where_little_is_open_it_is_counted_at_once(large: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "LIVE_UP_TO", 2_000)

    assert counted.standing_of(day(AT + timedelta(minutes=1)), None).as_of == AT + timedelta(minutes=1)


def test_numbers_kept_before_midnight_are_not_those_of_the_new_day(busy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "LIVE_UP_TO", 3)
    midnight = (AT + timedelta(days=1)).replace(hour=0, minute=0)
    counted.keep_counted(at=midnight - timedelta(minutes=1), ref=reference.now())

    assert counted.standing_of(day(midnight), None).as_of == midnight
