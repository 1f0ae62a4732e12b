"""Hours: time actually served, never two at once, never more than the cap, corrected with trace."""

from __future__ import annotations

import itertools
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.kernel.refusal import Conflict, NotAllowed, Refused
from civicloop.ledger.models import LedgerLine
from civicloop.standards import actions as standards
from civicloop.volunteers.actions import events, hours, people
from civicloop.volunteers.models import ServiceRecord, Volunteer
from civicloop.volunteers.queries.hours import records_of, totals
from civicloop.volunteers.rules import hours as rules
from civicloop.volunteers.served import Served
from tests.cast import CHINA, MONDAY_NINE
from tests.threads import at_once
from tests.volunteers.cast import Corps, build_corps
from tests.volunteers.folk import NOW, SATURDAY, event, volunteer

MORNING = datetime(2026, 11, 20, 8, tzinfo=CHINA)


def after(count: float) -> datetime:
    return MORNING + timedelta(hours=count)


def serve(corps: Corps, who: Volunteer, start: float, end: float, *, by: Any = None, **given: Any) -> ServiceRecord:
    """A time served at a station, in hours after eight in the morning."""
    told = {"title": "站点值守", "place": "莲北文明实践站", "unit": corps.mulberry, "at": NOW} | given
    return hours.record(volunteer=who, starts_at=after(start), ends_at=after(end), by=by, **told)


def refused(corps: Corps, who: Volunteer, start: float, end: float, **given: Any) -> str:
    with pytest.raises(Refused) as no:
        serve(corps, who, start, end, **given)
    return no.value.code


def test_what_was_served_counts_in_full_half_hours(corps: Corps) -> None:
    who = volunteer(corps)

    assert serve(corps, who, 0, 1.9).hours == Decimal("1.5")
    assert serve(corps, who, 2, 6, hours=Decimal("2.5")).hours == Decimal("2.5"), "pauses are left out"
    assert totals(who).hours == 4


@pytest.mark.parametrize(
    ("start", "end", "served", "code"),
    [
        (0, 0.4, None, "hours_too_few"), (0, 2, Decimal("0"), "hours_too_few"), (0, 2, Decimal("-1"), "hours_too_few"),
        (0, 2, Decimal("2.5"), "hours_more_than_time"), (0, 2, Decimal("0.75"), "hours_not_in_steps"),
        (0, 2, Decimal("NaN"), "hours_not_in_steps"), (2, 2, None, "ends_before_it_begins"),
        (15, 17, None, "hours_cross_midnight"), (0, 24, None, "hours_cross_midnight"), (0, 8.5, None, "hours_over_daily_cap"),
    ],
)  # fmt: skip
def test_what_cannot_have_been_served_is_refused(
    corps: Corps, start: float, end: float, served: Decimal | None, code: str
) -> None:
    assert refused(corps, volunteer(corps), start, end, hours=served) == code
    assert not ServiceRecord.objects.exists()


def test_what_lies_ahead_has_not_been_served(corps: Corps) -> None:
    assert refused(corps, volunteer(corps), 0, 2, at=after(1)) == "hours_in_future"


def test_nobody_serves_at_two_places_at_once_but_may_go_on_to_the_next(corps: Corps) -> None:
    who, other = volunteer(corps), volunteer(corps, "乙义", serial=2)
    serve(corps, who, 1, 3)
    for start, end in ((0, 1.5), (2.5, 4), (1.5, 2), (0, 4), (1, 3)):
        assert refused(corps, who, start, end) == "hours_overlap"

    serve(corps, who, 3, 4)
    serve(corps, who, 0, 1)
    serve(corps, other, 1, 3)
    assert totals(who).hours == 4


def test_a_day_has_a_cap_that_the_city_sets_and_the_refusal_tells_what_is_left(corps: Corps) -> None:
    who = volunteer(corps)
    serve(corps, who, 0, 6)
    with pytest.raises(Conflict) as no:
        serve(corps, who, 7, 10)
    assert (no.value.params["cap"], no.value.params["left"], no.value.params["day"]) == ("8", "2", "2026-11-20")
    serve(corps, who, 7, 10, hours=Decimal(2))
    assert refused(corps, who, 10, 10.5) == "hours_over_daily_cap"
    assert serve(corps, who, 24, 26).hours == 2, "the next day counts anew"

    standards.set_parameter(name="volunteers.daily_cap_hours", value=8.5, by=corps.supervisor, at=NOW)
    assert serve(corps, who, 10, 10.5).hours == Decimal("0.5")


def test_the_day_is_the_citys_day_and_not_that_of_utc(corps: Corps) -> None:
    # From six to eight in the morning it is still yesterday in UTC.
    who = volunteer(corps)
    serve(corps, who, -2, 6)
    assert refused(corps, who, 6, 7) == "hours_over_daily_cap"


@pytest.mark.parametrize(("by", "may"), [
    ("order_desk", True), ("mulberry_leader", True), ("mulberry_handler", True), ("leader", True), ("plum_handler", False),
    ("reporter", False), ("auditor", False), ("system_admin", False),
])  # fmt: skip
def test_who_organises_records_and_nobody_else(corps: Corps, by: str, may: bool) -> None:
    who = volunteer(corps)
    if may:
        assert serve(corps, who, 0, 1, by=corps.people[by]).recorded_by == corps.people[by]
    else:
        with pytest.raises(NotAllowed):
            serve(corps, who, 0, 1, by=corps.people[by])


def test_nobody_records_corrects_or_voids_the_own_hours(corps: Corps) -> None:
    own = volunteer(corps, account=corps.mulberry_leader)
    record = serve(corps, own, 0, 1, by=corps.mulberry_handler)
    with pytest.raises(NotAllowed):
        serve(corps, own, 2, 3, by=corps.mulberry_leader)
    with pytest.raises(NotAllowed):
        hours.correct(
            record=record, starts_at=after(0), ends_at=after(2), reason="多记", by=corps.mulberry_leader, at=NOW
        )
    with pytest.raises(NotAllowed):
        hours.void(record=record, reason="错", by=corps.mulberry_leader, at=NOW)


def test_a_correction_replaces_and_the_old_record_stays_to_be_seen(corps: Corps) -> None:
    who = volunteer(corps)
    old = serve(corps, who, 0, 4)
    new = hours.correct(
        record=old, starts_at=after(0), ends_at=after(3), reason="提前离开", by=corps.mulberry_leader, at=NOW
    )
    old.refresh_from_db()

    assert (old.state, old.ended_at, old.halves, old.replaced_by) == ("replaced", NOW, 8, new)
    assert (new.replaces, new.reason, new.hours, new.title) == (old, "提前离开", 3, old.title)
    assert totals(who).hours == 3
    assert [one.pk for one in records_of(who, all_states=True)] == [new.pk, old.pk]
    with pytest.raises(Conflict) as no:
        hours.correct(record=old, starts_at=after(0), ends_at=after(1), reason="再改", by=corps.order_desk, at=NOW)
    assert no.value.code == "record_ended"
    assert [line.verb for line in LedgerLine.objects.filter(uid=who.uid, verb__startswith="hours.").order_by("seq")] == [
        "hours.record", "hours.correct",
    ]  # fmt: skip


def test_a_correction_obeys_the_rules_too_and_needs_a_reason(corps: Corps) -> None:
    who = volunteer(corps)
    one = serve(corps, who, 0, 2)
    serve(corps, who, 3, 5)
    wrong = {"record": one, "starts_at": after(0), "by": corps.order_desk, "at": NOW}
    for end, reason, code in ((4, "补记", "hours_overlap"), (2.5, " ", "required"), (15.5, "补记", "hours_overlap")):
        with pytest.raises(Refused) as no:
            hours.correct(ends_at=after(end), reason=reason, **wrong)
        assert no.value.code == code
    assert totals(who).hours == 4
    assert ServiceRecord.objects.count() == 2


def test_a_voided_record_counts_no_more_and_gives_its_time_free(corps: Corps) -> None:
    who = volunteer(corps)
    record = serve(corps, who, 0, 2)
    hours.void(record=record, reason="记错人", by=corps.order_desk, at=NOW)

    assert totals(who) == type(totals(who))(Decimal(0), 0)
    assert ServiceRecord.objects.get().reason == "记错人"
    assert serve(corps, who, 0, 2).state == "valid"
    with pytest.raises(Conflict):
        hours.void(record=record, reason="又", by=corps.order_desk, at=NOW)


# Of shifts.


def attend(corps: Corps, shift: Any, who: Volunteer, start: float, end: float | None) -> None:
    events.enter_attendance(
        shift=shift, volunteer=who, arrived_at=SATURDAY + timedelta(hours=start),
        left_at=None if end is None else SATURDAY + timedelta(hours=end), by=corps.mulberry_leader, at=NOW,
    )  # fmt: skip


def test_hours_of_a_shift_come_from_who_was_there_and_only_within_it(corps: Corps) -> None:
    shift = event(corps, needed=5).shifts.get()
    early, late, open_end, short = (volunteer(corps, f"义{n}", serial=n) for n in range(1, 5))
    attend(corps, shift, early, -0.5, 3.5)
    attend(corps, shift, late, 1.2, 3)
    attend(corps, shift, open_end, 0, None)
    attend(corps, shift, short, 2.9, 3.5)
    done = hours.record_shift(shift=shift, by=corps.mulberry_leader, at=NOW)

    assert {(one.volunteer, one.hours) for one in done.made} == {(early, Decimal(3)), (late, Decimal("1.5"))}
    assert dict(done.left_out) == {open_end: "not_checked_out", short: "hours_too_few"}
    record = done.made[0]
    assert (record.title, record.place, record.unit, record.in_charge) == (
        "周末清洁家园", "莲北社区广场", corps.mulberry, "桑长青",
    )  # fmt: skip


def test_recording_a_shift_twice_records_nobody_twice_and_does_not_bring_back_what_was_voided(corps: Corps) -> None:
    shift = event(corps).shifts.get()
    one, two = volunteer(corps), volunteer(corps, "乙义", serial=2)
    attend(corps, shift, one, 0, 3)
    first = hours.record_shift(shift=shift, by=corps.mulberry_leader, at=NOW)
    hours.void(record=first.made[0], reason="没来", by=corps.mulberry_leader, at=NOW)
    attend(corps, shift, two, 0, 3)
    again = hours.record_shift(shift=shift, by=corps.mulberry_leader, at=NOW)

    assert [one.volunteer for one in again.made] == [two]
    assert hours.record_shift(shift=shift, by=corps.mulberry_leader, at=NOW).made == []
    assert totals(one).hours == 0


def test_one_who_served_elsewhere_is_left_out_and_the_others_are_recorded(corps: Corps) -> None:
    shift = event(corps).shifts.get()
    one, two = volunteer(corps), volunteer(corps, "乙义", serial=2)
    hours.record(
        volunteer=one, starts_at=SATURDAY, ends_at=SATURDAY + timedelta(hours=1), title="值守", place="站", unit=corps.plum,
        by=corps.plum_handler, at=NOW,
    )  # fmt: skip
    for who in (one, two):
        attend(corps, shift, who, 0, 3)
    done = hours.record_shift(shift=shift, by=corps.mulberry_leader, at=NOW)

    assert [row.volunteer for row in done.made] == [two]
    assert done.left_out == [(one, "hours_overlap")]


def test_a_shift_that_is_not_over_or_was_called_off_gives_no_hours(corps: Corps) -> None:
    made = event(corps)
    with pytest.raises(Conflict) as no:
        hours.record_shift(shift=made.shifts.get(), by=corps.mulberry_leader, at=SATURDAY)
    assert no.value.code == "shift_not_over"
    events.cancel_event(event=made, reason="雨", by=corps.mulberry_leader, at=MONDAY_NINE)
    with pytest.raises(Conflict):
        hours.record_shift(shift=made.shifts.get(), by=corps.mulberry_leader, at=NOW)
    with pytest.raises(NotAllowed):
        hours.record_shift(shift=made.shifts.get(), by=corps.plum_handler, at=NOW)


# Of orders.


def test_the_team_leader_records_who_served_in_an_order_and_never_the_address_of_who_asked(corps: Corps) -> None:
    order = corps.walk("served")
    one, two = volunteer(corps), volunteer(corps, "乙义", serial=2)
    rows = [
        Served(who, MONDAY_NINE + timedelta(minutes=75), MONDAY_NINE + timedelta(minutes=135)) for who in (one, two)
    ]
    made = hours.record_order(order=order, served=rows, by=corps.mulberry_leader, at=NOW)

    assert [row.hours for row in made] == [1, 1]
    assert {(row.title, row.place, row.unit) for row in made} == {
        (f"上门理发 {order.number}", "莲北社区", corps.mulberry)
    }
    assert order.address not in "".join(f"{row.place}{row.content}{row.title}" for row in made)
    with pytest.raises(Conflict) as no:
        hours.record_order(order=order, served=rows[:1], by=corps.mulberry_leader, at=NOW)
    assert (no.value.code, no.value.params["volunteer"]) == ("hours_recorded", str(one.uid))


def test_of_an_order_all_are_recorded_or_none(corps: Corps) -> None:
    order, one, stranger = corps.walk("served"), volunteer(corps), volunteer(corps, "乙义", serial=2, team="plum")
    begun = order.begun_at
    rows = [Served(who, begun, begun + timedelta(hours=1)) for who in (one, stranger)]
    with pytest.raises(Conflict) as no:
        hours.record_order(order=order, served=rows, by=corps.mulberry_leader, at=NOW)

    assert (no.value.code, no.value.params["volunteer"]) == ("not_of_the_team", str(stranger.uid))
    assert not ServiceRecord.objects.exists()


def test_an_order_that_was_not_served_gives_no_hours(corps: Corps) -> None:
    order = corps.walk("accepted")
    with pytest.raises(Conflict) as no:
        hours.record_order(
            order=order, served=[Served(volunteer(corps), MONDAY_NINE, MONDAY_NINE + timedelta(hours=1))],
            by=corps.mulberry_leader, at=NOW,
        )  # fmt: skip
    assert no.value.code == "order_not_served"


def test_who_has_left_can_still_be_recorded_for_before_and_not_for_after(corps: Corps) -> None:
    who = volunteer(corps)
    people.leave(volunteer=who, reason="", by=None, at=after(5))

    assert serve(corps, who, 0, 2).state == "valid"
    assert refused(corps, who, 4, 6) == "volunteer_left"


def test_the_database_itself_refuses_what_no_rule_may_let_through(corps: Corps) -> None:
    record = serve(corps, volunteer(corps), 0, 1)
    for wrong in ({"halves": 0}, {"ends_at": after(0)}, {"state": "maybe"}, {"state": "void"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ServiceRecord.objects.filter(pk=record.pk).update(**wrong)


# Laws.

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["record", "record", "record", "correct", "void"]), st.integers(0, 60), st.integers(-1, 30),
        st.sampled_from([None, 1, 3, 8]),
    ),
    max_size=14,
)  # fmt: skip


def test_whatever_is_recorded_times_never_overlap_days_keep_the_cap_and_totals_are_the_sum(corps: Corps) -> None:
    @given(ACTS)
    @settings(max_examples=60)
    def law(acts: list[tuple[str, int, int, int | None]]) -> None:
        with transaction.atomic():
            who = volunteer(corps)
            for what, start, long, halves in acts:
                with suppress(Refused), transaction.atomic():
                    _act(corps, who, what, start, long, halves)
            assert _overlaps(who) == []
            _holds(who)
            transaction.set_rollback(True)

    law()


def _act(corps: Corps, who: Volunteer, what: str, start: int, long: int, halves: int | None) -> None:
    """Times in quarters of an hour, over three days."""
    begin = MORNING + timedelta(minutes=15 * start * 4)
    end, served = begin + timedelta(minutes=15 * long), None if halves is None else Decimal(halves) / 2
    if what == "record":
        hours.record(
            volunteer=who, starts_at=begin, ends_at=end, hours=served, title="值守", place="站", unit=corps.mulberry, by=None,
            at=NOW,
        )  # fmt: skip
        return
    rows = list(ServiceRecord.objects.filter(volunteer=who).order_by("id"))
    if not rows:
        return
    row = rows[start % len(rows)]
    if what == "void":
        hours.void(record=row, reason="错", by=None, at=NOW)
    else:
        hours.correct(record=row, starts_at=begin, ends_at=end, hours=served, reason="更正", by=None, at=NOW)


def _overlaps(who: Volunteer) -> list[tuple[ServiceRecord, ServiceRecord]]:
    rows = ServiceRecord.objects.filter(volunteer=who, state="valid").order_by("starts_at")
    return [(one, two) for one, two in itertools.pairwise(rows) if one.ends_at > two.starts_at]


def _holds(who: Volunteer) -> None:
    rows = list(ServiceRecord.objects.filter(volunteer=who, state="valid").order_by("starts_at"))
    days: dict[Any, Decimal] = {}
    for one in rows:
        assert one.hours * 2 <= (one.ends_at - one.starts_at) / timedelta(minutes=30)
        day = one.starts_at.astimezone(CHINA).date()
        assert (one.ends_at - timedelta(microseconds=1)).astimezone(CHINA).date() == day
        days[day] = days.get(day, Decimal(0)) + one.hours
    assert all(count <= 8 for count in days.values())
    assert totals(who).hours == sum(days.values(), Decimal(0)) == sum((one.hours for one in rows), Decimal(0))
    ended = ServiceRecord.objects.filter(volunteer=who).exclude(state="valid")
    assert all(one.ended_at is not None for one in ended)
    assert all(hasattr(one, "replaced_by") == (one.state == "replaced") for one in ended)


@given(st.integers(0, 330 * 24 * 60), st.integers(1, 6000))
def test_a_time_cut_at_midnight_loses_nothing(start: int, minutes: int) -> None:
    begin = datetime(2026, 1, 1, tzinfo=CHINA) + timedelta(minutes=start)
    parts = rules.by_days(begin, begin + timedelta(minutes=minutes), zone=CHINA)

    assert parts[0][0] == begin
    assert parts[-1][1] == begin + timedelta(minutes=minutes)
    assert all(one[1] == two[0] for one, two in itertools.pairwise(parts))
    assert sum((end - at for at, end in parts), timedelta()) == timedelta(minutes=minutes)
    assert len({at.date() for at, _ in parts}) == len(parts)


@pytest.mark.django_db(transaction=True)
def test_of_several_who_record_the_same_time_at_once_one_succeeds() -> None:
    corps = build_corps()
    who = volunteer(corps)
    faults = at_once(*(partial(serve, corps, who, start, start + 2) for start in (0, 0, 0.5, 1, 1.5)))

    assert [type(fault) for fault in faults].count(type(None)) == 1
    assert {fault.code for fault in faults if isinstance(fault, Conflict)} == {"hours_overlap"}
    _holds(who)
