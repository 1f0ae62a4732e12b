"""Events: shifts, sign-ups, the waiting list, messages, and who was there."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, Refused
from civicloop.ledger.models import LedgerLine
from civicloop.loops.models import Notice
from civicloop.volunteers.actions import events
from civicloop.volunteers.actions.events import ShiftGiven
from civicloop.volunteers.models import Attendance, Event, Project, Shift, SignUp
from civicloop.volunteers.queries import events as asking
from civicloop.volunteers.rules import onsite
from tests.cast import MONDAY_NINE, hours
from tests.threads import at_once
from tests.volunteers.cast import Corps, build_corps
from tests.volunteers.folk import NOW, SATURDAY, event, volunteer

TUESDAY = MONDAY_NINE + timedelta(days=1)


def sign(shift: Shift, who: Any, at: Any = TUESDAY) -> SignUp:
    return events.sign_up(shift=shift, volunteer=who, by=None, at=at).signup


def states(shift: Shift) -> list[str]:
    return list(SignUp.objects.filter(shift=shift).order_by("id").values_list("state", flat=True))


def test_a_full_shift_has_a_waiting_list_and_who_waits_moves_up_in_order(corps: Corps) -> None:
    shift = event(corps, needed=2).shifts.get()
    people = [volunteer(corps, f"义{n}", serial=n) for n in range(1, 5)]
    rows = [sign(shift, one) for one in people]

    assert [one.state for one in rows] == ["signed", "signed", "waiting", "waiting"]
    assert [asking.place_in_line(one) for one in rows] == [0, 0, 1, 2]
    moved = events.cancel_signup(signup=rows[0], by=None, at=TUESDAY)
    assert moved == rows[2]
    assert states(shift) == ["cancelled", "signed", "signed", "waiting"]
    assert events.cancel_signup(signup=rows[3], by=None, at=TUESDAY) is None
    assert SignUp.objects.get(pk=rows[2].pk).moved_up_at == TUESDAY


def test_a_shift_that_lacks_people_is_not_full_and_a_full_one_lacks_nobody(corps: Corps) -> None:
    made = event(corps, needed=3, minimum=2)
    line = asking.board(made)[0]
    assert (line.signed, line.free, line.full, line.understaffed, line.lacks) == (0, 3, False, True, 2)
    for number in range(1, 5):
        sign(line.shift, volunteer(corps, f"义{number}", serial=number))
    line = asking.board(made)[0]
    assert (line.signed, line.waiting, line.full, line.understaffed) == (3, 1, True, False)


def test_who_cancels_may_sign_up_again_at_the_end_of_the_line(corps: Corps) -> None:
    shift = event(corps, needed=1).shifts.get()
    one, other = volunteer(corps), volunteer(corps, "乙义", serial=2)
    first = sign(shift, one)
    sign(shift, other)
    events.cancel_signup(signup=first, by=None, at=TUESDAY)
    again = sign(shift, one)

    assert again.state == "waiting"
    with pytest.raises(Conflict) as no:
        sign(shift, one)
    assert no.value.code == "signed_up_already"
    with pytest.raises(Conflict):
        events.cancel_signup(signup=first, by=None, at=TUESDAY)


def test_nobody_has_places_in_two_shifts_at_once_nor_moves_up_into_a_second(corps: Corps) -> None:
    busy = event(corps, needed=1).shifts.get()
    other = event(corps, needed=1, title="另一活动").shifts.get()
    one, two = volunteer(corps), volunteer(corps, "乙义", serial=2)
    third = volunteer(corps, "丙义", serial=3)
    sign(busy, one)
    with pytest.raises(Conflict) as no:
        sign(other, one)
    assert no.value.code == "signup_overlaps"
    holder = sign(other, two)
    waiting = sign(busy, third)
    # The third waits for the one and has a place in the other meanwhile.
    events.cancel_signup(signup=holder, by=None, at=TUESDAY)
    sign(other, third)
    events.cancel_signup(signup=SignUp.objects.get(shift=busy, volunteer=one), by=None, at=TUESDAY)

    assert SignUp.objects.get(pk=waiting.pk).state == "waiting"


def test_more_room_lets_people_move_up_and_less_room_puts_nobody_out(corps: Corps) -> None:
    shift = event(corps, needed=1).shifts.get()
    for number in (1, 2, 3):
        sign(shift, volunteer(corps, f"义{number}", serial=number))
    events.change_shift(shift=shift, changes={"needed": 2}, by=corps.mulberry_leader, at=TUESDAY)
    assert states(shift) == ["signed", "signed", "waiting"]
    with pytest.raises(Conflict) as no:
        events.change_shift(shift=shift, changes={"needed": 1}, by=corps.mulberry_leader, at=TUESDAY)
    assert (no.value.code, no.value.params["signed"]) == ("shift_has_more", 2)
    assert Shift.objects.get().needed == 2


def test_who_has_an_account_is_told_of_changes_and_the_others_stand_on_a_list_to_be_called(corps: Corps) -> None:
    made = event(corps, needed=1)
    shift = made.shifts.get()
    holder = sign(shift, volunteer(corps))
    sign(shift, volunteer(corps, "乙义", serial=2, account=corps.reporter))
    events.change_event(event=made, changes={"place": "莲北社区西门"}, by=corps.mulberry_leader, at=TUESDAY)
    events.cancel_signup(signup=holder, by=None, at=TUESDAY)
    events.cancel_event(event=made, reason="暴雨", by=corps.mulberry_leader, at=TUESDAY + hours(1))

    told = Notice.objects.filter(loop_kind="event", loop_uid=made.uid).order_by("id")
    assert [(one.person, one.kind) for one in told] == [
        (corps.reporter, "event.changed"), (corps.reporter, "event.moved_up"), (corps.reporter, "event.cancelled"),
    ]  # fmt: skip
    assert asking.to_be_called(made) == [], "who had cancelled before need not be called"
    assert states(shift) == ["cancelled", "cancelled"]
    other = event(corps, title="另一活动")
    sign(other.shifts.get(), holder.volunteer)
    events.cancel_event(event=other, reason="暴雨", by=corps.mulberry_leader, at=TUESDAY)
    assert asking.to_be_called(other) == [holder.volunteer]


def test_a_cancelled_or_begun_event_takes_nobody(corps: Corps) -> None:
    made, who = event(corps), volunteer(corps)
    with pytest.raises(Conflict) as no:
        sign(made.shifts.get(), who, at=SATURDAY)
    assert no.value.code == "shift_begun"
    events.cancel_event(event=made, reason="暴雨", by=corps.order_desk, at=TUESDAY)
    with pytest.raises(Conflict) as no:
        sign(made.shifts.get(), who)
    assert no.value.code == "event_not_open"
    with pytest.raises(Conflict):
        events.cancel_event(event=made, reason="又来", by=corps.order_desk, at=TUESDAY)
    assert list(asking.open_events(TUESDAY)) == []


def test_a_draft_is_open_to_nobody(corps: Corps) -> None:
    made = event(corps)
    Event.objects.filter(pk=made.pk).update(state="draft", published_at=None)
    with pytest.raises(Conflict):
        sign(made.shifts.get(), volunteer(corps))


@pytest.mark.parametrize(
    ("needed", "minimum", "minutes"), [(0, 0, 60), (2, 3, 60), (5001, 1, 60), (2, 1, 0), (2, 1, -5)]
)
def test_a_shift_that_cannot_be_is_refused(corps: Corps, needed: int, minimum: int, minutes: int) -> None:
    wrong = ShiftGiven(SATURDAY, SATURDAY + timedelta(minutes=minutes), needed, minimum)
    with pytest.raises(Invalid):
        events.draft_event(
            title="活动", content="内容", place="广场", unit=corps.mulberry, in_charge=corps.mulberry_leader, shifts=[wrong],
            by=corps.mulberry_leader, at=MONDAY_NINE,
        )  # fmt: skip


def test_other_teams_neither_keep_nor_cancel_an_event(corps: Corps) -> None:
    made = event(corps)
    for verb in (
        partial(events.cancel_event, event=made, reason="不许"), partial(events.finish_event, event=made),
        partial(events.change_event, event=made, changes={"title": "换"}),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            verb(by=corps.plum_handler, at=TUESDAY)
    with pytest.raises(NotAllowed):
        asking.onsite_code(shift=made.shifts.get(), by=corps.plum_handler, at=SATURDAY)


# Attendance.


def test_the_code_on_site_changes_every_few_minutes_and_the_last_one_still_counts() -> None:
    codes = [onsite.code_at("secret", SATURDAY + timedelta(minutes=n), minutes=5) for n in range(15)]

    assert [len(set(codes[n : n + 5])) for n in (0, 5, 10)] == [1, 1, 1]
    assert len(set(codes)) == 3
    assert onsite.matches("secret", " ４" + "x", SATURDAY, minutes=5) is False
    now = SATURDAY + timedelta(minutes=7)
    assert [onsite.matches("secret", code, now, minutes=5) for code in (codes[0], codes[7], codes[12])] == [
        True, True, False,
    ]  # fmt: skip
    assert onsite.code_at("other", SATURDAY, minutes=5) != codes[0]
    assert onsite.valid_until(now, minutes=5) == SATURDAY + timedelta(minutes=10)


@given(st.text(max_size=8))
def test_nothing_but_the_code_of_now_or_just_before_is_taken(said: str) -> None:
    right = {onsite.code_at("s", SATURDAY - timedelta(minutes=m), minutes=5) for m in (0, 5)}
    assert onsite.matches("s", said, SATURDAY, minutes=5) == (re.sub(r"\s", "", said) in right)


def test_who_enters_the_code_on_site_was_there_once(corps: Corps) -> None:
    made = event(corps)
    shift = made.shifts.get()
    signed = events.sign_up(shift=shift, volunteer=volunteer(corps), by=None, at=TUESDAY)
    found = asking.signup_by_code(signed.code.lower())
    assert found == signed.signup
    shown = asking.onsite_code(shift=shift, by=corps.mulberry_leader, at=SATURDAY)
    first = events.check_in(signup=found, code=shown.code, by=None, at=SATURDAY + timedelta(minutes=2))
    again = events.check_in(signup=found, code=shown.code, by=None, at=SATURDAY + timedelta(minutes=6))
    assert first == again
    assert again.arrived_at == SATURDAY + timedelta(minutes=2)
    assert again.how == "code"
    with pytest.raises(Invalid) as no:
        events.check_out(signup=found, code=shown.code, by=None, at=SATURDAY + hours(3))
    assert no.value.code == "code_wrong"
    end = SATURDAY + hours(3)
    last = asking.onsite_code(shift=shift, by=corps.mulberry_handler, at=end).code
    assert events.check_out(signup=found, code=last, by=None, at=end).left_at == end


@pytest.mark.parametrize(("minutes", "code"), [(-31, "not_the_time"), (301, "not_the_time"), (0, "code_wrong")])
def test_the_code_counts_at_its_time_only(corps: Corps, minutes: int, code: str) -> None:
    shift = event(corps).shifts.get()
    row = sign(shift, volunteer(corps))
    at = SATURDAY + timedelta(minutes=minutes)
    said = onsite.code_at(shift.secret, at, minutes=5) if code == "not_the_time" else "abcdef"
    with pytest.raises(Refused) as no:
        events.check_in(signup=row, code=said, by=None, at=at)

    assert no.value.code == code
    assert not Attendance.objects.exists()


def test_who_waits_or_has_cancelled_does_not_check_in_and_nobody_checks_in_another(corps: Corps) -> None:
    shift = event(corps, needed=1).shifts.get()
    holder = sign(shift, volunteer(corps, account=corps.reporter))
    waiting = sign(shift, volunteer(corps, "乙义", serial=2))
    said = onsite.code_at(shift.secret, SATURDAY, minutes=5)
    with pytest.raises(Conflict) as no:
        events.check_in(signup=waiting, code=said, by=None, at=SATURDAY)
    assert no.value.code == "signup_without_place"
    with pytest.raises(NotAllowed):
        events.check_in(signup=holder, code=said, by=corps.mulberry_leader, at=SATURDAY)
    assert events.check_in(signup=holder, code=said, by=corps.reporter, at=SATURDAY).volunteer == holder.volunteer


def test_the_leader_enters_who_came_without_signing_up_but_never_himself(corps: Corps) -> None:
    shift = event(corps).shifts.get()
    walk_in, own = volunteer(corps), volunteer(corps, "桑义", serial=2, account=corps.mulberry_leader)
    told = {"arrived_at": SATURDAY, "left_at": SATURDAY + hours(2), "at": SATURDAY + hours(3)}
    row = events.enter_attendance(shift=shift, volunteer=walk_in, by=corps.mulberry_leader, **told)
    assert (row.how, row.by) == ("leader", corps.mulberry_leader)
    with pytest.raises(NotAllowed):
        events.enter_attendance(shift=shift, volunteer=own, by=corps.mulberry_leader, **told)
    with pytest.raises(Invalid):
        events.enter_attendance(
            shift=shift, volunteer=walk_in, by=corps.mulberry_leader, arrived_at=SATURDAY, left_at=NOW, at=SATURDAY
        )


def test_no_face_no_track_and_no_secret_leave_the_house(corps: Corps) -> None:
    names = {field.name for model in (Attendance, SignUp) for field in model._meta.get_fields()}
    shift = event(corps).shifts.get()

    assert not names & {"lon", "lat", "photo", "face", "track", "device", "address"}
    assert shift.secret not in "".join(str(line.data) for line in LedgerLine.objects.all())


# Projects.


def test_a_project_is_published_by_the_centre_alone_and_its_code_is_given_once(corps: Corps) -> None:
    told = {"code": "BRAND-1", "name": "邻里剪", "unit": corps.mulberry, "brand": True, "at": MONDAY_NINE}
    made = events.keep_project(by=corps.mulberry_leader, **told)
    with pytest.raises(NotAllowed):
        events.publish_project(project=made, by=corps.mulberry_leader, at=MONDAY_NINE)
    events.publish_project(project=made, by=corps.order_desk, at=MONDAY_NINE)
    events.publish_project(project=made, by=corps.order_desk, at=TUESDAY)
    assert Project.objects.get().published_at == MONDAY_NINE
    with pytest.raises(Conflict) as no:
        events.keep_project(by=corps.mulberry_leader, **told)
    assert no.value.code == "code_taken"
    events.end_project(project=made, by=corps.order_desk, at=NOW)
    with pytest.raises(Conflict):
        events.publish_project(project=made, by=corps.order_desk, at=NOW)


# Laws.


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_last_places_at_once_no_more_get_one_than_there_are() -> None:
    corps = build_corps()
    shift = event(corps, needed=2).shifts.get()
    people = [volunteer(corps, f"义{n}", serial=n) for n in range(1, 7)]
    faults = at_once(*(partial(sign, shift, one) for one in people))

    assert faults == [None] * 6
    assert sorted(states(shift)) == ["signed"] * 2 + ["waiting"] * 4


TRIES = st.lists(
    st.tuples(st.sampled_from(["sign", "cancel", "room"]), st.integers(0, 4), st.integers(1, 4)), max_size=12
)  # fmt: skip


def test_places_are_never_more_than_the_room_and_nobody_waits_while_there_is_room(corps: Corps) -> None:
    people = [volunteer(corps, f"义{n}", serial=n + 1) for n in range(5)]

    @given(TRIES)
    @settings(max_examples=50)
    def law(todo: list[tuple[str, int, int]]) -> None:
        with transaction.atomic():
            shift = event(corps, needed=2).shifts.get()
            for what, who, room in todo:
                with suppress(Refused):
                    _do(corps, shift, what, people[who], room)
                signed, waiting = (states(shift).count(word) for word in ("signed", "waiting"))
                needed = Shift.objects.get(pk=shift.pk).needed
                assert signed <= needed
                assert waiting == 0 or signed == needed
            transaction.set_rollback(True)

    law()


def _do(corps: Corps, shift: Shift, what: str, who: Any, room: int) -> None:
    if what == "sign":
        sign(shift, who)
    elif what == "room":
        events.change_shift(shift=shift, changes={"needed": room}, by=corps.mulberry_leader, at=TUESDAY)
    else:
        row = SignUp.objects.filter(shift=shift, volunteer=who, cancelled_at=None).first()
        if row:
            events.cancel_signup(signup=row, by=None, at=TUESDAY)
