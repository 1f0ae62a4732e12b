"""The case list as a file."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from civicloop.cases.models import Case
from civicloop.insight import export
from civicloop.standards import reference
from tests.api.conftest import program, town  # noqa: F401
from tests.api.town import LONG_AGO, Town, fill

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def rows(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"))))


def exported(**how: Any) -> list[dict[str, str]]:
    with translation.override("en"):
        cases = Case.objects.order_by("-reported_at", "-id")
        return rows(b"".join(export.lines(cases, ref=reference.now(), at=AT, **how)))


def test_a_case_is_a_line_with_names_and_local_times(town: Town) -> None:  # noqa: F811
    case = town.report(LONG_AGO)

    (line,) = exported()

    assert line["number"] == case.number
    assert (line["state"], line["category code"], line["category"]) == ("reported", "06010", "exposed rubbish")
    assert (line["grid code"], line["owner"], line["responsible unit"]) == ("350212001001001", "指挥中心", "")
    assert line["reported at"] == "2020-01-01 08:00"
    assert (line["overdue"], line["urgent"]) == ("yes", "no")
    assert (line["longitude"], line["latitude"]) == ("118.151", "24.721")
    assert line["public id"] == str(case.uid)


def test_no_cell_is_a_formula(town: Town) -> None:  # noqa: F811
    town.report(LONG_AGO, description='=HYPERLINK("http://x","y")', address="+86 路")
    town.report(LONG_AGO, description="＝1+1，第一行\n第二行", address="@SUM(A1)", external_key="-1")

    second, first = exported()

    assert first["what is wrong"].startswith("'=HYPERLINK")
    assert first["place"] == "'+86 路"
    assert second["what is wrong"] == "'＝1+1，第一行\n第二行"
    assert (second["place"], second["key of the source"]) == ("'@SUM(A1)", "'-1")


@given(st.text(max_size=20))
def test_a_safe_text_never_starts_like_a_formula_and_loses_nothing(text: str) -> None:
    made = export.safe(text)

    assert made[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert made in (text, "'" + text)


@given(
    st.integers(86_400, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, tz=UTC)),
    st.sampled_from(["Asia/Shanghai", "Asia/Kolkata", "Europe/Lisbon", "America/St_Johns"]),
)
def test_a_moment_written_by_the_database_is_told_in_local_minutes(moment: datetime, zone: str) -> None:
    local = export._local_writer(ZoneInfo(zone))
    text = f"{moment:%Y-%m-%d %H:%M:%S}+00"

    told = [local(text), local(text)]

    assert told == [f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"] * 2


def test_all_cases_come_in_the_order_asked_for_in_several_pieces(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    fill(town, 45)
    monkeypatch.setattr(export, "AT_ONCE", 10)

    cases = Case.objects.order_by("-reported_at", "-id")
    pieces = list(export.lines(cases, ref=reference.now(), at=AT))

    assert len(pieces) == 5
    found = list(csv.reader(StringIO(b"".join(pieces).decode("utf-8-sig"))))[1:]
    assert [line[0] for line in found] == [case.number for case in cases]


def test_an_empty_list_has_its_first_line(town: Town) -> None:  # noqa: F811
    assert exported() == []


def test_the_door_streams_what_its_asker_may_see(town: Town, program: Any) -> None:  # noqa: F811
    fill(town, 4)
    fill(town, 3, unit="CG")

    response = program("handler").get("/cases.csv?state=dispatched", Accept_Language="zh")

    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    lines = rows(b"".join(response.streaming_content))
    assert len(lines) == 2
    assert program("handler").get("/cases.csv?colour=red").status_code == 422
