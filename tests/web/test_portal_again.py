"""What was sent is not sent again by Back: the page is new, its key as well, but the words are the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from civicloop.residents.actions import moderating
from civicloop.residents.models import Complaint, Report
from civicloop.web.portal import again, limits
from tests.cast import MONDAY_NINE, SOUTH, WEST, City
from tests.web.reporting import fill, litter, picture, somebody

pytestmark = pytest.mark.django_db
ELSEWHERE = {"lon": f"{WEST + 0.007:.6f}", "lat": f"{SOUTH + 0.005:.6f}"}
SENT_ALREADY = "You have sent this already"


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet(settings: Any) -> None:
    limits.forget()


@pytest.fixture
def resident(city: City) -> Client:
    return somebody()


@pytest.mark.parametrize("typed", [{}, {"lon": "", "lat": "", "address": "莲花路9号"}], ids=["map", "address"])
def test_a_report_that_waits_is_shown_to_who_sends_it_again(city: City, resident: Client, typed: Any) -> None:
    first = fill(resident, solved=False, **litter(city) | typed)
    code = first["Location"].rpartition("/")[2]
    once_more = fill(resident, solved=False, **litter(city) | typed)
    text = once_more.content.decode()

    assert Report.objects.get().state == "waiting"
    assert once_more.status_code == 409
    assert SENT_ALREADY in text
    assert f'href="/p/follow/{code}"' in text
    assert fill(resident, solved=False, looked="1", **litter(city) | typed).status_code == 302
    assert Report.objects.count() == 2


def test_what_became_a_case_is_told_as_ones_own_and_not_as_somebody_elses(city: City, resident: Client) -> None:
    fill(resident, **litter(city))
    text = fill(resident, **litter(city)).content.decode()

    assert SENT_ALREADY in text
    assert "Perhaps somebody was faster" not in text
    assert "Perhaps somebody was faster" in fill(somebody(), **litter(city)).content.decode()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "other", [ELSEWHERE, {"description": "另一堆垃圾"}, {"address": "莲花路10号"}], ids=["place", "words", "address"]
)
def test_another_problem_is_another_report(city: City, resident: Client, other: Any) -> None:
    fill(resident, solved=False, **litter(city))

    assert fill(resident, solved=False, **litter(city) | other).status_code == 302
    assert Report.objects.count() == 2


def test_without_words_another_kind_is_another_report(city: City, resident: Client) -> None:
    kinds = [{"other_category": str(one.uid), "description": ""} for one in (city.litter, city.parking)]
    fill(resident, solved=False, photos=picture(), **litter(city) | kinds[0])

    assert fill(resident, solved=False, photos=picture(), **litter(city) | kinds[0]).status_code == 409
    assert fill(resident, solved=False, photos=picture(), **litter(city) | kinds[1]).status_code == 302


def test_what_was_refused_may_be_sent_again_and_nobody_elses_browser_knows_of_it(city: City, resident: Client) -> None:
    fill(resident, solved=False, **litter(city))
    assert fill(somebody(), solved=False, **litter(city)).status_code == 302
    first = Report.objects.order_by("pk").first()
    assert first is not None
    moderating.refuse_report(first.uid, reason="看不清", by=city.filer, at=MONDAY_NINE)

    assert fill(resident, solved=False, **litter(city)).status_code == 302


def test_a_complaint_sent_again_by_back_is_one(city: City, resident: Client) -> None:
    typed = {"kind": "complaint", "text": "没有人回电话"}
    first, once_more = (fill(resident, "/p/complain", **typed) for _ in range(2))

    assert first.status_code == 302
    assert once_more["Location"] == first["Location"]
    assert Complaint.objects.count() == 1
    # With words or a contact added it is not the same.
    contact = {"phone": "13800138000", "agreed": "1"}
    assert fill(resident, "/p/complain", **typed | contact)["Location"] != first["Location"]
    assert fill(somebody(), "/p/complain", **typed)["Location"] != first["Location"]


def test_a_key_of_other_signs_is_not_remembered_and_breaks_nothing(city: City, resident: Client) -> None:
    answer = fill(resident, solved=False, **litter(city), key="一二三四五六七八九十一二三四五六")

    assert answer.status_code == 302
    assert again.REPORTS.cookie not in resident.cookies
