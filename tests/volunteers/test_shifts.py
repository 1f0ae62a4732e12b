"""Shifts of an event, one by one: added, changed, taken out of a draft, called off while the others take place."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed
from civicloop.ledger.queries import breaks, history
from civicloop.loops.models import Notice
from civicloop.volunteers.actions import events
from civicloop.volunteers.actions import hours as hour_actions
from civicloop.volunteers.actions.events import ShiftGiven
from civicloop.volunteers.models import Event, Shift, SignUp
from civicloop.volunteers.queries import events as asking
from civicloop.volunteers.queries.hours import totals
from civicloop.volunteers.queries.projects import figures, listing, on_offer
from tests.cast import MONDAY_NINE, hours
from tests.volunteers.cast import Corps
from tests.volunteers.folk import NOW, SATURDAY, event, volunteer

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY_NINE + timedelta(days=1)


def sign(shift: Shift, who: Any) -> SignUp:
    return events.sign_up(shift=shift, volunteer=who, by=None, at=TUESDAY).signup


def draft(corps: Corps, many: int = 2) -> Event:
    made = event(corps, shifts=many)
    Event.objects.filter(pk=made.pk).update(state="draft", published_at=None)
    made.refresh_from_db()
    return made


def given(weeks: int = 3, needed: int = 4, minimum: int = 2) -> ShiftGiven:
    starts = SATURDAY + timedelta(weeks=weeks)
    return ShiftGiven(starts, starts + hours(2), needed, minimum, "加开")


def test_a_shift_is_added_and_the_event_lasts_until_it_ends(corps: Corps) -> None:
    made = event(corps)
    shift = events.add_shift(event=made, given=given(), by=corps.mulberry_leader, at=TUESDAY)

    made.refresh_from_db()
    assert (made.shifts.count(), made.ends_at) == (2, shift.ends_at)
    assert len(shift.secret) == 64, "each has a code of its own"
    with pytest.raises(Invalid):
        events.add_shift(event=made, given=given(needed=1), by=corps.mulberry_leader, at=TUESDAY)
    with pytest.raises(NotAllowed):
        events.add_shift(event=made, given=given(), by=corps.plum_handler, at=TUESDAY)


def test_a_shift_is_taken_out_of_a_draft_and_never_the_last(corps: Corps) -> None:
    made = draft(corps)
    first, second = made.shifts.order_by("starts_at")
    events.remove_shift(shift=first, by=corps.mulberry_leader, at=TUESDAY)

    made.refresh_from_db()
    assert (list(made.shifts.all()), made.starts_at) == ([second], second.starts_at)
    with pytest.raises(Conflict, match="last_shift"):
        events.remove_shift(shift=second, by=corps.mulberry_leader, at=TUESDAY)
    with pytest.raises(Conflict, match="shift_published"):
        events.remove_shift(shift=event(corps, shifts=2, title="另一场").shifts.all()[0], by=None, at=TUESDAY)
    assert [line.verb for line in history("event", made.uid)][-1] == "event.remove_shift"


def test_a_shift_is_called_off_and_the_others_take_place(corps: Corps) -> None:
    made = event(corps, shifts=2, needed=1)
    first, second = made.shifts.order_by("starts_at")
    one, other = volunteer(corps, account=corps.reporter), volunteer(corps, "乙义", serial=2)
    for who in (one, other):
        sign(first, who)
    stays = sign(second, one)

    events.cancel_shift(shift=first, reason="暴雨", by=corps.mulberry_leader, at=TUESDAY)

    made.refresh_from_db()
    assert (made.state, made.starts_at) == ("published", second.starts_at)
    assert set(SignUp.objects.filter(shift=first).values_list("state", "reason")) == {("cancelled", "shift_cancelled")}
    assert SignUp.objects.get(pk=stays.pk).state == "signed"
    assert [line.shift for line in asking.board(made)] == [second], "nobody signs up for what was called off"
    shown = asking.board(made, cancelled=True)[0]
    assert (shown.cancelled, shown.understaffed, shown.full) == (True, False, False)
    told = Notice.objects.get(loop_uid=made.uid)
    assert (told.person, told.kind, told.data["reason"]) == (corps.reporter, "event.cancelled", "暴雨")
    assert asking.to_be_called_off(made, at=TUESDAY) == [other], "who has no account must be called"
    assert asking.to_be_called_off(made, at=first.starts_at) == [], "afterwards a call is of no use"
    assert list(breaks()) == []


def test_what_was_called_off_takes_nobody_and_is_not_changed(corps: Corps) -> None:
    made = event(corps, shifts=2)
    first, second = made.shifts.order_by("starts_at")
    events.cancel_shift(shift=first, reason="暴雨", by=corps.mulberry_leader, at=TUESDAY)

    with pytest.raises(Conflict, match="shift_cancelled"):
        sign(first, volunteer(corps))
    for again in (
        lambda: events.cancel_shift(shift=first, reason="又来", by=corps.mulberry_leader, at=TUESDAY),
        lambda: events.change_shift(shift=first, changes={"needed": 9}, by=corps.mulberry_leader, at=TUESDAY),
    ):
        with pytest.raises(Conflict, match="shift_cancelled"):
            again()
    with pytest.raises(Conflict, match="last_shift"):
        events.cancel_shift(shift=second, reason="也不办了", by=corps.mulberry_leader, at=TUESDAY)


def test_nobody_was_at_a_shift_that_was_called_off(corps: Corps) -> None:
    made = event(corps, shifts=2)
    first = made.shifts.order_by("starts_at")[0]
    one = volunteer(corps)
    events.cancel_shift(shift=first, reason="暴雨", by=corps.mulberry_leader, at=TUESDAY)

    with pytest.raises(Conflict, match="shift_cancelled"):
        events.enter_attendance(
            shift=first, volunteer=one, arrived_at=first.starts_at, left_at=first.ends_at, by=corps.mulberry_leader, at=NOW,
        )  # fmt: skip
    with pytest.raises(Conflict, match="shift_cancelled"):
        hour_actions.record_shift(shift=first, by=corps.mulberry_leader, at=NOW)
    assert not first.attendances.exists()


@pytest.mark.parametrize(("reason", "at", "code"), [("", TUESDAY, "required"), ("暴雨", SATURDAY, "shift_begun")])
def test_a_shift_is_called_off_with_a_reason_and_before_it_begins(
    corps: Corps, reason: str, at: Any, code: str
) -> None:
    first = event(corps, shifts=2).shifts.order_by("starts_at")[0]
    with pytest.raises((Invalid, Conflict)) as refused:
        events.cancel_shift(shift=first, reason=reason, by=corps.mulberry_leader, at=at)

    assert refused.value.code == code
    first.refresh_from_db()
    assert first.cancelled_at is None


def test_a_change_that_changes_nothing_tells_nobody(corps: Corps) -> None:
    made = event(corps)
    shift = made.shifts.get()
    sign(shift, volunteer(corps, account=corps.reporter))
    events.change_shift(shift=shift, changes={"needed": shift.needed}, by=corps.mulberry_leader, at=TUESDAY)
    events.change_event(event=made, changes={"place": made.place}, by=corps.mulberry_leader, at=TUESDAY)

    assert not Notice.objects.filter(loop_uid=made.uid).exists()
    later = shift.starts_at + hours(1)
    events.change_shift(shift=shift, changes={"starts_at": later}, by=corps.mulberry_leader, at=TUESDAY)
    assert Notice.objects.get(loop_uid=made.uid).data["fields"] == ["starts_at"]
    line = history("event", made.uid).last()
    assert line is not None
    assert line.data["after"] == {"starts_at": later.isoformat()}


# Projects.


def project(corps: Corps, **more: Any) -> Any:
    told = {"code": "BRAND-1", "name": "邻里剪", "unit": corps.mulberry, "brand": True, "at": MONDAY_NINE}
    return events.keep_project(**(told | {"by": corps.mulberry_leader} | more))


def test_a_project_collects_its_events_and_an_ended_one_takes_no_more(corps: Corps) -> None:
    made = project(corps)
    event(corps, project=made)
    event(corps, project=made, title="第二场")
    draft_ = event(corps, project=made, title="草稿")
    Event.objects.filter(pk=draft_.pk).update(state="draft", published_at=None)

    found = figures(made, at=SATURDAY + hours(4), smallest=5)
    assert (found.events, found.over, found.person_times, found.volunteers) == (2, 2, 0, 0)
    events.end_project(project=made, by=corps.mulberry_leader, at=TUESDAY)
    made.refresh_from_db()
    with pytest.raises(Conflict, match="project_ended"):
        event(corps, project=made, title="太晚")
    with pytest.raises(Conflict, match="project_ended"):
        project(corps, project=made, name="改名")


def test_who_finds_which_projects(corps: Corps) -> None:
    from civicloop.standards import reference

    made = project(corps)
    day = MONDAY_NINE.date()

    def seen(person: Any) -> list[Any]:
        return list(listing(reference.now().actor(person, day), at=TUESDAY))

    assert [seen(one) for one in (corps.order_desk, corps.mulberry_handler, corps.plum_handler)] == [[made], [made], []]
    assert list(on_offer(at=TUESDAY)) == []
    events.publish_project(project=made, by=corps.order_desk, at=MONDAY_NINE)
    assert seen(corps.plum_handler) == [made]
    assert (list(on_offer(at=TUESDAY, brand=True)), list(on_offer(at=TUESDAY, brand=False))) == ([made], [])
    events.end_project(project=made, by=corps.mulberry_leader, at=TUESDAY)
    assert list(on_offer(at=TUESDAY)) == []


def test_the_history_of_a_project_says_what_was_changed(corps: Corps) -> None:
    made = project(corps)
    project(corps, project=made, name="邻里剪头")
    project(corps, project=made, name="邻里剪头")

    lines = list(history("project", made.uid))
    assert [line.verb for line in lines] == ["project.keep", "project.keep"], "saving the same again is no change"
    assert lines[1].data == {"before": {"name": "邻里剪"}, "after": {"name": "邻里剪头"}}


def test_a_shift_is_not_moved_to_where_its_people_are_elsewhere(corps: Corps) -> None:
    one, two = event(corps, shifts=2).shifts.order_by("starts_at")
    both, once = volunteer(corps), volunteer(corps, "乙义", serial=2)
    for shift, who in ((one, both), (two, both), (two, once)):
        sign(shift, who)
    moved = {"starts_at": one.starts_at + hours(1), "ends_at": one.ends_at + hours(1)}
    with pytest.raises(Conflict) as refused:
        events.change_shift(shift=two, changes=moved, by=corps.mulberry_leader, at=TUESDAY)
    assert (refused.value.code, refused.value.params["people"]) == ("shift_clashes", 1)

    free = {"starts_at": one.ends_at, "ends_at": one.ends_at + hours(3)}
    assert events.change_shift(shift=two, changes=free, by=corps.mulberry_leader, at=TUESDAY).starts_at == one.ends_at


def test_of_a_day_longer_than_counts_as_much_as_counts_is_recorded_and_said(corps: Corps) -> None:
    shift = event(corps).shifts.get()
    events.change_shift(
        shift=shift, changes={"ends_at": SATURDAY + timedelta(hours=9)}, by=corps.mulberry_leader, at=MONDAY_NINE
    )
    long, usual, full = (volunteer(corps, f"义{n}", serial=n) for n in range(1, 4))
    evening = SATURDAY + timedelta(hours=9)
    hour_actions.record(
        volunteer=full, starts_at=evening, ends_at=evening + timedelta(hours=3), title="值守", place="站", unit=corps.plum,
        by=corps.plum_handler, at=NOW,
    )  # fmt: skip
    for who, until in ((long, 9), (usual, 3), (full, 9)):
        events.enter_attendance(
            shift=shift, volunteer=who, arrived_at=SATURDAY, left_at=SATURDAY + timedelta(hours=until), by=corps.mulberry_leader,
            at=NOW,
        )  # fmt: skip
    done = hour_actions.record_shift(shift=Shift.objects.get(pk=shift.pk), by=corps.mulberry_leader, at=NOW)

    assert {one.volunteer: one.hours for one in done.made} == {long: Decimal(8), usual: Decimal(3), full: Decimal(5)}
    assert (done.capped, done.left_out) == ([long, full], [])
    assert [totals(who).hours for who in (long, full)] == [8, 8]
