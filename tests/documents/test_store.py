"""Papers are asked for, written by a job, issued with a number, and then never change."""

from __future__ import annotations

import hashlib
import zipfile
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from civicloop.documents import actions, files, queries
from civicloop.documents.models import Counter, Paper, PaperFile, PaperState, TextBlock
from civicloop.documents.policy import visible_papers
from civicloop.jobs import no_jobs
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.days import day_of
from civicloop.photos.storage import storage
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City, hours

OCTOBER = {"start": date(2026, 10, 1), "end": date(2026, 10, 31)}
LATER = MONDAY_NINE + hours(2)


def bulletin(city: City, *, by: str = "supervisor", at: datetime = MONDAY_NINE, **more: Any) -> Paper:
    """A bulletin of October, written at once."""
    blocks = {"sign": "朝创城办", "issuer": "朝阳市创建办"}
    paper = actions.prepare(kind="bulletin", by=city.people[by], at=at, blocks=blocks, **OCTOBER, **more)
    paper.refresh_from_db()
    return paper


def actor(city: City, name: str) -> Any:
    return reference.now().actor(city.people[name], day_of(MONDAY_NINE))


def test_a_paper_is_written_by_the_job_that_follows(city: City) -> None:
    paper = bulletin(city)

    assert (paper.state, paper.progress, paper.number) == ("ready", 100, "")
    assert [one.form for one in queries.files_of(paper)] == ["docx", "pdf"]
    for one in queries.files_of(paper):
        with queries.open_file(one) as file:
            data = file.read()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (one.sha256, one.size)


def test_files_are_offered_only_when_all_are_whole(city: City) -> None:
    with no_jobs():
        paper = bulletin(city)
    assert (paper.state, queries.files_of(paper)) == ("draft", [])

    claimed = actions._claimed(paper.uid)  # as far as a worker gets before it is killed
    assert claimed is not None
    paper.refresh_from_db()
    assert (paper.state, queries.files_of(paper)) == ("building", [])

    assert actions.build(paper.uid).state == "ready"
    paper.refresh_from_db()
    assert len(queries.files_of(paper)) == 2


def test_two_runs_of_the_job_make_one_set_of_files(city: City) -> None:
    paper = bulletin(city)
    before = list(PaperFile.objects.values_list("sha256", flat=True))

    actions.build(paper.uid)
    actions.build(paper.uid)

    assert list(PaperFile.objects.values_list("sha256", flat=True)) == before


def test_issuing_gives_number_and_day_and_both_stand_in_the_files(city: City) -> None:
    paper = bulletin(city)
    number = actions.issue(paper=paper, by=city.supervisor, at=LATER)
    paper.refresh_from_db()

    assert number == paper.number == "朝创城办〔2026〕1号"
    assert (paper.state, paper.issued_at, paper.head, paper.year, paper.serial) == (
        "issued",
        LATER,
        "朝创城办",
        2026,
        1,
    )
    offered = queries.files_of(paper)
    assert [one.form for one in offered] == ["docx", "pdf"]
    assert offered[0].name.startswith("朝创城办〔2026〕1号 ")
    with queries.open_file(offered[0]) as file, zipfile.ZipFile(BytesIO(file.read())) as package:
        told = package.read("word/document.xml").decode()
    assert "朝创城办〔2026〕1号" in told
    assert "2026年11月23日" in told
    line = LedgerLine.objects.get(kind="paper", uid=paper.uid, verb="issued")
    assert line.data["number"] == number
    assert line.data["digest"] == paper.digest


def test_numbers_follow_each_other_for_each_head_and_year(city: City) -> None:
    told = [actions.issue(paper=bulletin(city), by=city.supervisor, at=LATER) for _ in range(3)]
    next_year = actions.issue(paper=bulletin(city), by=city.supervisor, at=LATER + timedelta(days=60))
    other = actions.prepare(kind="bulletin", by=city.supervisor, at=MONDAY_NINE, blocks={"sign": "朝督"}, **OCTOBER)

    assert told == ["朝创城办〔2026〕1号", "朝创城办〔2026〕2号", "朝创城办〔2026〕3号"]
    assert next_year == "朝创城办〔2027〕1号"
    assert actions.issue(paper=other, by=city.supervisor, at=LATER) == "朝督〔2026〕1号"


def test_a_number_given_in_a_transaction_that_fails_is_given_again(city: City) -> None:
    first, second = bulletin(city), bulletin(city)
    with transaction.atomic():
        assert actions.issue(paper=first, by=city.supervisor, at=LATER) == "朝创城办〔2026〕1号"
        transaction.set_rollback(True)

    assert actions.issue(paper=second, by=city.supervisor, at=LATER) == "朝创城办〔2026〕1号"
    assert Counter.objects.get().last == 1


def test_an_issued_paper_never_changes(city: City) -> None:
    paper = bulletin(city)
    actions.issue(paper=paper, by=city.supervisor, at=LATER)

    with pytest.raises(Conflict) as refused:
        actions.issue(paper=paper, by=city.supervisor, at=LATER)
    assert refused.value.code == "paper_issued"
    with pytest.raises(Conflict):
        actions.edit_blocks(paper=paper, blocks={"sign": "x"}, by=city.supervisor, at=LATER)
    for change in ({"title": "其他"}, {"state": "draft"}, {"number": "", "serial": None, "year": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(**change)
    actions.build(paper.uid)
    paper.refresh_from_db()
    assert paper.number == "朝创城办〔2026〕1号"


def test_asking_again_makes_another_draft(city: City) -> None:
    first = bulletin(city)
    actions.issue(paper=first, by=city.supervisor, at=LATER)
    second = bulletin(city, at=LATER)

    assert second.uid != first.uid
    assert Paper.objects.filter(state=PaperState.READY).count() == 1


def test_only_a_written_paper_can_be_issued(city: City) -> None:
    with no_jobs():
        paper = bulletin(city)

    with pytest.raises(Conflict) as refused:
        actions.issue(paper=paper, by=city.supervisor, at=LATER)
    assert refused.value.code == "paper_not_ready"


def test_a_number_needs_a_sign(city: City) -> None:
    paper = actions.prepare(kind="bulletin", by=city.supervisor, at=MONDAY_NINE, blocks={"sign": ""}, **OCTOBER)

    with pytest.raises(Invalid) as refused:
        actions.issue(paper=paper, by=city.supervisor, at=LATER)
    assert refused.value.code == "paper_sign_missing"


def test_edited_texts_stand_in_the_paper_written_anew(city: City) -> None:
    paper = bulletin(city)
    actions.edit_blocks(paper=paper, blocks={"demands": "各单位务必于12月底前完成整改。"}, by=city.supervisor, at=LATER)
    paper.refresh_from_db()

    assert paper.state == "ready"
    assert "各单位务必于12月底前完成整改。" in str(paper.data)
    assert len(queries.files_of(paper)) == 2


def test_office_texts_hold_for_papers_from_now_on(city: City) -> None:
    actions.set_text(kind="bulletin", key="sign", text="朝办", by=city.supervisor, at=MONDAY_NINE)
    actions.set_text(kind="bulletin", key="sign", text="朝文办", by=city.supervisor, at=LATER)
    paper = actions.prepare(kind="bulletin", by=city.supervisor, at=LATER, **OCTOBER)

    assert actions.issue(paper=paper, by=city.supervisor, at=LATER) == "朝文办〔2026〕1号"
    assert TextBlock.objects.count() == 1
    assert LedgerLine.objects.filter(kind="text_block").count() == 2
    with pytest.raises(Invalid):
        actions.set_text(kind="bulletin", key="nonsense", text="", by=city.supervisor, at=LATER)


def test_a_paper_that_cannot_be_written_says_why_and_offers_nothing(city: City) -> None:
    nobody_has_it = city.report()
    paper = actions.prepare(kind="notice", case_id=nobody_has_it.pk, by=city.supervisor, at=MONDAY_NINE, **OCTOBER)
    paper.refresh_from_db()

    assert (paper.state, queries.files_of(paper)) == ("failed", [])
    assert paper.failure["code"] == "not_found"


@pytest.mark.parametrize("name", ["filer", "handler", "auditor", "system_admin", "other_leader"])
def test_city_papers_are_the_offices_business(city: City, name: str) -> None:
    with pytest.raises(NotAllowed):
        bulletin(city, by=name)
    assert not Paper.objects.exists()


def test_a_leader_may_have_papers_about_his_own_unit_only(city: City) -> None:
    year = {"start": date(2026, 1, 1), "end": date(2026, 11, 23)}
    paper = actions.prepare(kind="ledger", unit_id=city.lotus.pk, by=city.leader, at=MONDAY_NINE, **year)
    below = actions.prepare(kind="ledger", unit_id=city.lotus_north.pk, by=city.leader, at=MONDAY_NINE, **year)

    assert below.unit_id == city.lotus_north.pk
    with pytest.raises(NotAllowed):
        actions.prepare(kind="ledger", unit_id=city.willow.pk, by=city.leader, at=MONDAY_NINE, **year)
    with pytest.raises(NotAllowed):
        actions.prepare(kind="ledger", by=city.leader, at=MONDAY_NINE, **year)
    with pytest.raises(NotAllowed):
        bulletin(city, by="leader", unit_id=city.lotus.pk)
    paper.refresh_from_db()
    assert actions.issue(paper=paper, by=city.leader, at=LATER) == ""


def test_only_the_supervisor_gives_numbers(city: City) -> None:
    paper = bulletin(city, by="dispatcher")

    with pytest.raises(NotAllowed):
        actions.issue(paper=paper, by=city.dispatcher, at=LATER)
    assert actions.issue(paper=paper, by=city.supervisor, at=LATER)


def test_drafts_are_seen_by_the_desks_and_issued_papers_by_all_who_take_part(city: City) -> None:
    paper = bulletin(city)
    assert queries.get(paper.uid, actor(city, "auditor")).pk == paper.pk
    for name in ("handler", "leader", "reporter", "system_admin"):
        with pytest.raises(NotFound):
            queries.get(paper.uid, actor(city, name))

    actions.issue(paper=paper, by=city.supervisor, at=LATER)

    assert queries.get(paper.uid, actor(city, "handler")).pk == paper.pk
    with pytest.raises(NotFound):
        queries.get(paper.uid, actor(city, "system_admin"))
    assert Paper.objects.filter(visible_papers(actor(city, "supervisor"), [])).count() == 1


def test_preview_and_pages_are_those_of_the_paper(city: City) -> None:
    paper = bulletin(city)
    told = queries.preview_html(paper, address=lambda one: f"/{one.sha256}")

    assert paper.title.replace("\n", "") in told.replace("<br>", "")
    assert queries.page_image(paper, 1).startswith(b"\x89PNG")
    assert queries.page_images(paper) == queries.page_images(paper)
    with pytest.raises(NotFound):
        queries.page_image(paper, 99)
    with pytest.raises(NotFound):
        queries.picture_of(paper, "0" * 64)


def test_period_and_subject_are_asked_for(city: City) -> None:
    with pytest.raises(Invalid):
        actions.prepare(kind="bulletin", by=city.supervisor, at=LATER, start=date(2026, 2, 1), end=date(2026, 1, 1))
    with pytest.raises(Invalid):
        actions.prepare(kind="notice", by=city.supervisor, at=LATER, **OCTOBER)
    with pytest.raises(NotFound):
        actions.prepare(kind="poem", by=city.supervisor, at=LATER, **OCTOBER)
    with pytest.raises(Invalid):
        actions.prepare(kind="bulletin", by=city.supervisor, at=LATER, blocks={"nonsense": "x"}, **OCTOBER)


def test_file_names_are_such_that_every_system_takes_them() -> None:
    assert (
        files.file_name("朝创城办〔2026〕5号", "关于 a/b:c*?\n的通报", "docx")
        == "朝创城办〔2026〕5号 关于 abc的通报.docx"
    )
    assert files.file_name("", "///", "pdf") == "paper.pdf"


def test_files_lie_in_the_store_of_the_photos(city: City) -> None:
    one = queries.files_of(bulletin(city))[0]

    assert storage().exists(files.address(one.sha256, one.form))
