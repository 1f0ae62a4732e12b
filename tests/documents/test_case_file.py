"""The case as one PDF: everything its page tells, number and time on each page, and a copy to hand on that names nobody."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from civicloop.cases import actions, queries
from civicloop.cases.models import Case, CaseEvidence
from civicloop.documents import pdf
from civicloop.documents.casefile import case_document, write_case
from civicloop.documents.rules.body import Document, Paragraph, Table
from civicloop.kernel.refusal import NotFound
from civicloop.photos import finding, voices
from civicloop.photos.actions import store
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City, hours
from tests.documents import samples
from tests.photos.sounds import webm

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(30)


def said(document: Document) -> str:
    told = []
    for block in document.walk():
        if isinstance(block, Table):
            told += [cell for row in block.rows for cell in row]
        elif isinstance(block, Paragraph):
            told += [run.text for run in block.pieces()]
        else:
            told.append(str(getattr(block, "text", "") or getattr(block, "caption", "")))
    return "\n".join([document.title, document.number, *told])


def of(case: Case, **how: Any) -> Document:
    return case_document(Case.objects.get(pk=case.pk), ref=reference.now(), at=AT, by="马立", **how)


def photo(city: City, colour: str) -> str:
    out = BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    stored = store(SimpleUploadedFile("a.jpg", out.getvalue()).file, sha256=None, by=city.reporter, at=MONDAY_NINE)
    stored.also_sent_by.add(city.handler)  # only who has sent a photo may name it
    return stored.sha256


@pytest.fixture
def full(city: City) -> Case:
    """A case with every kind of affair."""
    near = [{"sha256": photo(city, "#a33"), "kind": "near"}]
    case = city.walk("accepted", address="莲花桥头", description="桥头堆物，电话13812345678", photos=near)
    at = MONDAY_NINE + hours(2)
    actions.extend(case.uid, amount=1, unit_of_time="work_hour", reason="等吊车", by=city.handler, at=at)
    actions.supervise(case.uid, note="本周办结", by=city.supervisor, at=at)
    actions.forward_out(
        case.uid, party="供电公司", note="电杆谁管？", answer_by=at + timedelta(days=1), by=city.handler, at=at
    )
    actions.whistle(
        case.uid, kind="ordinary", unit_ids=[city.sanitation.pk], place="桥下", meet_at=at, by=city.handler, at=at
    )
    return case


def test_it_tells_facts_clock_story_and_affairs(full: Case) -> None:
    text = said(of(full))

    assert [
        one for one in ("莲花桥头", "暴露垃圾", full.number, "莲花镇", "8工作时", "签收", "连办") if one not in text
    ] == []
    assert [
        one for one in ("等吊车", "本周办结", "供电公司", "电杆谁管？", "桥下", "环卫中心未报到") if one not in text
    ] == []
    assert "整改中" in text
    assert "仅供内部使用" in text


def test_numbers_people_typed_are_masked_even_inside_the_house(full: Case) -> None:
    assert "13812345678" not in said(of(full))
    assert "138****5678" in said(of(full))


def test_what_is_handed_on_names_nobody_and_shows_blurred_photos_only(full: Case, city: City) -> None:
    document = of(full, handed_on=True)
    text = said(document)

    assert [person.name for person in city.people.values() if person.name in text] == []
    assert [one.blurred for one in document.pictures()] == [True]
    assert [one.blurred for one in of(full).pictures()] == [False]
    assert "连*" in text


def test_before_and_after_stand_side_by_side_and_too_many_photos_are_counted(city: City) -> None:
    shown = [{"sha256": photo(city, f"#{n:02x}4444"), "kind": "near"} for n in range(12)]
    case = city.walk("accepted", photos=shown)
    for number in range(2):
        more = [{"sha256": photo(city, f"#44{n + 20 * number:02x}44"), "kind": "far"} for n in range(12)]
        actions.comment(case.uid, note="再看", photos=more, by=city.handler, at=MONDAY_NINE + hours(2 + number))
    after = [{"sha256": photo(city, "#2a2"), "kind": "after"}]
    actions.rectify(case.uid, note="好了", photos=after, by=city.handler, at=MONDAY_NINE + hours(5))
    document = of(case)

    captions = [one.caption for one in document.pictures()]
    assert [caption[:3] for caption in captions[:2]] == ["整改前", "整改后"]
    assert len(captions) == 24
    assert f"另有{CaseEvidence.objects.filter(case=case).count() - 24}张照片" in said(document)


@pytest.mark.parametrize("state", ["reported", "filed", "dispatched", "rectified", "verified", "closed"])
def test_every_state_has_a_file(city: City, state: str) -> None:
    text = said(of(city.walk(state)))

    assert "截至" in text
    assert "上报" in text


def test_the_pdf_is_written_in_time_and_carries_number_and_page(full: Case) -> None:
    out = io.BytesIO()
    write_case(of(full), out, at=AT)

    assert out.getvalue().startswith(b"%PDF-")
    assert len(out.getvalue()) > 20_000


def test_the_running_line_stands_on_each_page_and_on_no_other_paper(full: Case) -> None:
    def pages(running: str) -> list[bytes]:
        out = io.BytesIO()
        pdf.write(samples.bulletin("plain"), out, picture=lambda one: samples.photo(size=(40, 30)), running=running)
        return [out.getvalue()]

    assert pages("案卷 A000001") != pages("")
    assert pages("") == pages("")


def test_who_may_not_read_the_case_gets_no_file(full: Case, city: City) -> None:
    with pytest.raises(NotFound):
        queries.get(full.uid, reference.now().actor(city.other_handler, AT.date()))


def test_the_desk_gives_the_file_under_a_proper_name(full: Case, city: City) -> None:
    from django.test import Client

    def get(name: str, query: str = "") -> Any:
        client = Client()
        client.force_login(city.people[name], backend="django.contrib.auth.backends.ModelBackend")
        return client.get(f"/cases/{full.uid}.pdf{query}")

    own, hidden = get("handler"), get("other_handler")

    assert own.status_code == 200
    assert own["Content-Type"] == "application/pdf"
    assert re.search(rf'filename="{full.number}-\d{{8}}\.pdf"; filename\*=UTF-8', own["Content-Disposition"])
    assert own["Cache-Control"] == "private, no-store"
    assert hidden.status_code == 404
    assert get("handler", "?blurred=1").status_code == (200 if finding.available() else 409)
    assert Client().get(f"/cases/{full.uid}.pdf").status_code == 302


def test_a_voice_note_stands_in_it_with_its_length_and_says_when_it_is_gone(full: Case, city: City) -> None:
    data = webm(12)
    note = voices.store(BytesIO(data), sha256=hashlib.sha256(data).hexdigest(), by=city.handler, at=AT)
    case = actions.take(full.uid, "comment", by=city.handler, at=AT, given={"note": "见语音"})
    voices.attach("case", case.uid, case.version, voices=[{"sha256": note.sha256}], by=city.handler, at=AT)

    assert "见语音（语音备注，12秒）" in said(of(full))
    assert "见语音（语音备注，12秒）" in said(of(full, handed_on=True))
    voices.remove(note, at=AT)
    assert "见语音（语音备注，12秒，已到期删除）" in said(of(full))
