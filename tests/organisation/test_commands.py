"""The commands that set a city up and keep its organisation: each names who is answerable, and refuses in one piece."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from civicloop.cli import cli
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import history
from civicloop.organisation import actions as organisation
from civicloop.organisation.commands import commands
from civicloop.organisation.models import ApiToken, Appointment, Area, DutyGrid, Person, Unit
from civicloop.sentences import sentence
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, PASSWORD, SINCE, City

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def run(*arguments: str) -> Result:
    group = next(one for one in commands if one.name == arguments[0])
    return CliRunner().invoke(group, list(arguments[1:]))


def done(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refused(*arguments: str) -> Exception:
    result = run(*arguments)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, (Invalid, Conflict, NotAllowed, NotFound)), result.exception
    assert "%" not in sentence(result.exception)
    assert sentence(result.exception) != f"This cannot be done: {result.exception.code}."
    return result.exception


def code_of(*arguments: str) -> str:
    return str(refused(*arguments).args[0])


def test_a_first_set_up_needs_nobody_who_is_there_already(db: None) -> None:
    done("unit", "add", "POST", "指挥部", "command_post")
    done(
        "unit",
        "add",
        "TOWN",
        "莲花镇",
        "town",
        "--parent",
        "POST",
        "--line",
        "sanitation",
        "--hours",
        "08:00-12:00,14:00-17:30",
    )
    done("person", "add", "an", "安某", "--role", "security_admin", "--unit", "POST", "--password", PASSWORD)
    done("person", "add", "lian", "连某", "--password", PASSWORD)
    told = done("person", "appoint", "lian", "unit_leader", "TOWN", "--from", "2026-01-01", "--by", "an")

    assert told == "lian unit_leader TOWN 2026-01-01–\n"
    town = Unit.objects.get(code="TOWN")
    assert (town.parent.code, town.lines, town.hours) == (
        "POST",
        ["sanitation"],
        [["08:00", "12:00"], ["14:00", "17:30"]],
    )
    security = Person.objects.get(username="an")
    assert LedgerLine.objects.get(verb="appointment.make", uid=security.uid).by is None
    assert (
        LedgerLine.objects.get(verb="appointment.make", uid=Person.objects.get(username="lian").uid).by == security.uid
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--role", "filer", "--unit", "NOWHERE"], "unknown_unit"), (["--role", "mayor", "--unit", "OFFICE"], "unknown_choice"),
        (["--role", "filer"], "required"), (["--unit", "OFFICE"], "required"), (["--by", "nobody"], "unknown_person"),
        (["--by", "dispatcher"], "not_allowed"),
    ],
)  # fmt: skip
def test_a_person_who_cannot_be_appointed_is_not_added_either(city: City, given: list[str], code: str) -> None:
    before = LedgerLine.objects.count()
    assert code_of("person", "add", "new", "新人", "--password", PASSWORD, *given) == code
    assert not Person.objects.filter(username="new").exists()
    assert LedgerLine.objects.count() == before


def test_who_is_answerable_stands_in_the_ledger(city: City) -> None:
    done(
        "person",
        "add",
        "new",
        "新人",
        "--password",
        PASSWORD,
        "--role",
        "filer",
        "--unit",
        "OFFICE",
        "--by",
        "security_admin",
    )
    person = Person.objects.get(username="new")
    assert [(line.verb, line.by) for line in history("person", person.uid)] == [
        ("person.add", city.security_admin.uid), ("appointment.make", city.security_admin.uid),
    ]  # fmt: skip


def test_an_appointment_may_be_for_one_grid_duty_grid_area_or_point(city: City) -> None:
    from civicloop.organisation.actions.places import PointRow

    organisation.bring_in_points(rows=[PointRow("P1", "市场", "market")], by=None, at=MONDAY_NINE)
    grids = [grid.code for grid in city.grids[:2]]
    done("duty-grid", "add", "D1", "第一责任网格", "LOTUS", *grids, "--by", "system_admin")
    done("area", "add", "A1", "莲花新村", "--unit", "LOTUS", "--kind", "estate", "--area-class", "A")

    assert [grid.code for grid in DutyGrid.objects.get(code="D1").grids.all()] == grids
    assert (Area.objects.get().unit, Area.objects.get().area_class) == (city.lotus, "A")
    for option, code in {"--grid": grids[0], "--duty-grid": "D1", "--area": "A1", "--point": "P1"}.items():
        done("person", "appoint", "reporter", "grid_worker", "LOTUS", option, code)
        name = option.strip("-").replace("-", "_")
        made = Appointment.objects.exclude(**{name: None}).get()
        assert (made.person, getattr(made, name).code) == (city.reporter, code)
        assert made.starts_on == timezone.localdate()
        assert refused("person", "appoint", "reporter", "grid_worker", "LOTUS", option, "NO").field == name
    assert code_of("duty-grid", "add", "D2", "二", "LOTUS", "NO") == "unknown_grid"
    assert code_of("duty-grid", "add", "D1", "又一个", "LOTUS", *grids) == "code_taken"
    assert code_of("area", "add", "A1", "又一个") == "code_taken"


def test_an_appointment_that_clashes_or_stands_already_is_refused(city: City) -> None:
    assert code_of("person", "appoint", "auditor", "unit_handler", "LOTUS") == "roles_apart"
    assert code_of("person", "appoint", "handler", "unit_handler", "LOTUS", "--from", str(SINCE)) == "appointed_already"
    assert code_of("person", "appoint", "nobody", "filer", "OFFICE") == "unknown_person"
    assert (
        code_of("person", "appoint", "filer", "filer", "OFFICE", "--from", "2030-02-01", "--to", "2030-01-01")
        == "ends_before_start"
    )


def test_an_appointment_ends_on_its_last_day_and_only_once(city: City) -> None:
    args = ("person", "end", "handler", "unit_handler", "LOTUS", "--last-day", "2026-11-30", "--by", "security_admin")
    assert done(*args) == "handler unit_handler LOTUS 2026-01-01–2026-11-30\n"
    book = reference.now().org
    assert len(book.posts_of(city.handler.pk, date(2026, 11, 30))) == 1
    assert book.posts_of(city.handler.pk, date(2026, 12, 1)) == ()
    assert code_of(*args) == "not_appointed"
    assert code_of("person", "end", "leader", "filer", "LOTUS", "--by", "security_admin") == "not_appointed"
    assert code_of("person", "end", "leader", "unit_leader", "LOTUS", "--by", "system_admin") == "not_allowed"
    assert run("person", "end", "leader", "unit_leader", "LOTUS").exit_code == 2


def test_ending_for_one_grid_leaves_the_other_appointments(city: City) -> None:
    for grid in city.grids[:2]:
        organisation.appoint(
            person=city.reporter,
            role="grid_worker",
            unit=city.lotus,
            grid=grid,
            starts_on=SINCE,
            by=None,
            at=MONDAY_NINE,
        )
    end = ("person", "end", "reporter", "grid_worker", "LOTUS", "--by", "security_admin", "--last-day", "2026-11-30")
    done(*end, "--grid", city.grids[0].code)
    held = Appointment.objects.filter(person=city.reporter, role="grid_worker", ends_on=None)
    assert [row.grid for row in held] == [city.grids[1]]
    done(*end)
    assert not held.all().exists()


def test_a_new_password_lets_its_owner_in_and_must_be_a_good_one(city: City) -> None:
    done("person", "password", "handler", "--password", PASSWORD + "-new", "--by", "security_admin")
    assert Person.objects.get(username="handler").check_password(PASSWORD + "-new")
    assert code_of("person", "password", "handler", "--password", "short") == "weak_password"
    assert code_of("person", "password", "handler", "--password", PASSWORD, "--by", "system_admin") == "not_allowed"
    assert code_of("person", "password", "nobody", "--password", PASSWORD) == "unknown_person"


def test_people_are_listed_with_the_posts_they_hold_today_and_without_phones(city: City) -> None:
    organisation.change_person(person=city.leader, changes={"is_active": False}, by=None, at=MONDAY_NINE)
    organisation.appoint(
        person=city.filer,
        role="reporter",
        unit=city.office,
        starts_on=timezone.localdate() + DAY,
        by=None,
        at=MONDAY_NINE,
    )
    told = {one["username"]: one for one in json.loads(done("person", "list", "--format", "json", "--all"))}
    assert len(told) == len(city.people)
    assert told["filer"]["posts"] == ["filer@OFFICE"]
    assert (told["leader"]["active"], told["leader"]["posts"]) == (False, [])
    table = done("person", "list")
    assert "unit_handler@LOTUS" in table
    assert "连长青" not in table
    assert "13800000000" not in table + json.dumps(told)


def test_units_are_listed_as_a_tree(city: City) -> None:
    organisation.change_unit(unit=city.lotus_south, changes={"active": False}, by=None, at=MONDAY_NINE)
    lines = done("unit", "list").splitlines()
    assert len(lines) == len(city.units)
    assert lines[0] == "COMMAND 指挥部 command_post"
    at = lines.index("  LOTUS 莲花镇 town")
    assert lines[at + 1 : at + 3] == [
        "    LOTUS_NORTH 莲北社区 community",
        "    LOTUS_SOUTH 莲南社区 community (not active)",
    ]
    assert "  SANITATION 环卫中心 department sanitation" in lines


def test_a_unit_is_changed_in_all_it_may_be_changed_in(city: City) -> None:
    change = ("unit", "change", "LOTUS", "--by", "system_admin")
    done(
        *change,
        "--name",
        "莲塘镇",
        "--hours",
        "08:00-12:00,14:00-17:30",
        "--calendar",
        "city",
        "--line",
        "a",
        "--line",
        "b",
    )
    row = Unit.objects.get(code="LOTUS")
    assert (row.name, row.initials, row.hours[1], row.calendar.code, row.lines) == (
        "莲塘镇", "ltz", ["14:00", "17:30"], "city", ["a", "b"],
    )  # fmt: skip
    done(*change, "--parent", "WILLOW", "--hours", "", "--calendar", "", "--line", "", "--inactive")
    row = Unit.objects.get(code="LOTUS")
    assert (row.parent, row.hours, row.calendar, row.lines, row.active) == (city.willow, [], None, [], False)
    done(*change, "--parent", "", "--active")
    row = Unit.objects.get(code="LOTUS")
    assert (row.parent, row.active) == (None, True)
    assert run(*change).exit_code == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--parent", "NO"], "unknown_unit"), (["--parent", "LOTUS_NORTH"], "unit_below_itself"),
        (["--calendar", "no"], "unknown_calendar"),
        (["--hours", "8-12"], "bad_hours"), (["--hours", "08:00-12:00,11:00-13:00"], "bad_hours"), (["--name", ""], "bad_value"),
        (["--name", "好", "--by", "security_admin"], "not_allowed"),
    ],
)  # fmt: skip
def test_a_change_of_a_unit_that_cannot_be_is_refused(city: City, given: list[str], code: str) -> None:
    before = Unit.objects.filter(code="LOTUS").values().get()
    assert code_of("unit", "change", "LOTUS", "--by", "system_admin", *given) == code
    assert Unit.objects.filter(code="LOTUS").values().get() == before


def test_a_code_belongs_to_one_unit(city: City) -> None:
    assert code_of("unit", "add", "LOTUS", "又一个", "town") == "code_taken"
    assert code_of("unit", "add", "NEW", "新", "town", "--parent", "NO") == "unknown_unit"
    assert run("unit", "add", "NEW", "新", "castle").exit_code == 2
    assert not Unit.objects.filter(code="NEW").exists()


def test_tokens_are_made_listed_and_revoked_once(city: City) -> None:
    plain = done("token", "create", "handler", "--name", "phone").strip()
    row = ApiToken.objects.get()
    listed = done("token", "list", "handler")
    assert str(row.pk) in listed
    assert "启用" in listed
    assert plain not in listed
    revoke = ("token", "revoke", str(row.pk), "--by")
    assert code_of(*revoke, "leader") == "not_allowed"
    done(*revoke, "handler")
    first = ApiToken.objects.get().revoked_at
    assert first is not None
    assert "已撤销" in done("token", "list", "handler")
    done(*revoke, "security_admin")
    assert ApiToken.objects.get().revoked_at == first
    assert code_of("token", "revoke", "999999", "--by", "handler") == "not_found"
    assert code_of("token", "create", "nobody") == "unknown_person"
    assert code_of("token", "list", "nobody") == "not_found"


def test_every_command_of_the_organisation_is_on_the_command_line(city: City) -> None:
    assert {one.name for one in commands} <= set(cli.list_commands(None))  # type: ignore[arg-type]
