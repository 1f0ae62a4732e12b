"""`civicloop calendar`: what a calendar says, a single day, a year as it was announced, other hours."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from civicloop.cases.models import Case
from civicloop.kernel.refusal import Refused
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.commands import commands
from civicloop.organisation.models import CalendarDay, WorkCalendar
from civicloop.sentences import sentence
from tests.cast import CHINA, MONDAY_NINE, City

pytestmark = pytest.mark.django_db
BY = ("--by", "system_admin")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(next(one for one in commands if one.name == "calendar"), list(arguments))


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def code_of(*arguments: str) -> str:
    fault = run(*arguments).exception
    assert isinstance(fault, Refused), fault
    assert sentence(fault) != f"This cannot be done: {fault.code}."
    return fault.code


def notice(folder: Path, text: str | bytes) -> str:
    path = folder / "notice.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_a_calendar_is_shown_with_what_differs_from_the_rule(city: City) -> None:
    told = done("show", "--year", "2026").splitlines()
    assert told[0].startswith("city 全市")
    assert told[1:4] == [
        "hours 08:30-12:00,14:30-18:00  days Mon Tue Wed Thu Fri",
        "announced 2025 2026",
        "2026 announced",
    ]
    assert "  2026-02-14 Sat working  library    调休上班" in told
    assert "2027 provisional" in done("show", "--year", "2027")
    assert code_of("show", "--code", "moon") == "unknown_calendar"


def test_a_first_calendar_is_seeded_by_the_server_itself(db: None) -> None:
    assert json.loads(done("seed", "2025", "2026")) == {"announced": [2025, 2026]}
    assert WorkCalendar.objects.get().code == "city"
    assert set(LedgerLine.objects.filter(kind="calendar").values_list("by", flat=True)) == {None}
    assert run("seed", "0").exit_code == 2


def test_one_day_is_set_and_given_back_to_the_rule(city: City) -> None:
    case = city.walk("dispatched")
    done("day", "2026-11-23", "off", "--name", "台风停工", *BY)
    row = CalendarDay.objects.get(day="2026-11-23")
    assert (row.is_working, row.name, row.source) == (False, "台风停工", "edited")
    assert Case.objects.get(pk=case.pk).due_at > case.due_at
    done("day", "2026-11-23", "rule", *BY)
    assert Case.objects.get(pk=case.pk).due_at == case.due_at
    done("day", "2026-11-22", "working", *BY)
    assert CalendarDay.objects.get(day="2026-11-22").is_working
    assert code_of("day", "2026-11-23", "off", "--by", "filer") == "not_allowed"
    assert run("day", "2026-13-01", "off", *BY).exit_code == 2
    assert run("day", "2026-11-23", "off").exit_code == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_year_is_entered_from_the_notice_and_a_new_seed_leaves_it(city: City, tmp_path: Path, encoding: str) -> None:
    file = notice(tmp_path, "date,what,name\r\n2027-01-01,off,元旦\r\n\r\n2027-01-09, Working\r\n".encode(encoding))
    assert json.loads(done("announce", "2027", file, *BY)) == {"year": 2027, "off": 1, "working": 1}
    done("seed", "2027")
    rows = CalendarDay.objects.filter(day__year=2027).values_list("day", "is_working", "name", "source")
    assert list(rows) == [(date(2027, 1, 1), False, "元旦", "announced"), (date(2027, 1, 9), True, "", "announced")]
    assert WorkCalendar.objects.get().announced_years == [2025, 2026, 2027]
    line = LedgerLine.objects.get(verb="calendar.announce")
    assert (line.by, line.data["days"]) == (city.system_admin.uid, {"2027-01-01": False, "2027-01-09": True})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "file_empty"), ("date,what\n", "file_empty"), ("2027-01-01\n", "unknown_choice"),
        ("2027-01-01,perhaps\n", "unknown_choice"),
        ("1 January,off\n", "not_a_date"), ("2027-01-01,off\n2027-01-01,working\n", "day_twice"),
        ("2026-01-01,off\n", "day_of_another_year"), (b"\xff\xff\xff\n", "encoding_unknown"), ("\0,off", "not_a_date"),
    ],
)  # fmt: skip
def test_a_notice_that_cannot_be_read_changes_nothing(city: City, tmp_path: Path, text: str | bytes, code: str) -> None:
    before = list(CalendarDay.objects.order_by("pk").values())
    assert code_of("announce", "2027", notice(tmp_path, text), *BY) == code
    assert list(CalendarDay.objects.order_by("pk").values()) == before
    assert WorkCalendar.objects.get().announced_years == [2025, 2026]


def test_other_hours_count_for_running_clocks(city: City) -> None:
    case = city.walk("dispatched")
    assert done("hours", "08:00-12:00，13:00-17:00", *BY) == "08:00-12:00,13:00-17:00\n"
    due = Case.objects.get(pk=case.pk).due_at
    assert due is not None
    assert due.astimezone(CHINA) == MONDAY_NINE.replace(hour=14, minute=30)
    for bad in ("", "8-12", "08:00-12:00,11:00-13:00", "08:00-12:00-13:00", "25:00-26:00"):
        assert code_of("hours", bad, *BY) == "bad_hours"
