"""Limits over several web processes, what a flood leaves of a form, and the plug-in that tells people from machines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings

from civicloop import serving
from civicloop.kernel.refusal import Conflict
from civicloop.photos.models import Photo
from civicloop.residents import counting
from civicloop.residents.models import Complaint, Report, RequestCount
from civicloop.web.outside.limits import TooOften, Window
from civicloop.web.portal import limits, proof, survey
from civicloop.web.portal.proof import require_usable
from tests.cast import City
from tests.web.reporting import fill, litter, picture, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet() -> None:
    limits.forget()


def answered(window: Window, key: str, times: int) -> int:
    """How many of so many requests a process answers."""
    good = 0
    for _ in range(times):
        try:
            window.count(key)
        except TooOften:
            continue
        good += 1
    return good


@pytest.mark.parametrize("most", [1, 5, 20, 30, 120])
def test_two_processes_together_answer_no_more_than_one(most: int) -> None:
    now = [1_000_000.0]
    first, second = (Window(most, 60, name="test", clock=lambda: now[0]) for _ in range(2))

    both = sum(answered(one, "203.0.113.7", 3) for _ in range(most) for one in (first, second))
    other = answered(second, "203.0.113.8", most)
    now[0] += 61
    anew = answered(second, "203.0.113.7", most)

    assert most - most // 8 <= both <= most
    assert other == anew == most


def test_a_flood_costs_few_statements(django_assert_max_num_queries: Any) -> None:
    window = Window(120, 60, name="test")

    with django_assert_max_num_queries(11):  # eight times an eighth, one no, and taking away what is old
        assert answered(window, "203.0.113.7", 5000) == 120


def test_counts_name_nobody_and_go(city: City) -> None:
    now = [1_000_000.0]
    window = Window(10, 60, name="test", clock=lambda: now[0])
    window.count("203.0.113.7")
    assert "203.0.113.7" not in str(list(RequestCount.objects.values()))

    now[0] += counting.KEPT + counting.SWEPT_EVERY + 1
    window.count("203.0.113.8")

    assert RequestCount.objects.count() == 1


def test_codes_tried_at_two_processes_are_stopped_by_both(city: City) -> None:
    stranger = somebody()
    statuses = []
    for number in range(40):
        if number % 2:
            limits.forget()  # another process, which knows nothing of the first
        statuses.append(stranger.get("/p/follow/ABCDEFGHJK").status_code)

    assert statuses.count(404) <= 30
    assert statuses[-1] == 429


def test_a_flood_keeps_what_was_typed(city: City) -> None:
    resident = somebody()
    typed = {**litter(city), "description": "很长的一段话", "name": "林某", "phone": "13800138000", "agreed": "1"}
    answers = [fill(resident, **typed, looked="1", solved=False) for _ in range(20)]
    flooded = fill(resident, **typed, photos=picture(), solved=False)
    text = flooded.content.decode()

    assert {one.status_code for one in answers} == {302}
    assert flooded.status_code == 429
    assert int(flooded["Retry-After"]) > 0
    assert "Too many requests" in text
    assert "what you typed is still here" in text
    assert all(word in text for word in ("很长的一段话", "林某", "13800138000"))
    assert re.search(rf'value="{city.litter.uid}" selected', text)
    assert "1 photo did not arrive" in text
    assert Report.objects.count() == 20


@pytest.mark.parametrize(
    "wrong", [{"other_category": ""}, {"lon": "", "lat": ""}, {"lon": "2.29", "lat": "48.8"}, {"plate": "NOSUCH1"}]
)
def test_without_a_kind_and_a_place_no_photo_is_stored(city: City, wrong: dict[str, str]) -> None:
    answer = fill(somebody(), **{**litter(city), **wrong}, photos=picture())

    assert answer.status_code in (404, 422)
    assert not Photo.objects.exists()
    assert "1 photo did not arrive. Choose it once more." in answer.content.decode()


def test_a_complaint_in_a_flood_keeps_its_words(city: City) -> None:
    resident = somebody()
    for number in range(20):
        fill(resident, "/p/complain", kind="complaint", text=f"慢{number}")
    flooded = fill(resident, "/p/complain", kind="suggestion", text="字太小，请加大")

    assert flooded.status_code == 429
    assert "字太小，请加大" in flooded.content.decode()
    assert re.search(r'value="suggestion" checked', flooded.content.decode())
    assert Complaint.objects.count() == 20


class Sum:
    """A check of some city: what is three and four? Its picture comes from another server."""

    template = "portal/refused.html"
    hosts = ("https://captcha.example",)

    def fields(self, key: str, bits: int) -> dict[str, Any]:
        return {"question": "3 + 4"}

    def passed(self, posted: Mapping[str, Any], key: str, bits: int) -> bool:
        return posted.get("sum") == "7"


class Half:
    """Lacks its verdict."""

    template = "portal/proof.html"

    def fields(self, key: str, bits: int) -> dict[str, Any]:
        return {}


def policy_of(page: HttpResponse) -> str:
    return page["Content-Security-Policy"]


def sent_with(client: Client, city: City, **more: Any) -> Report:
    fill(client, **litter(city), looked="1", **more)
    return Report.objects.order_by("-pk")[0]


def test_a_city_plugs_in_a_check_of_its_own(city: City, tmp_path: Any, settings: Any) -> None:
    (tmp_path / "city_sum.html").write_text('<label>{{ proof.question }} <input name="sum"></label>')
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.CIVICLOOP_PORTAL_CHECK = f"{__name__}.Sum"
    Sum.template = "city_sum.html"
    resident = somebody()
    form = resident.get("/p/report")

    assert "3 + 4" in form.content.decode()
    assert "data-proof" not in form.content.decode()
    assert "script-src 'self' https://captcha.example" in policy_of(form)
    assert "captcha.example" not in policy_of(resident.get("/p/"))
    assert sent_with(resident, city, sum="7").held_for == []
    assert sent_with(resident, city, sum="8").held_for == ["no_proof"]


def test_proof_of_work_lets_no_other_server_in(city: City) -> None:
    assert "http" not in policy_of(somebody().get("/p/report"))


@pytest.mark.parametrize(
    ("name", "why"), [(f"{__name__}.Half", "passed"), (f"{__name__}.Nobody", "Nobody"), ("no.such", "no")]
)
def test_the_house_does_not_start_with_a_check_it_cannot_use(name: str, why: str) -> None:
    with override_settings(CIVICLOOP_PORTAL_CHECK=name), pytest.raises(Conflict, match="portal_check") as refused:
        serving.prepare()
    assert why in refused.value.params["why"]
    require_usable()


def test_no_count_is_swept_away_while_its_window_lasts(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert survey.WORKS.seconds >= proof.LONGEST
    assert all(found.seconds <= counting.KEPT for found in limits.WINDOWS.values())
    now = [1_800_000_000.0]
    monkeypatch.setattr(survey.WORKS, "clock", lambda: now[0])
    survey.WORKS.forget()
    survey.WORKS.count("one form's work")

    now[0] += proof.LONGEST - 1
    survey.WORKS.forget()  # another process
    Window(10, 60, name="test", clock=lambda: now[0]).count("somebody, and what is old goes")

    with pytest.raises(TooOften):
        survey.WORKS.count("one form's work")
