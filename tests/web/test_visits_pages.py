"""Visits: the route of the day, the answer sheet that loses nothing, and what was found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from civicloop.cases.models import Case, CaseReach
from civicloop.inspection import actions
from civicloop.inspection.actions.assigning import assign_visits
from civicloop.inspection.models import Observation, Submission
from civicloop.inspection.models import Visit as VisitRow
from tests.web.inspected import inspected, typed
from tests.web.test_steps import picture

Visit = Callable[..., Any]
PER_LIST, PER_PAGE = 6, 15


@pytest.fixture
def stage(city: Any) -> Any:
    return inspected(city)


@pytest.fixture
def mine(stage: Any) -> VisitRow:
    """A visit of the inspector, due today."""
    return stage.assign()[0]


def hidden(text: str) -> dict[str, str]:
    """What the form carries along."""
    return dict(re.findall(r'<input type="hidden" name="(uid|started_at)" value="([^"]+)"', text))


def test_my_visits_stand_in_the_order_of_the_route(stage: Any, mine: VisitRow, visitor: Visit) -> None:
    _, text = visitor("inspector").get("/visits")
    names = [visit.point.name for visit in VisitRow.objects.order_by("order").select_related("point")]

    assert re.findall(r'class="place"[^>]*>([^<]+)<', text) == names
    assert mine.plan["arrive"] in text
    assert "Next visit" in text
    assert mine.point.name not in visitor("other_inspector").get("/visits")[1]


def test_each_visit_of_the_day_names_its_round(mine: VisitRow, visitor: Visit) -> None:
    """Two rounds of a day have each a first visit: the number alone tells them not apart."""
    _, text = visitor("inspector").get("/visits")

    assert text.count(f'<p class="small quiet">{mine.round.title} · ') == VisitRow.objects.count()


def test_the_list_and_the_map_of_a_day_with_two_rounds_number_alike(stage: Any, visitor: Visit) -> None:
    stage.assign()
    stage.assign(round=stage.plan("W2"))
    VisitRow.objects.filter(pk=VisitRow.objects.earliest("order", "pk").pk).update(order=1, point=None)

    text = visitor("inspector").get("/visits")[1]
    stops = json.loads(re.search(r'<script id="route-places-mine"[^>]*>(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    list_of = dict(re.findall(r'<span class="no">(\d+)</span>.*?href="([^"]+)"', text, re.DOTALL))

    assert list(list_of) == [str(one + 1) for one in range(VisitRow.objects.count())]
    assert {str(one["number"]): one["url"] for one in stops} == {n: url for n, url in list_of.items() if n != "1"}


def test_tomorrows_visits_are_sealed(stage: Any, visitor: Visit) -> None:
    visit = stage.assign()[0]
    VisitRow.objects.update(day=stage.today + timedelta(days=1))
    person = visitor("inspector")

    status, text = person.get(f"/visits?day={stage.today + timedelta(days=1)}")
    assert status == 422
    assert "sealed until" in text
    assert visit.point.name not in text
    assert person.get(f"/visits/{visit.uid}")[0] == 409


def test_the_citys_desks_see_everybodys_visits_of_the_day(stage: Any, mine: VisitRow, visitor: Visit) -> None:
    assert mine.point.name in visitor("supervisor").get("/visits")[1]
    assert mine.point.name in visitor("auditor").get("/visits")[1]
    assert mine.point.name not in visitor("handler").get("/visits")[1]


def test_a_sheet_asks_every_item_once(mine: VisitRow, visitor: Visit) -> None:
    _, text = visitor("inspector").get(f"/visits/{mine.uid}")

    assert text.count("data-item") == 6
    assert text.count('value="not_applicable"') == 6
    assert "公益广告: at least 1 pieces per 200 m" in text
    assert set(hidden(text)) == {"uid", "started_at"}


def test_a_failed_item_becomes_a_case(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    form = typed(STREET_02_answer="not_met", STREET_02_note="桥头三袋") | hidden(person.get(f"/visits/{mine.uid}")[1])

    answer = person.post(f"/visits/{mine.uid}", **form, **{"STREET-02.photos": picture()})
    mine.refresh_from_db()
    case = Case.objects.get()
    text = person.get(f"/visits/{mine.uid}")[1]

    assert answer["Location"] == f"/visits/{mine.uid}"
    assert mine.state == "judged"
    assert "桥头三袋" in case.description
    assert case.point_id == mine.point_id
    assert f"/cases/{case.uid}" in text
    assert "opened by this visit" in text


def test_a_refused_sheet_says_everything_at_once_and_keeps_what_was_typed(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    form = typed(
        STREET_02_answer="not_met", STREET_02_note="桥头三袋", STREET_03_answer="", STREET_06_count="9"
    ) | hidden(person.get(f"/visits/{mine.uid}")[1])

    answer = person.post(f"/visits/{mine.uid}", **form)
    text = answer.content.decode()

    assert answer.status_code == 422
    assert "3 items still need something" in text
    assert [f'href="#{code}"' in text for code in ("STREET-02", "STREET-03", "STREET-06")] == [True] * 3
    assert "桥头三袋" in text
    assert hidden(text) == {key: form[key] for key in ("uid", "started_at")}
    assert not Observation.objects.exists()


def test_photos_of_a_refused_sheet_are_kept_for_the_next_try(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    form = typed(STREET_02_answer="not_met", STREET_03_answer="") | hidden(person.get(f"/visits/{mine.uid}")[1])
    refused = person.post(f"/visits/{mine.uid}", **form, **{"STREET-02.photos": picture()}).content.decode()
    kept = re.search(r'name="STREET-02.kept" value="([0-9a-f]{64})"', refused)

    assert kept
    form = {**form, "STREET-03.answer": "met", "STREET-02.kept": kept[1]}
    assert person.post(f"/visits/{mine.uid}", **form).status_code == 302
    assert Observation.objects.get(item="STREET-02").photos.get().photo_id == kept[1]


def test_the_count_decides_where_no_answer_was_chosen(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    form = typed(STREET_01_answer="", STREET_01_count="1", STREET_06_answer="", STREET_06_count="2") | hidden(
        person.get(f"/visits/{mine.uid}")[1]
    )

    assert person.post(f"/visits/{mine.uid}", **form).status_code == 302
    told = dict(Observation.objects.values_list("item", "answer"))
    assert (told["STREET-01"], told["STREET-06"]) == ("not_met", "met")


def test_a_verdict_against_its_count_is_told_which_number_meets_the_item(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    form = typed(STREET_01_answer="met", STREET_01_count="1.00", STREET_06_answer="met", STREET_06_count="9")
    told = person.post(f"/visits/{mine.uid}", **(form | hidden(person.get(f"/visits/{mine.uid}")[1]))).content.decode()

    assert re.search(r"STREET-01: 1 were counted\. From [\d.]+ on the item is met, below it is not\.", told)
    assert re.search(r"STREET-06: 9 were counted\. Up to \d+ the item is met, above it is not\.", told)
    assert "Correct the answer or the count." in told


def test_the_same_sheet_sent_again_is_the_same_sheet(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    form = typed(STREET_03_answer="not_met") | hidden(person.get(f"/visits/{mine.uid}")[1])

    first, again = (person.post(f"/visits/{mine.uid}", **form) for _ in range(2))
    other = person.post(f"/visits/{mine.uid}", **{**form, "note": "another"})

    assert (first.status_code, again.status_code, other.status_code) == (302, 302, 409)
    assert (Submission.objects.count(), Case.objects.count()) == (1, 1)


def test_a_fault_beside_the_checklist_becomes_a_case_and_is_not_scored(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    form = typed() | hidden(person.get(f"/visits/{mine.uid}")[1])
    extra = {"extra.0.category": "06010 暴露垃圾", "extra.0.description": "后巷两堆"}

    wrong = person.post(f"/visits/{mine.uid}", **form, **{**extra, "extra.0.category": "什么"})
    assert wrong.status_code == 422
    assert "后巷两堆" in wrong.content.decode()
    assert person.post(f"/visits/{mine.uid}", **form, **extra).status_code == 302
    assert Case.objects.get().description.endswith("后巷两堆")
    assert "found beside the checklist" in person.get(f"/visits/{mine.uid}")[1]


def test_nobody_answers_for_another_inspector(mine: VisitRow, visitor: Visit) -> None:
    form = {**typed(), "uid": str(uuid4()), "started_at": mine.day.isoformat() + "T09:00:00+08:00"}

    assert visitor("other_inspector").get(f"/visits/{mine.uid}")[0] == 404
    assert visitor("supervisor").post(f"/visits/{mine.uid}", **form).status_code == 403
    assert not Submission.objects.exists()


def test_a_unit_reads_what_was_found_but_not_by_whom(stage: Any, mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    assert visitor("handler").get(f"/visits/{mine.uid}")[0] == 404
    form = typed(STREET_02_answer="not_met") | hidden(person.get(f"/visits/{mine.uid}")[1])
    person.post(f"/visits/{mine.uid}", **form, **{"STREET-02.photos": picture()})
    sha256 = Observation.objects.get(item="STREET-02").photos.get().photo_id

    status, text = visitor("handler").get(f"/visits/{mine.uid}")

    assert status == 200
    assert stage.city.inspector.name not in text
    assert stage.city.inspector.name in visitor("supervisor").get(f"/visits/{mine.uid}")[1]
    assert visitor("handler").client.get(f"/photos/{sha256}/thumb").status_code == 200
    assert visitor("other_handler").get(f"/visits/{mine.uid}")[0] == 404


def test_a_unit_is_shown_no_number_of_a_case_that_is_not_with_it(mine: VisitRow, visitor: Visit) -> None:
    person, handler = visitor("inspector"), visitor("leader")
    form = typed(STREET_02_answer="not_met") | hidden(person.get(f"/visits/{mine.uid}")[1])
    person.post(f"/visits/{mine.uid}", **form, **{"STREET-02.photos": picture()})
    case, row = Case.objects.get(), Observation.objects.get(item="STREET-02")
    pages = (f"/visits/{mine.uid}", f"/appeals/new?observation={row.uid}")

    assert handler.get(f"/cases/{case.uid}")[0] == 404
    for page in pages:
        status, text = handler.get(page)
        assert status == 200
        assert case.number not in text
        assert str(case.uid) not in text
    assert "A case was opened by this visit; it is not with your unit." in handler.get(pages[0])[1]
    CaseReach.objects.create(case=case, unit_id=mine.point.unit_id, reported_at=case.reported_at)
    assert all(case.number in handler.get(page)[1] for page in pages)


def test_both_answers_of_a_double_visit_stand_side_by_side(stage: Any, visitor: Visit) -> None:
    visits = stage.assign("inspector", "other_inspector", quota={"street": 2}, double_share=0.5)
    second = next(visit for visit in visits if visit.twin_id)
    first = second.twin
    for visit, told in ((first, "met"), (second, "not_met")):
        person = visitor(visit.inspector.username)
        form = typed(STREET_05_answer=told) | hidden(person.get(f"/visits/{visit.uid}")[1])
        assert person.post(f"/visits/{visit.uid}", **form).status_code == 302

    text = visitor("supervisor").get(f"/visits/{first.uid}")[1]

    assert "1 item differs" in text
    assert f"/visits/{second.uid}" in text
    assert "-" not in re.findall(r"Cohen.s κ</dt><dd>([^<]*)<", visitor("supervisor").get("/rounds/W1")[1])[0]


def test_a_visit_that_was_not_made_needs_a_reason(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("supervisor")
    path = f"/visits/{mine.uid}/missed"

    assert path in person.get(f"/visits/{mine.uid}")[1]
    assert person.post(path, reason="").status_code == 422
    assert person.post(path, reason="暴雨停检").status_code == 302
    mine.refresh_from_db()
    assert (mine.state, mine.note) == ("missed", "暴雨停检")
    assert visitor("inspector").get(path)[0] == 403


def test_a_judged_visit_tells_its_score(mine: VisitRow, visitor: Visit) -> None:
    person = visitor("inspector")
    form = typed(STREET_05_answer="not_met") | hidden(person.get(f"/visits/{mine.uid}")[1])
    assert person.get(f"/visits/{mine.uid}/score")[0] == 404
    person.post(f"/visits/{mine.uid}", **form)

    status, text = person.get(f"/visits/{mine.uid}/score")

    assert status == 200
    assert "5 of 6 points" in text


def test_pages_keep_to_their_statements(stage: Any, visitor: Visit) -> None:
    visits = stage.assign("inspector", "other_inspector", double_share=0.5)
    person, desk = visitor("inspector"), visitor("supervisor")
    own = [visit for visit in visits if visit.inspector_id == stage.city.inspector.pk]
    assert person.statements("/visits") <= PER_LIST
    assert desk.statements("/visits") <= PER_LIST
    assert person.statements(f"/visits/{own[0].uid}") <= PER_PAGE
    for visit in own:
        form = typed(STREET_02_answer="not_met") | hidden(person.get(f"/visits/{visit.uid}")[1])
        person.post(f"/visits/{visit.uid}", **form, **{"STREET-02.photos": picture()})

    assert desk.statements(f"/visits/{own[0].uid}") <= PER_PAGE
    assert desk.statements(f"/visits/{own[0].uid}/score") <= PER_PAGE


def test_a_look_back_shows_what_was_put_right_and_asks_one_question(stage: Any, visitor: Visit) -> None:
    closed = stage.city.walk("closed", at=stage.before - timedelta(days=5), description="桥头一堆纸箱")
    days = {"from": (stage.today - timedelta(days=30)).isoformat(), "to": stage.today.isoformat()}
    design = {"kind": "look_back", "size": 1, "double_share": 0, **days}
    draw = actions.commit_draw(
        round=stage.plan("H1", kind="look_back"), design=design, opens_on=stage.today, by=stage.city.supervisor,
        at=stage.before,
    )  # fmt: skip
    draw = actions.perform_draw(draw=draw, by=stage.city.supervisor, at=stage.before)
    assign_visits(
        draw=draw, inspectors=[stage.city.inspector], days=[stage.today], by=stage.city.supervisor, at=stage.before
    )
    visit, person = VisitRow.objects.get(), visitor("inspector")

    _, text = person.get(f"/visits/{visit.uid}")
    assert "桥头一堆纸箱" in text
    assert text.count("data-item") == 1
    form = {"LOOKBACK.answer": "not_met", "LOOKBACK.note": "又堆上了"} | hidden(text)
    assert person.post(f"/visits/{visit.uid}", **form, **{"LOOKBACK.photos": picture()}).status_code == 302
    assert Case.objects.exclude(pk=closed.pk).get().recurrence_of_id == closed.pk
