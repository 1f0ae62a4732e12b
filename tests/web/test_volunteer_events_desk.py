"""Projects and events on the desk: planned with several shifts, changed, called off in part; who may, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.volunteers.actions import events
from civicloop.volunteers.actions.signups import sign_up
from civicloop.volunteers.models import Event, Project
from tests.cast import noon
from tests.volunteers.cast import Corps, corps
from tests.volunteers.folk import volunteer

__all__ = ["corps"]
MOST_STATEMENTS, MOST_BYTES = 15, 120_000


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


@pytest.fixture
def enter(visitor: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody of the cast in front of the desk."""
    return visitor


@pytest.fixture
def planned(corps: Corps) -> Event:
    """A draft of the Mulberry team with two shifts, in a week and in two."""
    at = timezone.now()
    rows = [events.ShiftGiven(at + timedelta(weeks=week), at + timedelta(weeks=week, hours=2), 5, 2) for week in (1, 2)]
    return events.draft_event(
        title="清洁家园", content="清理楼道", place="莲北社区", unit=corps.mulberry, in_charge=corps.mulberry_leader, shifts=rows,
        by=corps.mulberry_leader, at=at,
    )  # fmt: skip


def moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def typed_of(event: Event) -> dict[str, str]:
    """The form of the shifts as the page fills it."""
    typed = {f"new{n}_{key}": "" for n in (1, 2, 3) for key in ("starts_at", "ends_at", "name")}
    for one in event.shifts.filter(cancelled_at=None):
        typed |= {
            f"{one.uid}_starts_at": moment(one.starts_at), f"{one.uid}_ends_at": moment(one.ends_at), f"{one.uid}_name": one.name,
            f"{one.uid}_needed": str(one.needed), f"{one.uid}_minimum": str(one.minimum),
        }  # fmt: skip
    return typed


PROJECT = {"code": "BRAND-1", "name": "邻里剪", "unit": "MULBERRY", "brand": "1", "description": "每月一次"}


def test_a_project_is_written_down_by_a_team_published_by_the_centre_and_ended(
    corps: Corps, enter: Callable[..., Any]
) -> None:
    team, desk, other = enter("mulberry_leader"), enter("order_desk"), enter("plum_handler")
    assert team.post("/volunteers/projects/new", **PROJECT).status_code == 302
    made = Project.objects.get()
    page = f"/volunteers/projects/{made.uid}"

    assert "the volunteer centre publishes it" in team.get(page)[1]
    assert other.get(page)[0] == 404
    assert "邻里剪" not in other.get("/volunteers/projects")[1]
    assert team.post(f"{page}/publish").status_code == 403
    desk.post(f"{page}/publish")
    assert other.get(page)[0] == 200
    team.post(f"{page}/edit", **{**PROJECT, "name": "邻里剪头"})
    text = team.get(page)[1]
    assert "邻里剪头" in text
    assert "What was changed" in text
    assert other.post(f"{page}/end").status_code == 403
    team.post(f"{page}/end")
    made.refresh_from_db()
    assert made.ended_at is not None
    assert "ended" in desk.get("/volunteers/projects?show=ended")[1]
    assert team.post(f"{page}/edit", **{**PROJECT, "name": "又改"}).status_code == 409


def test_a_code_that_is_taken_is_said_at_the_form_and_nothing_is_lost(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    desk.post("/volunteers/projects/new", **PROJECT)
    again = desk.post("/volunteers/projects/new", **{**PROJECT, "name": "别的项目"})

    assert again.status_code == 409
    assert "别的项目" in again.content.decode()
    assert enter("reporter").get("/volunteers/projects/new")[0] == 403


def test_an_event_of_a_project_stands_on_its_page(corps: Corps, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    desk.post("/volunteers/projects/new", **PROJECT)
    made, begins = Project.objects.get(), timezone.now() + timedelta(days=3)
    assert 'value="BRAND-1" selected' in desk.get("/volunteers/events/new?project=BRAND-1")[1]
    desk.post(
        "/volunteers/events/new", title="剪发日", content="剪发", place="莲北", project="BRAND-1", starts_at=moment(begins),
        ends_at=moment(begins + timedelta(hours=2)), needed="5", minimum="2",
    )  # fmt: skip

    assert "剪发日" in desk.get(f"/volunteers/projects/{made.uid}")[1]
    assert "邻里剪" in desk.get(f"/volunteers/events/{Event.objects.get().uid}")[1]


def test_several_shifts_are_changed_added_and_taken_out_at_one_press(
    corps: Corps, planned: Event, enter: Callable[..., Any]
) -> None:
    leader, page = enter("mulberry_leader"), f"/volunteers/events/{planned.uid}/shifts"
    first, second = planned.shifts.order_by("starts_at")
    later = first.starts_at + timedelta(weeks=4)
    typed = typed_of(planned) | {
        f"{first.uid}_needed": "9", f"{second.uid}_out": "1", "new1_starts_at": moment(later),
        "new1_ends_at": moment(later + timedelta(hours=3)), "new1_needed": "4", "new1_minimum": "2", "new1_name": "加开",
    }  # fmt: skip

    assert leader.post(page, **typed).status_code == 302

    assert list(planned.shifts.order_by("starts_at").values_list("name", "needed")) == [("", 9), ("加开", 4)]


def test_one_wrong_row_stops_all_and_what_was_typed_stays(
    corps: Corps, planned: Event, enter: Callable[..., Any]
) -> None:
    leader, page = enter("mulberry_leader"), f"/volunteers/events/{planned.uid}/shifts"
    first, second = planned.shifts.order_by("starts_at")
    typed = typed_of(planned) | {f"{first.uid}_needed": "7", f"{second.uid}_minimum": "6", f"{second.uid}_name": "晚班"}

    answer = leader.post(page, **typed)

    assert answer.status_code == 422
    assert "晚班" in answer.content.decode()
    assert set(planned.shifts.values_list("needed", flat=True)) == {5}
    assert enter("plum_handler").post(page, **typed).status_code == 403
    assert enter("plum_handler").get(page)[0] == 403


def test_a_published_event_shows_each_shift_short_full_or_called_off(
    corps: Corps, planned: Event, enter: Callable[..., Any]
) -> None:
    events.publish_event(event=planned, by=corps.mulberry_leader, at=timezone.now())
    first, second = planned.shifts.order_by("starts_at")
    events.change_shift(shift=second, changes={"needed": 1, "minimum": 1}, by=corps.mulberry_leader, at=timezone.now())
    who = volunteer(corps)
    sign_up(shift=second, volunteer=who, by=None, at=timezone.now())
    leader, page = enter("mulberry_leader"), f"/volunteers/events/{planned.uid}"

    text = leader.get(page)[1]
    assert "2 people short" in text
    assert ">full<" in text
    assert leader.post(f"/volunteers/shifts/{second.uid}/cancel", reason="").status_code == 422
    assert enter("plum_handler").post(f"/volunteers/shifts/{second.uid}/cancel", reason="不许").status_code == 403
    leader.post(f"/volunteers/shifts/{second.uid}/cancel", reason="场地维修")
    text = leader.get(page)[1]
    assert "called off" in text
    assert "场地维修" in text
    assert "to be called" in text
    assert who.phone not in text
    assert "Call this shift off" not in text, "the last shift is not called off, the event is"
    first.refresh_from_db()
    assert first.cancelled_at is None


def test_a_change_of_place_says_whom_it_tells(corps: Corps, planned: Event, enter: Callable[..., Any]) -> None:
    events.publish_event(event=planned, by=corps.mulberry_leader, at=timezone.now())
    sign_up(shift=planned.shifts.all()[0], volunteer=volunteer(corps), by=None, at=timezone.now())
    leader, page = enter("mulberry_leader"), f"/volunteers/events/{planned.uid}/edit"

    assert "1 person has signed up and is told" in leader.get(page)[1]
    typed = {"title": "清洁家园", "content": "清理楼道", "place": "莲北社区西门", "site": "C1"}
    leader.post(page, **typed)

    planned.refresh_from_db()
    assert (planned.place, planned.site.code) == ("莲北社区西门", "C1")
    assert enter("plum_handler").post(page, **typed).status_code == 403


def test_every_page_keeps_its_budget(corps: Corps, planned: Event, enter: Callable[..., Any]) -> None:
    desk = enter("order_desk")
    desk.post("/volunteers/projects/new", **PROJECT)
    project = Project.objects.get()
    found = (
        "projects", "projects/new", f"projects/{project.uid}", f"projects/{project.uid}/edit", "events/new",
        f"events/{planned.uid}", f"events/{planned.uid}/edit", f"events/{planned.uid}/shifts",
    )  # fmt: skip

    for page in found:
        assert desk.statements(f"/volunteers/{page}") <= MOST_STATEMENTS, page
        assert len(desk.get(f"/volunteers/{page}")[1].encode()) <= MOST_BYTES, page


@pytest.fixture
def over(corps: Corps) -> Event:
    """A published event of the Mulberry team that ended yesterday at two, with one shift of two hours."""
    at = timezone.now()
    starts = noon(1)
    row = events.ShiftGiven(starts, starts + timedelta(hours=2), 5, 1)
    made = events.draft_event(
        title="清洁家园", content="清理楼道", place="莲北社区", unit=corps.mulberry, in_charge=corps.mulberry_leader, shifts=[row],
        by=corps.mulberry_leader, at=at - timedelta(days=9),
    )  # fmt: skip
    return events.publish_event(event=made, by=corps.mulberry_leader, at=at - timedelta(days=8))


def test_who_came_without_having_signed_up_is_noted_and_stands_on_the_page(
    corps: Corps, over: Event, enter: Callable[..., Any]
) -> None:
    walked_in, elsewhere = volunteer(corps, "甲义"), volunteer(corps, "丙勤", serial=3, team="plum")
    leader, shift = enter("mulberry_leader"), over.shifts.get()
    page = f"/volunteers/events/{over.uid}"

    text = leader.get(page)[1]
    assert "Somebody else was there" in text
    assert f'value="{walked_in.uid}"' in text
    assert f'value="{elsewhere.uid}"' not in text, "whom the leader may not find he is not offered"
    assert "甲义" not in text, "names are masked"
    leader.post(
        f"/volunteers/shifts/{shift.uid}/attendance", volunteer=str(walked_in.uid), arrived_at=moment(shift.starts_at),
        left_at=moment(shift.ends_at),
    )  # fmt: skip

    text = leader.get(page)[1]
    assert "without having signed up" in text
    assert "Record the hours" in text


def test_who_left_without_a_word_is_put_right_and_who_is_left_out_is_named_with_the_reason(
    corps: Corps, over: Event, enter: Callable[..., Any]
) -> None:
    one, leader, shift = volunteer(corps), enter("mulberry_leader"), over.shifts.get()
    sign_up(shift=shift, volunteer=one, by=None, at=shift.starts_at - timedelta(days=1))
    entered = f"/volunteers/shifts/{shift.uid}/attendance"
    leader.post(entered, volunteer=str(one.uid), arrived_at=moment(shift.starts_at), left_at="")
    page = f"/volunteers/events/{over.uid}"
    assert f'action="{entered}"' in leader.get(page)[1], "what is missing can be entered"

    leader.post(f"/volunteers/shifts/{shift.uid}/hours")
    text = leader.get(page)[1]
    assert "Not recorded, 甲*: It is not known until when this volunteer was there." in text

    leader.post(entered, volunteer=str(one.uid), arrived_at=moment(shift.starts_at), left_at=moment(shift.ends_at))
    leader.post(f"/volunteers/shifts/{shift.uid}/hours")
    assert "1 record was made." in leader.get(page)[1]
    assert one.records.count() == 1


def test_what_is_refused_is_said_on_the_page_it_was_asked_on(
    corps: Corps, planned: Event, enter: Callable[..., Any]
) -> None:
    leader, page = enter("mulberry_leader"), f"/volunteers/events/{planned.uid}"

    for answer, told in (
        (leader.post(f"{page}/cancel", reason=""), 422),
        (leader.post(f"{page}/finish"), 409),
        (leader.post(f"/volunteers/shifts/{planned.shifts.all()[0].uid}/cancel", reason="暴雨"), 409),
    ):
        text = answer.content.decode()
        assert answer.status_code == told
        assert 'role="alert"' in text
        assert "清理楼道" in text, "the page of the event"
    assert 'value="暴雨"' in text, "what was typed is still there"
    desk = enter("order_desk")
    desk.post("/volunteers/projects/new", **PROJECT)
    made = Project.objects.get()
    desk.post(f"/volunteers/projects/{made.uid}/end")
    answer = desk.post(f"/volunteers/projects/{made.uid}/publish")
    assert answer.status_code == 409
    assert "每月一次" in answer.content.decode()


def test_who_signs_up_does_not_push_the_changes_out_of_the_history(
    corps: Corps, planned: Event, enter: Callable[..., Any]
) -> None:
    leader, at = enter("mulberry_leader"), timezone.now()
    events.publish_event(event=planned, by=corps.mulberry_leader, at=at)
    one, shift = volunteer(corps), planned.shifts.order_by("starts_at")[0]
    for _ in range(16):
        made = sign_up(shift=shift, volunteer=one, by=None, at=at)
        events.cancel_signup(signup=made.signup, by=None, at=at)

    text = leader.get(f"/volunteers/events/{planned.uid}")[1].split('id="history"')[1]
    assert "publish" in text
    assert str(one.uid) not in text


def test_the_events_behind_a_figure_of_the_measures_are_those_that_were_counted(
    corps: Corps, over: Event, planned: Event, enter: Callable[..., Any]
) -> None:
    desk, today = enter("order_desk"), timezone.localdate()
    Event.objects.filter(pk=planned.pk).update(title="还没发布")
    page = desk.get(f"/volunteers/measures?from={today - timedelta(days=30)}&to={today + timedelta(days=30)}")[1]
    rows = page.split('href="/volunteers/events?')[1].split('"')[0].replace("&amp;", "&")

    text = desk.get(f"/volunteers/events?{rows}")[1]
    assert "清洁家园" in text
    assert "还没发布" not in text, "a draft is not counted"
    early = f"from={today - timedelta(days=90)}&to={today - timedelta(days=60)}"
    assert "No event in these days." in desk.get(f"/volunteers/events?{early}")[1]
    assert "No event in these days." in desk.get(f"/volunteers/events?{rows}&unit=PLUM")[1]


def test_a_towns_desk_reads_no_drafts_of_others_in_the_list(corps: Corps, enter: Callable[..., Any]) -> None:
    at = timezone.now()
    row = events.ShiftGiven(at + timedelta(days=7), at + timedelta(days=7, hours=2), 5, 1)
    for title, unit in (("中心还在商量", corps.centre), ("莲花镇在商量", corps.mulberry)):
        events.draft_event(
            title=title, content="清理楼道", place="莲北社区", unit=unit, in_charge=corps.order_desk, shifts=[row],
            by=corps.order_desk, at=at,
        )  # fmt: skip

    def read(name: str) -> tuple[bool, bool]:
        text = enter(name).get("/volunteers/events")[1]
        return "中心还在商量" in text, "莲花镇在商量" in text

    assert read("order_desk") == (True, True)
    assert read("town_order_desk") == (False, True)
    assert read("plum_handler") == (False, False)
