"""Several cases at once: each a transaction of its own, each with its result; what went wrong can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from civicloop.cases import actions
from civicloop.cases.models import Case, CaseStep
from civicloop.ledger.queries import history
from civicloop.loops.models import Notice

Visit = Callable[..., Any]


@pytest.fixture
def filed(city: Any) -> list[Any]:
    """Three filed cases, the last one proposed to nobody."""
    at = timezone.now() - timedelta(hours=3)
    cases = [city.walk("filed", at=at, address=f"{number}号") for number in (1, 2, 3)]
    Case.objects.filter(pk=cases[2].pk).update(proposal=None)
    for case, unit in zip(cases, ("SANITATION", "LOTUS"), strict=False):
        Case.objects.filter(pk=case.pk).update(proposal={"unit": unit, "reasons": [], "others": []})
    return cases


def state(case: Any) -> str:
    return str(Case.objects.get(pk=case.pk).state)


def tick(person: Any, step: str, cases: list[Any], **more: Any) -> Any:
    return person.client.post("/inbox/bulk", {"do": step, "case": [str(one.uid) for one in cases], **more})


def take(person: Any, step: str, cases: list[Any], **more: Any) -> str:
    answer = person.client.post(f"/inbox/bulk/{step}", {"case": [str(one.uid) for one in cases], **more})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/bulk/result")
    return str(person.get("/inbox/bulk/result")[1])


def test_what_was_ticked_is_shown_with_its_proposals_before_anything_is_done(
    city: Any, visitor: Visit, filed: list[Any]
) -> None:
    page = tick(visitor("dispatcher"), "dispatch", filed, back="/inbox?q=x").content.decode()

    assert "环卫中心" in page
    assert "1 has no proposal and will stay here" in page
    assert 'name="back" value="/inbox?q=x"' in page
    assert {state(case) for case in filed} == {"filed"}


def test_each_goes_to_its_proposed_unit_and_what_has_none_stays_and_says_so(
    city: Any, visitor: Visit, filed: list[Any]
) -> None:
    codes = {f"unit_{filed[0].uid}": "SANITATION", f"unit_{filed[1].uid}": "LOTUS", f"unit_{filed[2].uid}": ""}

    text = take(visitor("dispatcher"), "dispatch", filed, to="each", **codes)

    assert [state(case) for case in filed] == ["dispatched", "dispatched", "filed"]
    assert Case.objects.get(pk=filed[0].pk).unit == city.sanitation
    assert "2 done, 1 not" in text
    assert "No unit is proposed for this case" in text


def test_all_go_to_one_unit_with_one_line_of_the_ledger_each(city: Any, visitor: Visit, filed: list[Any]) -> None:
    text = take(visitor("dispatcher"), "dispatch", filed, to="one", unit="LOTUS", note="请尽快")

    assert {state(case) for case in filed} == {"dispatched"}
    assert text.count("莲花镇") >= 3
    for case in filed:
        assert [line.verb for line in history("case", case.uid)].count("case.dispatch") == 1


def test_what_somebody_changed_meanwhile_is_refused_and_the_others_go_through(
    city: Any, visitor: Visit, filed: list[Any]
) -> None:
    versions = {f"version_{case.uid}": str(Case.objects.get(pk=case.pk).version) for case in filed}
    actions.correct(filed[1].uid, description="两堆", by=city.filer, at=timezone.now())

    text = take(visitor("dispatcher"), "dispatch", filed, to="one", unit="LOTUS", **versions)

    assert [state(case) for case in filed] == ["dispatched", "filed", "dispatched"]
    assert "2 done, 1 not" in text


def test_sent_twice_nothing_is_done_twice(city: Any, visitor: Visit, filed: list[Any]) -> None:
    person = visitor("dispatcher")
    take(person, "dispatch", filed, to="one", unit="LOTUS")
    text = take(person, "dispatch", filed, to="one", unit="WILLOW")

    assert "0 done, 3 not" in text
    assert CaseStep.objects.filter(case=filed[0].pk, name="dispatch").count() == 1


def test_who_may_not_dispatch_is_refused_row_by_row_and_the_ledger_keeps_it(
    city: Any, visitor: Visit, filed: list[Any]
) -> None:
    text = take(visitor("verifier"), "dispatch", filed[:1], to="one", unit="LOTUS")

    assert state(filed[0]) == "filed"
    assert "You may not do this" in text
    assert "refused" in [line.verb for line in history("case", filed[0].uid)]


def test_a_case_one_may_not_see_is_not_there(city: Any, visitor: Visit, filed: list[Any]) -> None:
    text = take(visitor("other_handler"), "dispatch", filed[:1], to="one", unit="LOTUS")

    assert state(filed[0]) == "filed"
    assert filed[0].number not in text


def test_what_went_to_the_wrong_unit_is_recalled_with_its_reason(city: Any, visitor: Visit, filed: list[Any]) -> None:
    person = visitor("dispatcher")
    page = take(person, "dispatch", filed, to="one", unit="LOTUS")
    assert "Dispatched to the wrong unit by mistake." in page

    take(person, "recall", filed[:2], note="误派")

    assert [state(case) for case in filed] == ["filed", "filed", "dispatched"]
    assert CaseStep.objects.get(case=filed[0].pk, name="recall").note == "误派"


def test_a_recall_without_reason_is_refused(city: Any, visitor: Visit, filed: list[Any]) -> None:
    person = visitor("dispatcher")
    take(person, "dispatch", filed, to="one", unit="LOTUS")

    take(person, "recall", filed, note="  ")

    assert {state(case) for case in filed} == {"dispatched"}


def test_units_are_reminded_once_and_not_again_at_once(city: Any, visitor: Visit, filed: list[Any]) -> None:
    person = visitor("dispatcher")
    take(person, "dispatch", filed, to="one", unit="LOTUS")
    late = visitor("supervisor")

    text = take(late, "remind", filed, note="请抓紧")
    again = take(late, "remind", filed)

    assert "3 done, 0 not" in text
    assert "0 done, 3 not" in again
    assert "can be reminded again" in again
    assert Notice.objects.filter(person=city.handler, kind="case.remind").count() == 3
    assert Notice.objects.filter(person=city.leader, kind="case.remind").count() == 3


def test_a_unit_does_not_remind_itself(city: Any, visitor: Visit, filed: list[Any]) -> None:
    take(visitor("dispatcher"), "dispatch", filed, to="one", unit="LOTUS")

    assert "You may not do this" in take(visitor("leader"), "remind", filed[:1])


def test_nothing_ticked_and_nonsense_ticked(city: Any, visitor: Visit) -> None:
    person = visitor("dispatcher")

    assert tick(person, "dispatch", [], back="/inbox")["Location"] == "/inbox"
    assert tick(person, "dispatch", [], back="https://elsewhere.example/")["Location"] == "/inbox"
    assert tick(person, "void", []).status_code == 404
    assert person.post("/inbox/bulk", do="dispatch", case="nonsense").status_code == 422
    assert person.post("/inbox/bulk/void", case=str(uuid4())).status_code == 404
    many = {"do": "dispatch", "case": [str(uuid4()) for _ in range(101)]}
    assert person.client.post("/inbox/bulk", many).status_code == 422


def test_the_list_of_cases_offers_ticks_to_those_who_may_remind(city: Any, visitor: Visit, filed: list[Any]) -> None:
    assert f'name="case" value="{filed[0].uid}"' in visitor("supervisor").get("/cases")[1]
    assert 'name="case"' not in visitor("verifier").get("/cases")[1]
