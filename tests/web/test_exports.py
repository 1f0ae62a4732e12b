"""Lists taken home: by a job, with what the asker may see, fetched by the asker alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from civicloop.documents import exporting
from civicloop.documents.models import Export
from civicloop.ledger.models import LedgerLine
from civicloop.web.exports.kinds import KINDS

Visit = Callable[..., Any]


def fetched(person: Any, kind: str, query: str = "") -> list[list[Any]]:
    """The rows of the workbook a person gets."""
    asked = person.post(f"/exports/{kind}", query=query)
    assert asked.status_code == 302
    answer = person.client.get(asked["Location"].replace("/page", "/file"))
    assert answer.status_code == 200, person.get(asked["Location"])[1]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    return sheet.get_sheet_by_index(0).to_python()


def numbers_in(rows: list[list[Any]]) -> set[str]:
    return {str(row[0]) for row in rows if row and str(row[0]).startswith("A0")}


def test_each_gets_the_cases_he_may_see_narrowed_as_on_the_page(city: Any, visitor: Visit) -> None:
    ours, theirs = city.walk("dispatched"), city.walk("dispatched", unit="willow")
    open_one = city.report()

    assert numbers_in(fetched(visitor("dispatcher"), "cases")) == {ours.number, theirs.number, open_one.number}
    assert numbers_in(fetched(visitor("dispatcher"), "cases", "state=reported")) == {open_one.number}
    assert numbers_in(fetched(visitor("other_handler"), "cases")) == {theirs.number}
    assert numbers_in(fetched(visitor("handler"), "inbox")) == {ours.number}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("name", ["supervisor", "handler", "auditor"])
def test_every_list_becomes_a_workbook(city: Any, visitor: Visit, kind: str, name: str) -> None:
    city.walk("closed")

    rows = fetched(visitor(name), kind)

    assert len(rows) >= 2
    assert Export.objects.get().state == "ready"


def test_the_list_of_people_is_narrowed_as_the_page_is(city: Any, visitor: Visit) -> None:
    person = visitor("dispatcher")

    rows = fetched(person, "people", "q=连办")

    assert [row[0] for row in rows if row[1] in ("handler", "filer")] == ["连办"]
    assert "连办" in person.get("/people?q=连办")[1]


def test_phones_are_masked_in_the_list_of_people(city: Any, visitor: Visit) -> None:
    text = str(fetched(visitor("dispatcher"), "people"))

    assert "13800000000" not in text
    assert "138****0000" in text


def test_a_cell_is_never_a_formula(city: Any, visitor: Visit) -> None:
    city.report(description="=HYPERLINK(1)")

    rows = fetched(visitor("dispatcher"), "cases")

    assert any(str(cell).lstrip("'").startswith("=HYPERLINK") for row in rows for cell in row)


def test_a_filter_nobody_understands_is_told_and_makes_no_file(city: Any, visitor: Visit) -> None:
    person = visitor("dispatcher")

    asked = person.post("/exports/cases", query="unit=NOWHERE")
    status, text = person.get(asked["Location"])

    assert status == 200
    assert "NOWHERE" in text
    assert Export.objects.get().state == "failed"


def test_nobody_else_fetches_it_and_the_ledger_keeps_who_asked(city: Any, visitor: Visit) -> None:
    asked = visitor("dispatcher").post("/exports/cases", query="")

    assert visitor("supervisor").client.get(asked["Location"]).status_code == 404
    assert visitor("supervisor").client.get(asked["Location"].replace("/page", "/file")).status_code == 404
    assert LedgerLine.objects.get(verb="export.ask").by == city.dispatcher.uid


def test_files_go_when_their_days_are_over_and_the_page_says_so(city: Any, visitor: Visit) -> None:
    person = visitor("dispatcher")
    asked = person.post("/exports/units", query="")

    assert exporting.drop_old(at=timezone.now() + timedelta(days=6)) == 0
    assert exporting.drop_old(at=timezone.now() + timedelta(days=8)) == 1

    assert "Ask for it again" in person.get(asked["Location"])[1]
    assert person.client.get(asked["Location"].replace("/page", "/file")).status_code == 404


def test_a_job_that_ran_twice_writes_once(city: Any, visitor: Visit) -> None:
    visitor("dispatcher").post("/exports/units", query="")
    before = Export.objects.get()
    from civicloop.web.exports.tasks import write_export

    write_export(export_uid=str(before.uid))

    assert Export.objects.get().ended_at == before.ended_at


def test_a_page_nobody_knows_is_not_found(city: Any, visitor: Visit) -> None:
    assert visitor("dispatcher").post("/exports/everything", query="").status_code == 404
