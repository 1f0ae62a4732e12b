"""What joins the desk's pages: appeals from visits and points, routes made anew, the office's wording, refusals in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from civicloop.documents.models import TextBlock
from civicloop.documents.texts import default_texts
from civicloop.importing import policy as importing
from civicloop.inspection import policy as inspection
from civicloop.inspection.models import Round, Visit
from civicloop.kernel.refusal import NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.organisation import policy as organisation
from civicloop.organisation.rules.roles import Role
from civicloop.scoring import policy as scoring
from civicloop.scoring.models import Appeal
from civicloop.sentences import sentence
from civicloop.spoken import STEPS, VERBS
from civicloop.standards import policy as standards
from civicloop.standards.editions import book
from civicloop.standards.rules.assessment import Deduction, LadderStep, ScoringRules
from civicloop.standards.rules.shapes import Text
from tests.scoring.town import Town
from tests.web.inspected import inspected
from tests.web.scored import fault, scored

Visitor = Callable[..., Any]
PER_PAGE = 15
RULE = Deduction("found", Text("暗访发现"), "found", (LadderStep(1, 2.0),), "low")


@pytest.fixture
def town(city: Any) -> Town:
    """A judged round in which every finding takes points."""
    return scored(city, scoring=ScoringRules(methods={"site": 1.0}, sure="low", deductions=(RULE,)))


def points(town: Town) -> dict[str, str]:
    """The address of the form against points of the first rule taken from Lotus."""
    rule = book(town.round.edition_id).scoring.deductions[0].key
    return {"round": "W48", "unit": town.city.lotus.code, "rule": rule}


def query(told: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in told.items())


def test_the_visit_leads_the_units_leader_to_an_appeal_and_nobody_else(town: Town, visitor: Visitor) -> None:
    page, form = f"/visits/{fault(town).visit.uid}", f"/appeals/new?observation={fault(town).uid}"

    assert form in visitor("leader").get(page)[1]
    assert form not in visitor("supervisor").get(page)[1]
    assert visitor("leader").get(page)[1].count("/appeals/new?") == 1


def test_no_appeal_is_offered_once_its_time_is_over(town: Town, visitor: Visitor) -> None:
    found = fault(town).visit
    Visit.objects.filter(pk=found.pk).update(judged_at=timezone.now() - timedelta(days=60))

    assert "/appeals/new?" not in visitor("leader").get(f"/visits/{found.uid}")[1]


def test_a_day_of_routes_is_made_anew(city: Any, visitor: Visitor) -> None:
    stage = inspected(city)
    rows = stage.assign()
    person = visitor("supervisor")
    code, day = rows[0].round.code, stage.today.isoformat()
    assert f"/rounds/{code}/routes" in person.get(f"/rounds/{code}")[1]
    assert day in person.get(f"/rounds/{code}/routes")[1]
    answer = person.post(f"/rounds/{code}/routes", day=day, balance="yes")
    text = answer.content.decode()

    assert answer.status_code == 200
    assert "Visits fitted" in text
    assert LedgerLine.objects.filter(verb="route.order", data__day=day).exists()
    assert sorted(Visit.objects.values_list("order", flat=True)) == list(range(1, len(rows) + 1))
    assert person.statements(f"/rounds/{code}/routes") <= PER_PAGE


def test_a_visit_that_no_longer_fits_is_named_with_the_reason(city: Any, visitor: Visitor) -> None:
    rows = inspected(city).assign()
    far = rows[0].drawn.point
    far.lon, far.lat = far.lon + 6, far.lat + 4
    far.save(update_fields=["lon", "lat"])
    text = visitor("supervisor").post(f"/rounds/{rows[0].round.code}/routes", day=rows[0].day.isoformat())
    shown = text.content.decode().split("What could not be fitted, and why")[1]

    assert far.name in shown
    assert "the days are full" in shown


@pytest.mark.parametrize("day", ["2001-01-01", "someday"])
def test_a_day_without_visits_is_refused_in_words(city: Any, visitor: Visitor, day: str) -> None:
    rows = inspected(city).assign()
    answer = visitor("supervisor").post(f"/rounds/{rows[0].round.code}/routes", day=day)

    assert answer.status_code in (409, 422)
    assert 'role="alert"' in answer.content.decode()


def test_others_make_no_routes(city: Any, visitor: Visitor) -> None:
    rows = inspected(city).assign()
    answer = visitor("inspector").post(f"/rounds/{rows[0].round.code}/routes", day=rows[0].day.isoformat())

    assert answer.status_code in (403, 404)
    assert "route.order" not in answer.content.decode()


def test_the_office_words_a_paper_and_takes_it_back(city: Any, visitor: Visitor) -> None:
    person, default = visitor("supervisor"), default_texts("summary")["opening"]
    assert "工作总结" in person.get("/papers/texts")[1]
    assert "/papers/texts" in person.get("/papers")[1]
    answer = person.post("/papers/texts/summary", opening="现报告如下。")

    assert answer.status_code == 302
    assert list(TextBlock.objects.values_list("key", "text")) == [("opening", "现报告如下。")]
    shown = person.get("/papers/texts/summary")[1]
    assert "现报告如下。" in shown
    assert "Default:" in shown
    assert "own wording:" in person.get("/papers/texts")[1]

    person.post("/papers/texts/summary", opening="现报告如下。", default="opening")
    assert TextBlock.objects.get().text == default
    assert "own wording:" not in person.get("/papers/texts")[1]


def test_the_wording_is_the_supervisors(city: Any, visitor: Visitor) -> None:
    assert visitor("dispatcher").get("/papers/texts")[0] == 403
    assert visitor("leader").post("/papers/texts/summary", opening="x").status_code == 403
    assert "/papers/texts" not in visitor("dispatcher").get("/papers")[1]
    assert visitor("supervisor").get("/papers/texts/nonsense")[0] == 404
    assert not TextBlock.objects.exists()


def test_too_long_a_wording_is_refused_and_stays_in_the_form(city: Any, visitor: Visitor) -> None:
    answer = visitor("supervisor").post("/papers/texts/summary", title="年", opening="长" * 5001)

    assert answer.status_code == 422
    assert "长" * 5001 in answer.content.decode()
    assert not TextBlock.objects.exists()


def test_wording_pages_keep_to_their_statements(city: Any, visitor: Visitor) -> None:
    person = visitor("supervisor")

    assert person.statements("/papers/texts") <= PER_PAGE
    assert person.statements("/papers/texts/summary") <= PER_PAGE


def test_points_taken_off_are_spoken_against_on_a_form(town: Town, visitor: Visitor) -> None:
    leader, told = visitor("leader"), points(town)
    status, form = leader.get(f"/appeals/points?{query(told)}")
    empty = leader.post("/appeals/points", **told, reason=" ")
    answer = leader.post("/appeals/points", **told, reason="重复计算")
    found = Appeal.objects.get()

    assert (status, empty.status_code) == (200, 422)
    assert "Possible until" in form
    assert answer["Location"] == f"/appeals/{found.uid}"
    assert (found.deduction, found.unit_id, found.round_id) == (told["rule"], town.city.lotus.pk, town.round.pk)
    assert "重复计算" in leader.get(answer["Location"])[1]
    assert leader.post("/appeals/points", **told, reason="再次").status_code == 409


def test_the_units_score_leads_to_the_form_while_points_are_taken_off(town: Town, visitor: Visitor) -> None:
    town.city.walk("dispatched", unit="lotus", at=timezone.now() - timedelta(hours=3))
    page = f"/scores/open?round=W48&path=unit:{town.city.lotus.code}"
    form = query(points(town)).replace("&", "&amp;")

    assert f"/appeals/points?{form}" in visitor("leader").get(page)[1]
    assert "/appeals/points?" not in visitor("supervisor").get(page)[1]
    assert visitor("leader").statements(page) <= PER_PAGE


def test_points_of_others_and_unknown_rules_are_not_spoken_against(town: Town, visitor: Visitor) -> None:
    told = points(town)

    assert visitor("other_leader").get(f"/appeals/points?{query(told)}")[0] == 403
    assert visitor("leader").get(f"/appeals/points?{query(told | {'rule': 'x'})}")[0] == 404
    assert visitor("leader").get(f"/appeals/points?{query(told | {'unit': 'x'})}")[0] == 404
    assert visitor("leader").statements(f"/appeals/points?{query(told)}") <= PER_PAGE


def test_a_late_appeal_against_points_is_said_before_it_is_written(town: Town, visitor: Visitor) -> None:
    long_ago = timezone.now() - timedelta(days=90)
    Round.objects.filter(pk=town.round.pk).update(closed_at=long_ago)

    assert "The time for an appeal ended" in visitor("leader").get(f"/appeals/points?{query(points(town))}")[1]


ALL_VERBS = [
    *inspection.MAY, *organisation.MAY, *standards.MAY, *importing.MAY, *(f"score_appeal.{one}" for one in scoring.MAY),
    "forecast.read", "analysis.read", "negative_event.read", "negative_event.record", "negative_event.revoke",
    "score.verify", "score.publish", "paper.prepare", "paper.issue", "paper.edit_texts", "paper.look",
]  # fmt: skip


@pytest.mark.parametrize("verb", ALL_VERBS)
def test_no_refusal_speaks_a_bare_identifier(verb: str) -> None:
    with translation.override("en"):
        told = sentence(NotAllowed(verb, "rule", who=[Role.INSPECTOR]))
        what = str(VERBS.get(verb) or STEPS[verb.rpartition(".")[2]])

    assert told == f"You may not do this: {what}. Who may: inspector."
    assert "_" not in what
