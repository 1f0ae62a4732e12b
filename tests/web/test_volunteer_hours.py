"""Hours on the desk: named when an order is reported served, corrected and voided with their trace, certified anew, exported."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone

from civicloop.ledger.models import LedgerLine
from civicloop.volunteers.actions import certificates, hours, people
from civicloop.volunteers.models import Certificate, ServiceRecord, Volunteer
from tests.cast import noon
from tests.volunteers.cast import Corps, corps
from tests.volunteers.folk import volunteer

__all__ = ["corps"]
MOST_STATEMENTS, MOST_BYTES = 15, 120_000


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


def member(corps: Corps, name: str = "甲义", serial: int = 1) -> Volunteer:
    """Somebody who has served in the Mulberry team for a year."""
    made, at = volunteer(corps, name, serial=serial, team=None), noon(365)
    people.join(volunteer=made, team=corps.teams["mulberry"], since=at.date(), by=None, at=at)
    return made


def recorded(corps: Corps, who: Volunteer, days: int = 3, long: float = 2) -> ServiceRecord:
    return hours.record(
        volunteer=who, starts_at=noon(days), ends_at=noon(days) + timedelta(hours=long), title="站点值守", place="莲北社区",
        unit=corps.mulberry, by=corps.order_desk, at=timezone.now(),
    )  # fmt: skip


def serving(corps: Corps) -> Any:
    """An order that a team began yesterday at half past twelve."""
    return corps.walk("serving", at=noon(1) - timedelta(minutes=30))


def fields(order: Any, *who: Volunteer, end: timedelta = timedelta(hours=2), **more: str) -> dict[str, Any]:
    """The rows of the form, ticked."""
    told: dict[str, Any] = {"note": "头发理好了", "version": order.version, "served": [str(one.uid) for one in who]}
    for one in who:
        begins = noon(1) + timedelta(minutes=30)
        told |= {f"from_{one.uid}": f"{begins:%Y-%m-%dT%H:%M}", f"to_{one.uid}": f"{begins + end:%Y-%m-%dT%H:%M}"}
    return told | more


def test_who_served_himself_finishes_the_order_and_somebody_else_records_his_hours(
    corps: Corps, visitor: Callable[..., Any]
) -> None:
    own, order = member(corps), serving(corps)
    Volunteer.objects.filter(pk=own.pk).update(account=corps.mulberry_handler)
    team, page = visitor("mulberry_handler"), f"/volunteers/orders/{order.uid}/steps/finish"
    text = team.get(page)[1]
    assert "Your own hours are recorded by somebody else" in text
    assert f'value="{own.uid}"' not in text
    assert team.post(page, **fields(order)).status_code == 302

    order.refresh_from_db()
    assert (order.state, ServiceRecord.objects.exists()) == ("served", False)
    assert f'value="{own.uid}" checked' in visitor("mulberry_leader").get(f"/volunteers/orders/{order.uid}/hours")[1]


def test_the_form_of_the_step_lists_the_members_masked_with_the_time_of_the_order(
    corps: Corps, visitor: Callable[..., Any]
) -> None:
    one, order = member(corps), serving(corps)
    page = f"/volunteers/orders/{order.uid}/steps/finish"
    status, text = visitor("mulberry_handler").get(page)

    assert status == 200
    assert one.name not in text
    assert one.phone not in text
    assert re.search(rf'name="served" value="{one.uid}" checked', text), "the only member"
    begun = timezone.localtime(order.begun_at)
    assert f'name="from_{one.uid}" value="{begun:%Y-%m-%dT%H:%M}"' in text


def test_nobody_ticks_himself(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, order, team = member(corps), serving(corps), visitor("mulberry_handler")
    Volunteer.objects.filter(pk=one.pk).update(account=corps.mulberry_handler)
    page = f"/volunteers/orders/{order.uid}/steps/finish"

    assert "recorded by somebody else" in team.get(page)[1]
    assert f'value="{one.uid}"' not in team.get(page)[1]
    assert team.post(page, **fields(order, one)).status_code == 403
    order.refresh_from_db()
    assert order.state == "serving"


def test_who_may_not_report_it_served_sees_nobody_of_the_team(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, order = member(corps), serving(corps)
    text = visitor("reporter").get(f"/volunteers/orders/{order.uid}/steps/finish")[1]

    assert str(one.uid) not in text


def test_the_team_reports_it_served_and_the_hours_are_recorded(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, two, order, team = member(corps), member(corps, "乙义", 2), serving(corps), visitor("mulberry_handler")
    answer = team.post(
        f"/volunteers/orders/{order.uid}/steps/finish", **fields(order, one, two, **{f"hours_{two.uid}": "1.5"})
    )
    order.refresh_from_db()

    assert (answer.status_code, order.state) == (302, "served")
    assert {(row.volunteer, row.hours) for row in ServiceRecord.objects.all()} == {
        (one, Decimal(2)),
        (two, Decimal("1.5")),
    }
    shown = team.get(f"/volunteers/orders/{order.uid}")[1]
    assert all(f"/volunteers/hours/{row.uid}" in shown for row in ServiceRecord.objects.all())


def test_a_refusal_stands_beside_the_member_and_nothing_typed_is_lost(
    corps: Corps, visitor: Callable[..., Any]
) -> None:
    one, two, order = member(corps), member(corps, "乙义", 2), serving(corps)
    recorded(corps, two, days=1, long=4)
    answer = visitor("mulberry_handler").post(f"/volunteers/orders/{order.uid}/steps/finish", **fields(order, one, two))
    text, order_now = answer.content.decode(), type(order).objects.get(pk=order.pk)

    assert (answer.status_code, order_now.state) == (409, "serving")
    assert re.search(rf'value="{two.uid}" checked aria-invalid="true" aria-describedby="e_{two.uid}"', text)
    assert "Times of one person never overlap" in text
    assert "头发理好了" in text


def test_the_daily_cap_is_refused_in_chinese_with_what_is_left(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, order = member(corps), serving(corps)
    recorded(corps, one, days=1, long=0.5)
    answer = visitor("mulberry_handler", "zh-hans").post(
        f"/volunteers/orders/{order.uid}/steps/finish", **fields(order, one, end=timedelta(hours=8))
    )

    assert answer.status_code == 409
    assert "7.5" in answer.content.decode()
    assert not ServiceRecord.objects.filter(order=order).exists()


def test_whom_the_team_forgot_is_recorded_afterwards(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, order, team = member(corps), serving(corps), visitor("mulberry_handler")
    page = f"/volunteers/orders/{order.uid}/hours"
    assert team.get(page)[0] == 409, "not served yet"
    team.post(f"/volunteers/orders/{order.uid}/steps/finish", **fields(order))
    assert team.statements(page) <= MOST_STATEMENTS

    assert team.post(page).status_code == 422
    assert team.post(page, **fields(order, one)).status_code == 302
    assert ServiceRecord.objects.get().order == order
    assert visitor("plum_handler").get(page)[0] == 404
    assert visitor("reporter").get(page)[0] == 403


def test_a_record_is_corrected_and_the_whole_story_is_shown(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, desk = member(corps), visitor("order_desk")
    old = recorded(corps, one)
    page = f"/volunteers/hours/{old.uid}"
    assert desk.post(f"{page}/correct", starts_at="", ends_at="", reason="").status_code == 422
    answer = desk.post(
        f"{page}/correct", starts_at=f"{noon(3):%Y-%m-%dT%H:%M}", ends_at=f"{noon(3) + timedelta(hours=1):%Y-%m-%dT%H:%M}",
        reason="提前离开",
    )  # fmt: skip
    new = ServiceRecord.objects.get(state="valid")

    assert answer["Location"] == f"/volunteers/hours/{new.uid}"
    assert (new.hours, new.replaces) == (Decimal(1), old)
    for seen in (desk.get(page)[1], desk.get(f"/volunteers/hours/{new.uid}")[1]):
        assert "提前离开" in seen
        assert one.name not in seen
    assert desk.get(f"{page}/correct")[0] == 200
    again = desk.post(
        f"{page}/correct", starts_at=f"{noon(3):%Y-%m-%dT%H:%M}", ends_at=f"{noon(2):%Y-%m-%dT%H:%M}", reason="再"
    )
    assert again.status_code == 409, "it was replaced already"


def test_only_who_may_corrects(corps: Corps, visitor: Callable[..., Any]) -> None:
    page = f"/volunteers/hours/{recorded(corps, member(corps)).uid}"

    assert visitor("mulberry_handler").get(page)[0] == 200
    assert f"{page}/correct" not in visitor("mulberry_handler").get(page)[1]
    assert visitor("mulberry_handler").get(f"{page}/correct")[0] == 403
    assert visitor("mulberry_handler").post(f"{page}/void", reason="x").status_code == 403
    assert f"{page}/correct" in visitor("mulberry_leader").get(page)[1]
    assert visitor("plum_handler").get(page)[0] == 404


def test_a_certificate_is_issued_of_a_period_and_replaced(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, desk = member(corps), visitor("order_desk")
    early, late = recorded(corps, one, days=30), recorded(corps, one, days=3)
    day = f"{noon(10):%Y-%m-%d}"
    desk.post(f"/volunteers/people/{one.uid}/certificate", **{"from": day})
    old = Certificate.objects.get()
    assert (list(old.records.all()), old.hours) == ([late], Decimal(2))
    hours.void(record=late, reason="记错人", by=corps.order_desk, at=timezone.now())
    hours.correct(
        record=early, starts_at=noon(5), ends_at=noon(5) + timedelta(hours=3), reason="日期更正", by=corps.order_desk,
        at=timezone.now(),
    )  # fmt: skip
    page = f"/volunteers/certificates/{old.uid}"
    assert "has been corrected since" in desk.get(page)[1]
    assert desk.post(f"{page}/replace", reason="").status_code == 422

    answer = desk.post(f"{page}/replace", reason="记录已更正")

    new = Certificate.objects.exclude(pk=old.pk).get()
    old.refresh_from_db()
    assert answer["Location"] == f"/volunteers/certificates/{new.uid}"
    assert (new.hours, new.content["replaces"], old.revoke_reason) == (Decimal(3), old.number, "记录已更正")
    assert new.number in desk.get(page)[1]
    assert visitor("mulberry_leader").post(f"{page}/replace", reason="x").status_code == 403


def test_where_nothing_is_left_to_certify_the_old_certificate_stays(corps: Corps, visitor: Callable[..., Any]) -> None:
    one = member(corps)
    record = recorded(corps, one)
    old = certificates.issue(volunteer=one, unit=corps.centre, by=corps.order_desk, at=timezone.now())
    hours.void(record=record, reason="记错人", by=corps.order_desk, at=timezone.now())
    answer = visitor("order_desk").post(f"/volunteers/certificates/{old.uid}/replace", reason="更正")
    old.refresh_from_db()

    assert answer.status_code == 409
    assert old.revoked_at is None


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_desk_takes_the_lists_of_the_national_platform_with_a_purpose(
    corps: Corps, visitor: Callable[..., Any], form: str, begins: bytes
) -> None:
    recorded(corps, member(corps))
    desk, page = visitor("order_desk"), "/volunteers/hours/export"
    typed = {"kind": "records", "form": form}
    assert desk.post(page, **typed, purpose=" ").status_code == 422
    assert not LedgerLine.objects.filter(verb="volunteers.export").exists()

    answer = desk.post(page, **typed, purpose="上报省平台")
    content = b"".join(answer.streaming_content)

    assert answer.status_code == 200
    assert content.startswith(begins)
    told = content.decode("utf-8-sig") if form == "csv" else "".join(
        ZipFile(io.BytesIO(content)).read(name).decode() for name in ZipFile(io.BytesIO(content)).namelist() if "xml" in name
    )  # fmt: skip
    assert "站点值守" in told
    assert answer["Cache-Control"] == "private, no-store"
    assert LedgerLine.objects.get(verb="volunteers.export").data == {"what": "records", "purpose": "上报省平台"}


@pytest.mark.parametrize("name", ["mulberry_leader", "supervisor", "reporter"])
def test_nobody_else_takes_them(corps: Corps, visitor: Callable[..., Any], name: str) -> None:
    person = visitor(name)

    assert person.get("/volunteers/hours/export")[0] == 403
    assert person.post("/volunteers/hours/export", kind="people", form="csv", purpose="x").status_code == 403
    assert "/volunteers/hours/export" not in person.get("/volunteers/hours")[1]


def test_the_list_is_narrowed_by_days_area_and_age(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, desk = member(corps), visitor("order_desk")
    record = recorded(corps, one)
    old = noon(3) - timedelta(days=400)

    def found(**typed: str) -> bool:
        status, text = desk.get("/volunteers/hours?" + "&".join(f"{key}={value}" for key, value in typed.items()))
        assert status == 200
        return str(record.uid) in text

    assert found()
    assert found(**{"from": f"{noon(3):%Y-%m-%d}", "to": f"{noon(3):%Y-%m-%d}", "valid": "1"})
    assert not found(**{"from": f"{noon(2):%Y-%m-%d}"})
    assert not found(to=f"{old:%Y-%m-%d}")
    assert found(area="LOTUS")
    assert not found(area="WILLOW")
    assert found(unit="MULBERRY")
    assert not found(unit="PLUM")
    assert found(age="35_59")
    assert not found(age="18_34")
    assert not found(age="not_said")
    assert found(age="nonsense", area="nonsense", **{"from": "gestern"})


def test_the_pages_keep_to_their_budget(corps: Corps, visitor: Callable[..., Any]) -> None:
    one = member(corps)
    record = recorded(corps, one)
    for number in range(4):
        record = hours.correct(
            record=record, starts_at=noon(3), ends_at=noon(3) + timedelta(hours=1 + number / 2), reason="更正",
            by=corps.order_desk, at=timezone.now(),
        )  # fmt: skip
    made, desk = (
        certificates.issue(volunteer=one, unit=corps.centre, by=corps.order_desk, at=timezone.now()),
        visitor("order_desk"),
    )
    order, team = serving(corps), visitor("mulberry_handler")
    pages = [
        f"hours/{record.uid}", f"hours/{record.uid}/correct", f"certificates/{made.uid}", "hours/export", "hours",
        f"people/{one.uid}", f"people/{one.uid}/change", "measures",
    ]  # fmt: skip

    for page in pages:
        assert desk.statements(f"/volunteers/{page}") <= MOST_STATEMENTS, page
        assert len(desk.get(f"/volunteers/{page}")[1].encode()) <= MOST_BYTES, page
    assert team.statements(f"/volunteers/orders/{order.uid}/steps/finish") <= MOST_STATEMENTS
    assert team.statements(f"/volunteers/orders/{order.uid}") <= MOST_STATEMENTS


def test_what_is_refused_is_said_on_the_page_it_was_asked_on(corps: Corps, visitor: Callable[..., Any]) -> None:
    who = member(corps)
    record, desk, leader = recorded(corps, who), visitor("order_desk"), visitor("mulberry_leader")
    person = f"/volunteers/people/{who.uid}"
    of_person, of_record = "Registered with", "Person in charge"
    asked: list[tuple[Any, str, dict[str, str], int, str]] = [
        (desk, f"/volunteers/hours/{record.uid}/void", {"reason": ""}, 422, of_record),
        (desk, f"{person}/leave", {"reason": "搬走了"}, 422, of_person),
        (desk, f"{person}/part", {"membership": str(who.memberships.get().uid), "until": "soon"}, 422, of_person),
        (desk, f"{person}/certificate", {"from": "2020-01-01", "to": "2020-01-31"}, 409, of_person),
        (desk, f"{person}/join", {"team": "MULBERRY"}, 409, of_person),
    ]
    for visiting, path, typed, status, told in asked:
        answer = visiting.post(path, **typed)
        text = answer.content.decode()
        assert (answer.status_code, 'role="alert"' in text, told in text) == (status, True, True), path
    assert 'value="搬走了"' in desk.post(f"{person}/leave", reason="搬走了").content.decode(), (
        "what was typed is still there"
    )
    assert leader.post(f"{person}/leave", reason="", sure="1").status_code == 403, "who may not gets a page of its own"
    assert LedgerLine.objects.filter(verb="refused").exists()
    who.refresh_from_db()
    record.refresh_from_db()
    assert (who.left_at, record.state) == (None, "valid")
