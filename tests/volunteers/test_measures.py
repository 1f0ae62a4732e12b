"""The figures of voluntary service: from data, without small groups, without ranks of persons."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.ids import new_uid
from civicloop.rows import count_anew, insert
from civicloop.standards import reference
from civicloop.volunteers import actions
from civicloop.volunteers.actions import events, hours
from civicloop.volunteers.models import Event, Project, ServiceRecord, Shift, Volunteer
from civicloop.volunteers.queries.measures import Measures, measures
from civicloop.volunteers.rules.groups import shield, shielded
from tests.cast import CHINA, MONDAY_NINE
from tests.volunteers.cast import Corps
from tests.volunteers.folk import NOW, SATURDAY, event, volunteer

YEAR = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}


def figures(unit_id: int | None = None, **period: Any) -> Measures:
    return measures(ref=reference.now(), unit_id=unit_id, **(YEAR | period))


def come(corps: Corps, made: Event, people: list[Volunteer], long: float = 3) -> None:
    """All of them were there, and their hours are recorded."""
    shift = made.shifts.get()
    for who in people:
        events.enter_attendance(
            shift=shift, volunteer=who, arrived_at=shift.starts_at, left_at=shift.starts_at + timedelta(hours=long),
            by=corps.order_desk, at=NOW,
        )  # fmt: skip
    hours.record_shift(shift=shift, by=corps.order_desk, at=NOW)


def test_nothing_gives_noughts_and_no_shares(corps: Corps) -> None:
    told = figures()

    assert (told.projects, told.events, told.person_times, told.hours, told.volunteers) == (0, 0, 0, Decimal(0), 0)
    assert (told.orders.made, told.orders.precision, told.orders.score, told.orders.hours_to_accept) == (
        0,
        None,
        None,
        None,
    )


def test_projects_events_and_person_times_are_counted(corps: Corps) -> None:
    people = [volunteer(corps, f"义{n}", serial=n) for n in range(1, 8)]
    come(corps, event(corps), people)
    come(corps, event(corps, title="另一活动", unit=corps.plum, by=corps.order_desk, in_charge=corps.order_desk), [])
    for code, brand in (("P1", True), ("P2", False), ("P3", False)):
        made = events.keep_project(
            code=code, name=code, unit=corps.mulberry, brand=brand, by=corps.order_desk, at=MONDAY_NINE
        )
        if code != "P3":
            events.publish_project(project=made, by=corps.order_desk, at=MONDAY_NINE)
    told = figures()

    assert (told.projects, told.projects_published, told.brand_projects, told.events) == (2, 2, 1, 2)
    assert (told.person_times, told.hours, told.volunteers, told.registered) == (7, Decimal(21), 7, 7)
    assert figures(corps.plum.pk).events == 1
    assert figures(corps.plum.pk).person_times == 0
    assert figures(corps.lotus.pk).events == 2, "the town over both teams"
    assert figures(start=date(2026, 12, 1)).projects_published == 0
    assert figures(start=date(2026, 12, 1)).projects == 2


def test_an_activity_that_the_night_cut_in_two_is_one_time(corps: Corps) -> None:
    night = SATURDAY.replace(hour=22)
    who = volunteer(corps)
    made = event(corps, shifts=1)
    Shift.objects.filter(event=made).update(starts_at=night, ends_at=night + timedelta(hours=4))
    come(corps, made, [who], long=4)

    assert ServiceRecord.objects.count() == 2
    assert (figures().person_times, figures().hours) == (1, Decimal(4))


def test_small_groups_are_left_out_and_cannot_be_reckoned_from_the_rest(corps: Corps) -> None:
    old = [volunteer(corps, f"老{n}", serial=n, birth_on=date(1955, 1, 1)) for n in range(1, 7)]
    young = [
        volunteer(corps, f"青{n}", serial=n + 10, birth_on=date(2000, 1, 1), home=corps.willow_east) for n in range(5)
    ]
    child = volunteer(
        corps, "小", serial=30, birth_on=date(2015, 1, 1), home=corps.willow_east, guardian_name="甲长",
        guardian_phone="13900009999", guardian_consent=True,
    )  # fmt: skip
    come(corps, event(corps, needed=20), [*old, *young, child])
    told = figures()

    assert told.volunteers == 12
    assert told.by_age == {"60_up": 6, "18_34": None, "under_14": None}
    assert told.by_area == {"莲花镇": 6, "柳塘街道": 6}


def test_figures_hold_nothing_of_single_persons(corps: Corps) -> None:
    who = volunteer(corps, "欧阳甲义")
    come(corps, event(corps), [who])
    told = figures()

    assert told.volunteers is None
    assert told.registered is None
    assert set(told.by_age.values()) == {None}
    assert who.name not in str(told)
    assert who.phone not in str(told)
    assert str(who.uid) not in str(told)
    assert not {"ranking", "points", "streak"} & {one.name for one in fields(Measures)}


def test_precision_counts_only_what_requesters_said_and_lapse_of_time_beside(corps: Corps) -> None:
    rated = [corps.walk("served", team=team) for team in ("mulberry", "plum")]
    for order, as_asked, score in zip(rated, (True, False), (5, 2), strict=True):
        actions.rate(order.uid, score=score, as_asked=as_asked, by=corps.reporter, at=MONDAY_NINE + timedelta(hours=3))
    silent = corps.walk("served", at=MONDAY_NINE + timedelta(hours=4))
    actions.rate_by_time(silent.uid, at=MONDAY_NINE + timedelta(days=9))
    told = figures().orders

    assert (told.made, told.served, told.answered, told.lapsed) == (3, 3, 2, 1)
    assert (told.precision, told.score, told.scores) == (0.5, 3.5, {5: 1, 2: 1})
    assert (told.hours_to_approve, told.hours_to_accept, told.hours_to_serve) == (0.25, 0.5, 1.25)
    assert figures(corps.plum.pk).orders.made == 1


def test_records_that_were_voided_or_replaced_count_no_more(corps: Corps) -> None:
    people = [volunteer(corps, f"义{n}", serial=n) for n in range(1, 4)]
    come(corps, event(corps, needed=5), people)
    one, two, _ = ServiceRecord.objects.order_by("id")
    hours.void(record=one, reason="错", by=corps.order_desk, at=NOW)
    hours.correct(
        record=two, starts_at=two.starts_at, ends_at=two.starts_at + timedelta(hours=1), reason="早退", by=corps.order_desk,
        at=NOW,
    )  # fmt: skip

    assert (figures().person_times, figures().hours) == (2, Decimal(4))


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8), st.integers(1, 10))
def test_no_small_group_is_shown_and_never_a_single_one_hidden_beside_others(
    counts: dict[str, int], smallest: int
) -> None:
    shown = shielded(counts, smallest=smallest)
    hidden = [name for name, count in shown.items() if count is None]

    assert all(count is None or count == counts[name] for name, count in shown.items())
    assert all(count is None or count == 0 or count >= smallest for count in shown.values())
    others = [name for name, count in counts.items() if count > 0]
    if hidden and len(hidden) < len(others):
        total = sum(counts[name] for name in hidden)
        assert len(hidden) > 1
        assert total >= smallest, "together they are no small group"
        assert total not in (len(hidden), len(hidden) * (smallest - 1)), "the total gives none of them away"
    assert all(shield(count, smallest=smallest) in (None, count) for count in counts.values())


# The figures a district reports for a year: 1 639 projects, more than 1 300 events, more than 120 000 person-times.
PROJECTS, EVENTS, PEOPLE, TIMES = 1639, 1320, 4000, 120_500


@pytest.mark.slow
def test_the_yearly_figures_of_a_district_come_from_its_data(corps: Corps, django_assert_max_num_queries: Any) -> None:
    shifts = list(a_year(corps))
    ref = reference.now()
    assert ref.org.units, "the book of units is read"
    assert ref.parameters["volunteers.smallest_group"] == 5
    begun = perf_counter()
    with django_assert_max_num_queries(7):
        told = measures(ref=ref, **YEAR)
    print(f"figures of the year: {perf_counter() - begun:.2f} s")

    assert (told.projects, told.events, told.person_times) == (PROJECTS, EVENTS, TIMES)
    assert told.hours == Decimal(TIMES) * 2
    assert told.volunteers == PEOPLE
    assert sum(count or 0 for count in told.by_age.values()) == PEOPLE
    assert len(shifts) == EVENTS


def a_year(corps: Corps) -> list[int]:
    """A year of a district, as rows; what the actions would refuse is not in it (two hours a time, one time a day)."""
    start, unit, leader = datetime(2026, 1, 1, 9, tzinfo=CHINA), corps.mulberry.pk, corps.mulberry_leader.pk
    home = corps.lotus_north.pk
    columns = ("uid", "code", "name", "description", "unit_id", "brand", "published_at")
    insert(Project, columns, ((new_uid(), f"P{n}", f"项目{n}", "", unit, n % 100 == 0, start) for n in range(PROJECTS)))
    days = [start + timedelta(days=n % 300, minutes=n // 300) for n in range(EVENTS)]
    columns = (
        "uid", "unit_id", "in_charge_id", "title", "content", "place", "state", "starts_at", "ends_at", "created_at",
        "published_at", "cancel_reason",
    )  # fmt: skip
    insert(Event, columns, (
        (new_uid(), unit, leader, f"活动{n}", "做事", "广场", "finished", day, day + timedelta(hours=2), day, day, "")
        for n, day in enumerate(days)
    ))  # fmt: skip
    events_made = list(Event.objects.order_by("id").values_list("pk", flat=True))
    insert(Shift, ("uid", "event_id", "name", "starts_at", "ends_at", "needed", "minimum", "secret", "cancel_reason"), (
        (new_uid(), pk, "", day, day + timedelta(hours=2), 200, 1, "x", "")
        for pk, day in zip(events_made, days, strict=True)
    ))  # fmt: skip
    shifts = list(Shift.objects.order_by("id").values_list("pk", flat=True))
    columns = (
        "uid", "name", "sex", "birth_on", "id_type", "id_sealed", "id_last4", "phone", "home_id", "consent_at", "guardian_name",
        "guardian_phone", "registered_on",
    )  # fmt: skip
    insert(Volunteer, columns, (
        (new_uid(), f"义{n}", "", date(1950 + n % 55, 1, 1), "resident", "", "", "", home, start, "", "", start.date())
        for n in range(PEOPLE)
    ))  # fmt: skip
    people = list(Volunteer.objects.order_by("id").values_list("pk", flat=True))
    columns = (
        "uid", "volunteer_id", "shift_id", "title", "content", "place", "unit_id", "in_charge", "starts_at", "ends_at",
        "halves", "state", "reason", "recorded_at",
    )  # fmt: skip
    rows = (
        (new_uid(), who, shifts[n], "活动", "", "广场", unit, "", days[n], days[n] + timedelta(hours=2), 4, "valid", "", days[n])
        for n in range(EVENTS) for who in _crew(people, n)
    )  # fmt: skip
    insert(ServiceRecord, columns, islice(rows, TIMES))
    count_anew(ServiceRecord, Volunteer, Event, Project)
    assert Counter(ServiceRecord.objects.values_list("volunteer", flat=True)).most_common(1)[0][1] < 60
    return shifts


def _crew(people: list[int], number: int) -> list[int]:
    """Ninety-two who come to this event: of the five that share a day, none has somebody of another."""
    offset = (number % 300) * 37 + (number // 300) * 92
    return [people[(offset + place) % len(people)] for place in range(92)]
