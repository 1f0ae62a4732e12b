"""Papers on pages: asked for, looked at, edited, issued, taken away; old files never offered; hidden from those who may not see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from civicloop.documents.models import Paper
from civicloop.jobs import no_jobs
from civicloop.ledger.models import LedgerLine
from tests.cast import MONDAY_NINE

Visit = Callable[..., Any]
PER_PAGE, PER_LIST = 15, 6
OCTOBER = {"start": "2026-10-01", "end": "2026-10-31"}


def asked(visitor: Visit, name: str = "supervisor", **typed: str) -> Paper:
    """A paper asked for on the page."""
    answer = visitor(name).post("/papers/new", **{"kind": "summary", **OCTOBER, **typed})
    assert answer.status_code == 302, answer.content.decode()
    return Paper.objects.get(uid=answer["Location"].rpartition("/")[2])


def test_a_paper_is_asked_for_written_and_offered(city: Any, visitor: Visit) -> None:
    person = visitor("supervisor")
    assert "工作总结" in person.get("/papers/new")[1]
    assert 'name="start"' in person.get("/papers/new?kind=summary")[1]
    paper = asked(visitor)
    status, text = person.get(f"/papers/{paper.uid}")

    assert (status, paper.state) == (200, "ready")
    assert '<article class="paper' in text
    assert f"/papers/{paper.uid}/files/docx" in text
    assert "style=" not in text
    assert "工作总结" in person.get("/papers")[1]


def test_files_come_under_their_chinese_name(city: Any, visitor: Visit) -> None:
    paper = asked(visitor)
    answer = visitor("supervisor").client.get(f"/papers/{paper.uid}/files/docx")

    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert "%E5%B7%A5%E4%BD%9C" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert visitor("supervisor").get(f"/papers/{paper.uid}/files/exe")[0] == 404


def test_pages_are_shown_as_pictures_of_the_present_content(city: Any, visitor: Visit) -> None:
    paper = asked(visitor)
    person = visitor("supervisor")
    answer = person.client.get(f"/papers/{paper.uid}/pages/{paper.digest}/1.png")

    assert "Page 1" in person.get(f"/papers/{paper.uid}/pages")[1]
    assert answer.content[:4] == b"\x89PNG"
    assert person.get(f"/papers/{paper.uid}/pages/{'0' * 64}/1.png")[0] == 404
    assert person.get(f"/papers/{paper.uid}/pages/{paper.digest}/99.png")[0] == 404


def test_while_it_is_written_again_nothing_old_is_offered(city: Any, visitor: Visit) -> None:
    paper = asked(visitor)
    person = visitor("supervisor")
    with no_jobs():
        person.post(f"/papers/{paper.uid}/texts", opening="现将情况总结如下。")
    text = person.get(f"/papers/{paper.uid}")[1]

    assert "/files/" not in text
    assert '<article class="paper' not in text
    assert "every 2s" in text
    assert person.get(f"/papers/{paper.uid}/files/docx")[0] == 404
    part = person.client.get(f"/papers/{paper.uid}/state", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in part
    assert "every 2s" in part.content.decode()
    assert person.client.get(f"/papers/{paper.uid}/state").status_code == 302


def test_the_page_comes_anew_when_it_is_written(city: Any, visitor: Visit) -> None:
    paper = asked(visitor)
    part = visitor("supervisor").client.get(f"/papers/{paper.uid}/state", headers={"HX-Request": "true"})

    assert part["HX-Refresh"] == "true"


def test_edited_texts_stand_in_the_paper(city: Any, visitor: Visit) -> None:
    paper = asked(visitor)
    person = visitor("supervisor")
    assert 'name="opening"' in person.get(f"/papers/{paper.uid}/texts")[1]
    person.post(f"/papers/{paper.uid}/texts", opening="本篇由办公室改写。")

    assert "本篇由办公室改写。" in person.get(f"/papers/{paper.uid}")[1]


def test_a_bulletin_is_issued_with_its_number_and_never_changes(city: Any, visitor: Visit) -> None:
    paper = asked(visitor, kind="bulletin")
    person = visitor("supervisor")
    person.post(f"/papers/{paper.uid}/issue")
    paper.refresh_from_db()
    text = person.get(f"/papers/{paper.uid}")[1]

    assert paper.state == "issued"
    assert paper.number in text
    assert "Edit the texts" not in text
    assert person.post(f"/papers/{paper.uid}/again").status_code == 409
    assert person.post(f"/papers/{paper.uid}/texts", opening="x").status_code == 409


def test_a_paper_that_failed_says_why_and_can_be_written_again(city: Any, visitor: Visit) -> None:
    paper = asked(visitor)
    Paper.objects.filter(pk=paper.pk).update(
        state="failed", data={}, digest="", failure={"code": "blur_models_missing"}
    )
    person = visitor("supervisor")
    text = person.get(f"/papers/{paper.uid}")[1]

    assert "cannot be made unreadable" in text
    assert "written again when the administrator" in text
    assert "/files/" not in text
    person.post(f"/papers/{paper.uid}/again")
    paper.refresh_from_db()
    assert paper.state == "ready"


@pytest.mark.parametrize(
    "typed", [{"end": "2026-09-01"}, {"start": "soon"}, {"unit": "NOBODY"}, {"kind": "handbook"}, {"kind": "letter"}]
)
def test_a_wrong_request_is_said(city: Any, visitor: Visit, typed: dict[str, str]) -> None:
    answer = visitor("supervisor").post("/papers/new", **{"kind": "summary", **OCTOBER, **typed})

    assert answer.status_code in (404, 422)
    assert not Paper.objects.exists()


def test_further_choices_of_a_kind_are_offered_and_kept(city: Any, visitor: Visit) -> None:
    assert 'name="option.states"' in visitor("supervisor").get("/papers/new?kind=ledger")[1]
    paper = asked(visitor, kind="ledger", **{"option.states": "closed", "option.photos": "no", "option.area": ""})
    wrong = visitor("supervisor").post("/papers/new", kind="summary", **OCTOBER, **{"option.photos": "999"})

    assert paper.options == {"states": ["closed"], "photos": False}
    assert wrong.status_code == 422
    assert 'value="999"' in wrong.content.decode()


def test_papers_are_hidden_from_those_who_may_not_see_them(city: Any, visitor: Visit) -> None:
    paper = asked(visitor, unit="LOTUS")
    for name in ("other_leader", "reporter", "system_admin"):
        for tail in (
            "",
            "/state",
            "/texts",
            "/pages",
            f"/pages/{paper.digest}/1.png",
            "/files/docx",
            f"/pictures/{'0' * 64}",
        ):
            assert visitor(name).get(f"/papers/{paper.uid}{tail}")[0] == 404, (name, tail)
        assert visitor(name).post(f"/papers/{paper.uid}/issue").status_code == 404
    assert visitor("leader").get(f"/papers/{paper.uid}")[0] == 200


def test_a_leader_has_papers_of_his_own_unit_only(city: Any, visitor: Visit) -> None:
    leader = visitor("leader")

    assert "月度通报" not in leader.get("/papers/new")[1]
    assert asked(visitor, "leader", unit="LOTUS").unit == city.lotus
    assert leader.post("/papers/new", kind="summary", unit="WILLOW", **OCTOBER).status_code == 403
    assert visitor("reporter").get("/papers/new")[0] == 403


def test_a_case_that_may_not_be_seen_makes_no_paper(city: Any, visitor: Visit) -> None:
    case = city.walk("dispatched", at=MONDAY_NINE, unit="willow")

    assert visitor("supervisor").post("/papers/new", kind="whistle", case="A9999", **OCTOBER).status_code == 404
    assert asked(visitor, kind="whistle", case=case.number).case == case


def test_pages_keep_to_their_statements(city: Any, visitor: Visit) -> None:
    paper = asked(visitor, unit="LOTUS")
    person = visitor("supervisor")

    assert person.statements("/papers") <= PER_LIST
    assert person.statements(f"/papers/{paper.uid}") <= PER_PAGE
    assert person.statements("/papers/new?kind=notice") <= PER_PAGE
    assert person.statements(f"/papers/{paper.uid}/texts") <= PER_PAGE


def test_every_reading_of_a_paper_with_whole_phone_numbers_is_written_down(city: Any, visitor: Visit) -> None:
    paper = asked(visitor, kind="handbook", unit=city.lotus.code, **{"option.purpose": "上门走访"})
    readings = LedgerLine.objects.filter(kind="paper", uid=paper.uid, verb="personal_data.read")
    person = visitor("supervisor")
    assert person.get(f"/papers/{paper.uid}")[0] == 200
    answer = person.client.get(f"/papers/{paper.uid}/files/docx")

    assert answer.status_code == 200
    assert [line.data["how"] for line in readings.order_by("seq")] == ["preview", "docx"]
    assert person.client.get(f"/papers/{paper.uid}/pages/{paper.digest}/1.png")["Cache-Control"] == "no-store"
    assert visitor("other_supervisor").get(f"/papers/{paper.uid}")[0] == 404
