"""What was heard at doors and is late: marked in the list, listed apart, and said on its page until something comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from civicloop.publicity.models import Display
from civicloop.surveys import actions
from civicloop.surveys.models import DoorOpinion
from tests.cast import MONDAY_NINE, City
from tests.surveys.test_opinions import heard
from tests.web.conftest import Visitor

MARK = '<span class="tag urgent">'


def test_the_late_are_marked_and_listed_apart(visitor: Callable[..., Visitor], city: City) -> None:
    now = timezone.now()
    late, fresh, done = heard(city, words="路灯不亮"), heard(city, words="装长椅"), heard(city, words="已经办了")
    DoorOpinion.objects.filter(pk=late.pk).update(act_by=now - timedelta(hours=1))
    DoorOpinion.objects.filter(pk=fresh.pk).update(act_by=now + timedelta(days=1))
    DoorOpinion.objects.filter(pk=done.pk).update(act_by=now - timedelta(days=1), state="answered", decided_at=now)
    desk = visitor("handler")

    whole, apart = desk.get("/opinions")[1], desk.get("/opinions?late=1")[1]
    assert whole.count(MARK) == 2  # one is late, one was dealt with too late
    assert [words in apart for words in ("路灯不亮", "装长椅", "已经办了")] == [True, False, False]
    assert [MARK in desk.get(f"/opinions/{one.uid}")[1] for one in (late, fresh, done)] == [True, False, True]


def test_how_long_the_community_and_the_unit_have_is_the_citys_to_set(
    visitor: Callable[..., Visitor], city: City
) -> None:
    page = visitor("supervisor").get("/edit/parameters")[1]

    assert "surveys.opinion_decide" in page
    assert "surveys.opinion_answer" in page


def test_the_number_of_a_case_out_of_sight_is_not_told(visitor: Callable[..., Visitor], city: City) -> None:
    """The grid worker's own opinion became a case that reaches other units alone."""
    opinion = heard(city, by=city.other_handler, unit_id=city.willow.pk, lon=None, lat=None)
    opened = actions.open_case(opinion_uid=opinion.uid, category_id=city.litter.pk, by=city.dispatcher, at=MONDAY_NINE)
    assert opened.case is not None
    Display.objects.create(
        kind="led", code="LED-1", name="屏", owner=city.willow, state="broken", case=opened.case, created_at=MONDAY_NINE
    )
    number = opened.case.number

    for path in ("/opinions", f"/opinions/{opinion.uid}", "/displays", f"/displays/{Display.objects.get().uid}"):
        assert [number in visitor(name).get(path)[1] for name in ("dispatcher", "other_handler")] == [True, False]
