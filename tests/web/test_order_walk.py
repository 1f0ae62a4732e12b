"""What a newcomer meets who walks an order from the menu to the rating: the forms offer what can be chosen and say what is so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from civicloop.kernel.refusal import Invalid
from civicloop.standards import reference
from civicloop.volunteers import actions
from civicloop.volunteers.actions import hours, people
from civicloop.volunteers.actions.proposing import propose
from civicloop.volunteers.dispatchwords import nearer, nearer_told
from civicloop.volunteers.models import ServiceRecord, Volunteer
from civicloop.volunteers.rules.hours import earliest, half_hour
from civicloop.volunteers.served import Served
from civicloop.web.desk.asker import Asker
from civicloop.web.desk.volunteers.serving import member_rows
from civicloop.web.portal.communities import communities
from tests.cast import noon
from tests.volunteers.cast import Corps, corps
from tests.volunteers.folk import volunteer

__all__ = ["corps"]
ZONE = timezone.get_default_timezone()


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


def member(corps: Corps, name: str = "演示甲乙一", serial: int = 1) -> Volunteer:
    made = volunteer(corps, name, serial=serial, team=None)
    people.join(volunteer=made, team=corps.teams["mulberry"], since=noon(365).date(), by=None, at=noon(365))
    return made


def asking(corps: Corps, at: datetime) -> Asker:
    ref = reference.now()
    person = corps.mulberry_handler
    return Asker(person, ref.actor(person, timezone.localdate(at)), ref, at)


# ---- dispatch by hand


def test_the_teams_an_order_can_be_given_to_are_named(corps: Corps, visitor: Callable[..., Any]) -> None:
    order = corps.walk("pooled", at=timezone.now() - timedelta(hours=3))
    propose(by=None, at=timezone.now())
    text = visitor("order_desk").get(f"/volunteers/dispatch/{order.uid}")[1]

    offered = dict(re.findall(r'<option value="([A-Z]+)"[^>]*>([^<]*)</option>', text))
    assert offered["PLUM"] == "红梅服务队"
    assert all(offered.values()), offered


def row(*best: tuple[str, int, str], metres: int = 500) -> dict[str, Any]:
    return {"team": "A", "metres": metres, "best": [{"name": n, "metres": m, "why": why} for n, m, why in best]}


def test_only_a_team_that_is_strictly_nearer_is_said_to_be_nearer() -> None:
    found = nearer(row(("same", 500, "busier"), ("near", 499, "full"), ("far", 501, "farther"), ("A", 500, "chosen")))

    assert [one["name"] for one in found] == ["near"]


def test_a_nearer_team_that_could_come_is_said_to_be_busier_and_not_to_be_barred() -> None:
    with override("en"):
        told = nearer_told(row(("busy", 300, "busier"), ("full", 400, "full")))

    assert told == [
        ("Nearer, but busier:", [("busy", "")]),
        ("Nearer, but:", [("full", "full with this plan")]),
    ]


# ---- who served


def filled(corps: Corps, order: Any, at: datetime) -> tuple[str, str, bool]:
    [one] = member_rows(order, asking(corps, at), None, None)
    return one.starts[-5:], one.ends[-5:], one.ticked


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (95, ("12:30", "14:05", True)), (30, ("12:30", "13:00", True)), (20, ("12:30", "12:50", False)),
        (0, ("12:30", "12:30", False)),
    ],
)  # fmt: skip
def test_the_times_go_from_when_the_team_began_to_now(corps: Corps, minutes: int, expected: Any) -> None:
    member(corps)
    order = corps.walk("serving", at=noon(1) - timedelta(minutes=30))

    assert filled(corps, order, timezone.localtime(order.begun_at) + timedelta(minutes=minutes)) == expected


def test_the_beginning_is_rounded_down_to_the_half_hour_and_never_before_the_order_was_made(corps: Corps) -> None:
    member(corps)
    late = corps.walk("serving", at=noon(1) - timedelta(minutes=5))  # made 11:55, begun 12:55
    assert filled(corps, late, noon(1) + timedelta(hours=2))[0] == "12:30"

    at = noon(1) + timedelta(minutes=7)
    assert earliest(at, at + timedelta(minutes=3), zone=ZONE) == at
    assert earliest(at, at + timedelta(minutes=40), zone=ZONE) == half_hour(at + timedelta(minutes=40), zone=ZONE)


def test_who_began_just_now_is_told_that_nothing_can_be_recorded_yet(corps: Corps, visitor: Callable[..., Any]) -> None:
    member(corps)
    order = corps.walk("serving", at=timezone.now() - timedelta(minutes=61))
    text = visitor("mulberry_handler").get(f"/volunteers/orders/{order.uid}/steps/finish")[1]
    begun = timezone.localtime(order.begun_at)

    assert ("began less than half an hour ago" in text) == (
        timezone.now() - half_hour(begun, zone=ZONE) < timedelta(minutes=30)
    )


def report(corps: Corps, who: Volunteer, starts: datetime, ends: datetime, at: datetime) -> Any:
    order = corps.walk("serving", at=noon(1) - timedelta(minutes=30))  # made 11:30, accepted 12:15, begun 12:30
    given = {
        "note": "好了",
        "served": [{"volunteer": str(who.uid), "starts_at": starts.isoformat(), "ends_at": ends.isoformat()}],
    }
    return actions.take(order.uid, "finish", by=corps.mulberry_handler, at=at, given=given)


def test_no_hours_lie_before_the_team_had_the_order(corps: Corps) -> None:
    one, at = member(corps), noon(1) + timedelta(hours=3)
    with pytest.raises(Invalid) as early:
        report(corps, one, noon(1) - timedelta(minutes=30), noon(1) + timedelta(hours=1), at)
    assert early.value.code == "hours_outside_order"
    assert not ServiceRecord.objects.exists()

    assert report(corps, one, noon(1), noon(1) + timedelta(hours=1), at).state == "served", (
        "the half hour of acceptance"
    )


def test_a_later_record_and_a_correction_keep_to_it_too(corps: Corps) -> None:
    one, two, at = member(corps), member(corps, "演示甲乙二", 2), noon(1) + timedelta(hours=3)
    order = report(corps, one, noon(1), noon(1) + timedelta(hours=1), at)
    early = noon(1) - timedelta(hours=2)
    rows = [Served(two, early, noon(1))]
    with pytest.raises(Invalid) as late:
        hours.record_order(order=order, served=rows, by=corps.mulberry_handler, at=at)
    with pytest.raises(Invalid) as corrected:
        hours.correct(
            record=ServiceRecord.objects.get(),
            starts_at=early,
            ends_at=noon(1),
            reason="更早",
            by=corps.order_desk,
            at=at,
        )
    assert {late.value.code, corrected.value.code} == {"hours_outside_order"}


def test_equal_times_are_refused_in_words_that_are_true_of_them(corps: Corps, visitor: Callable[..., Any]) -> None:
    one, order = member(corps), corps.walk("serving", at=noon(1) - timedelta(minutes=30))
    same = f"{noon(1) + timedelta(minutes=45):%Y-%m-%dT%H:%M}"
    answer = visitor("mulberry_handler").post(
        f"/volunteers/orders/{order.uid}/steps/finish",
        **{
            "note": "好了",
            "version": order.version,
            "served": str(one.uid),
            f"from_{one.uid}": same,
            f"to_{one.uid}": same,
        },
    )

    assert answer.status_code == 422
    assert "The end must lie after the beginning." in answer.content.decode()


def test_members_whose_masked_names_read_alike_are_told_apart(corps: Corps) -> None:
    member(corps)
    member(corps, "演示丙丁一", 2)
    Volunteer.objects.filter(name="演示丙丁一").update(phone="", id_last4="1234")
    Volunteer.objects.filter(name="演示甲乙一").update(phone="13812340007")
    order = corps.walk("serving", at=noon(1) - timedelta(minutes=30))
    rows = member_rows(order, asking(corps, timezone.now()), None, None)

    assert {one.name for one in rows} == {"演***一"}
    assert {one.mark for one in rows} == {"138****0007", "…1234"}


# ---- addresses of buttons


def test_the_address_of_a_button_leads_to_its_page(corps: Corps, visitor: Callable[..., Any]) -> None:
    order, one, desk = corps.walk("pooled"), member(corps), visitor("order_desk")
    for button, page in (
        (f"/volunteers/orders/{order.uid}/requester", f"/volunteers/orders/{order.uid}"),
        (f"/volunteers/people/{one.uid}/look", f"/volunteers/people/{one.uid}"),
        (f"/volunteers/people/{one.uid}/leave", f"/volunteers/people/{one.uid}"),
        ("/volunteers/dispatch/propose", "/volunteers/dispatch"),
    ):
        answer = desk.client.get(button)
        assert (answer.status_code, answer["Location"]) == (302, page)
        assert desk.client.delete(button).status_code == 405
    assert (
        visitor("plum_handler").client.get(f"/volunteers/orders/{order.uid}/requester", follow=True).status_code == 404
    )


# ---- where a resident lives


def test_a_town_heads_its_communities_and_is_no_community_itself(corps: Corps) -> None:
    from civicloop.organisation.models import Grid

    grid = Grid.objects.filter(unit=corps.lotus_north).order_by("-pk").first()
    grid.unit = corps.lotus
    grid.save()
    with override("en"):
        found = communities(reference.now())

    assert corps.command.name not in {one.town for one in found}
    lotus = [one.name for one in found if one.town == corps.lotus.name]
    assert lotus[-1] == f"elsewhere in {corps.lotus.name}"
    assert len(lotus) > 1
    assert corps.lotus.name not in lotus
