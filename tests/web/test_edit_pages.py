"""Editing what the campaign is run with: only those who may, nothing typed is lost, and each change stands in the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from civicloop.ledger.actions import record
from civicloop.ledger.models import LedgerLine
from civicloop.organisation import actions
from civicloop.organisation.models import Appointment, CalendarDay, Person, Point, Unit
from civicloop.standards.models import Category, LimitRow, Parameter
from civicloop.web.desk.edit import calendars
from tests.cast import MONDAY_NINE, PASSWORD

Visit = Callable[..., Any]


def stamp_of(page: str) -> str:
    return page.split('name="stamp" value="')[1].split('"')[0]


def typed_unit(unit: Unit, **changes: Any) -> dict[str, Any]:
    return {
        "name": unit.name, "short_name": unit.short_name, "kind": unit.kind, "phone": unit.phone, "address": unit.address,
        "parent": unit.parent.code if unit.parent else "", "lines": unit.lines, "hours": "",
        "calendar": unit.calendar.code if unit.calendar else "", "active": "1", **changes,
    }  # fmt: skip


def test_a_unit_is_changed_and_its_page_of_changes_says_what_was_there(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")

    answer = admin.post(f"/edit/units/{city.lotus.uid}", **typed_unit(city.lotus, phone="0592-7000001"))

    assert answer.status_code == 302
    assert Unit.objects.get(pk=city.lotus.pk).phone == "0592-7000001"
    _, page = admin.get(f"/edit/units/{city.lotus.uid}")
    assert "<ins>0592-7000001</ins>" in page
    assert "席统" in page


def test_what_did_not_change_writes_nothing(city: Any, visitor: Visit) -> None:
    before = LedgerLine.objects.filter(kind="unit").count()

    answer = visitor("system_admin").post(f"/edit/units/{city.lotus.uid}", **typed_unit(city.lotus))

    assert answer.status_code == 302
    assert LedgerLine.objects.filter(kind="unit").count() == before


def test_of_two_who_edit_at_once_the_second_is_told_and_keeps_what_he_typed(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")
    stamp = stamp_of(admin.get(f"/edit/units/{city.lotus.uid}")[1])
    admin.post(f"/edit/units/{city.lotus.uid}", **typed_unit(city.lotus, phone="1"))

    answer = admin.post(f"/edit/units/{city.lotus.uid}", stamp=stamp, **typed_unit(city.lotus, address="Mill Lane 3"))

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Mill Lane 3" in text
    assert "Somebody else has changed this" in text
    assert Unit.objects.get(pk=city.lotus.pk).address == city.lotus.address


def test_a_unit_below_itself_is_refused_in_words_and_the_form_keeps_everything(city: Any, visitor: Visit) -> None:
    answer = visitor("system_admin").post(
        f"/edit/units/{city.lotus.uid}", **typed_unit(city.lotus, parent=city.lotus_north.code, phone="0592-7")
    )

    assert answer.status_code == 422
    assert "0592-7" in answer.content.decode()
    assert Unit.objects.get(pk=city.lotus.pk).parent_id == city.command.pk


def test_hours_that_cannot_be_read_are_told_beside_the_field_and_kept(city: Any, visitor: Visit) -> None:
    answer = visitor("system_admin").post(f"/edit/units/{city.lotus.uid}", **typed_unit(city.lotus, hours="8点到12点"))

    assert answer.status_code == 422
    assert "8点到12点" in answer.content.decode()
    assert 'id="e_hours"' in answer.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/edit/units/new", "/edit/people/new", "/edit/points/new", "/edit/units/{lotus}", "/edit/people/{handler}/appoint",
        "/edit/people/{filer}", "/edit/parameters/duplicate.days",
    ],
)  # fmt: skip
def test_who_may_not_edit_is_refused(city: Any, visitor: Visit, path: str) -> None:
    path = path.format(lotus=city.lotus.uid, handler=city.handler.uid, filer=city.filer.uid)

    status, _ = visitor("handler").get(path)

    assert status == 403


def test_a_new_person_is_added_appointed_and_the_post_ended(city: Any, visitor: Visit) -> None:
    admin = visitor("security_admin")

    first = admin.post("/edit/people/new", username="newcomer", name="辛来", phone="", email="", password="")
    made = Person.objects.get(username="newcomer")
    assert first["Location"] == f"/edit/people/{made.uid}/appoint"
    post = {"role": "reporter", "unit": city.lotus.code, "starts_on": "2026-11-23", "ends_on": "", "note": ""}
    assert admin.post(first["Location"], **post).status_code == 302
    appointment = Appointment.objects.get(person=made)
    again = admin.post(first["Location"], **post)
    assert again.status_code == 409
    assert admin.post(f"/edit/appointments/{appointment.uid}/end", last_day="2026-12-01").status_code == 302

    assert Appointment.objects.get(pk=appointment.pk).ends_on.isoformat() == "2026-12-01"


def test_the_history_of_a_person_words_posts_days_and_addresses_by_what_they_are(city: Any, visitor: Visit) -> None:
    actions.appoint(
        person=city.handler, role="inspector", unit=city.lotus, starts_on=date(2026, 8, 10), by=None, at=MONDAY_NINE
    )
    record("person", city.handler.uid, "login", by=city.handler.uid, at=MONDAY_NINE, data={"from": "127.0.0.1"})

    _, page = visitor("security_admin").get(f"/edit/people/{city.handler.uid}")
    history = page[page.index('class="edit-history"') :]

    assert "network address: 127.0.0.1" in history
    assert "First day: 2026-08-10" in history
    assert f"unit: {city.lotus.name}" in history
    assert "岗位：检查员" in visitor("security_admin", "zh-hans").get(f"/edit/people/{city.handler.uid}")[1]
    assert "earlier state" not in history
    assert city.lotus.code not in history


def test_a_person_changes_the_own_phone_and_nothing_else(city: Any, visitor: Visit) -> None:
    answer = visitor("handler").post(
        f"/edit/people/{city.handler.uid}", phone="13900000001", email="", name="Somebody Else", is_active=""
    )

    row = Person.objects.get(pk=city.handler.pk)
    assert answer.status_code == 302
    assert (row.phone, row.name, row.is_active) == ("13900000001", "连办", True)


def test_two_different_passwords_are_refused_and_never_shown_again(city: Any, visitor: Visit) -> None:
    answer = visitor("handler").post(
        f"/edit/people/{city.handler.uid}/password", present=PASSWORD, password="reed-bank-2026", again="reed-bank-2027"
    )

    assert answer.status_code == 422
    assert "reed-bank" not in answer.content.decode()
    assert PASSWORD not in answer.content.decode()


@pytest.mark.parametrize("present", ["", "not-the-password"])
def test_the_own_password_changes_only_for_who_knows_the_present_one(city: Any, visitor: Visit, present: str) -> None:
    person, where = visitor("handler"), f"/edit/people/{city.handler.uid}/password"

    refused = person.post(where, present=present, password="reed-bank-2026", again="reed-bank-2026")

    assert refused.status_code == 422
    assert 'id="e_present"' in refused.content.decode()
    assert Person.objects.get(pk=city.handler.pk).check_password(PASSWORD)


def test_who_changes_the_own_password_stays_logged_in_and_every_other_session_ends(city: Any, visitor: Visit) -> None:
    here, elsewhere = visitor("handler"), visitor("handler")

    here.post(
        f"/edit/people/{city.handler.uid}/password", present=PASSWORD, password="reed-bank-2026", again="reed-bank-2026"
    )

    assert Person.objects.get(pk=city.handler.pk).check_password("reed-bank-2026")
    assert here.get("/inbox")[0] == 200
    assert elsewhere.get("/inbox")[0] == 302


def test_guessing_the_present_password_closes_the_door_as_guessing_at_the_log_in_does(
    city: Any, visitor: Visit
) -> None:
    person, where = visitor("handler"), f"/edit/people/{city.handler.uid}/password"
    for _ in range(5):
        person.post(where, present="not-the-password", password="reed-bank-2026", again="reed-bank-2026")

    late = person.post(where, present=PASSWORD, password="reed-bank-2026", again="reed-bank-2026")

    assert late.status_code in (403, 422, 429)
    assert Person.objects.get(pk=city.handler.pk).check_password(PASSWORD)


def test_somebody_elses_lost_password_is_set_without_knowing_it(city: Any, visitor: Visit) -> None:
    where = f"/edit/people/{city.handler.uid}/password"
    admin = visitor("security_admin")

    assert 'name="present"' not in admin.get(where)[1]
    assert admin.post(where, password="reed-bank-2026", again="reed-bank-2026").status_code == 302
    assert Person.objects.get(pk=city.handler.pk).check_password("reed-bank-2026")


def test_a_token_is_shown_once_and_can_be_revoked(city: Any, visitor: Visit) -> None:
    person = visitor("handler")

    made = person.post(f"/edit/people/{city.handler.uid}/tokens", name="spreadsheet").content.decode()
    later = person.get(f"/edit/people/{city.handler.uid}/tokens")[1]
    number = city.handler.tokens.get().pk
    person.post(f"/edit/people/{city.handler.uid}/tokens/{number}/revoke")

    assert "cl_" in made
    assert "cl_" not in later
    assert city.handler.tokens.get().revoked_at is not None


def test_a_limit_is_set_by_the_office_and_the_category_tells(city: Any, visitor: Visit) -> None:
    office, category = visitor("supervisor"), city.litter
    condition = category.conditions.get()

    answer = office.post(f"/edit/limits/{condition.pk}/A", amount="2.5", unit="work_hour")

    row = LimitRow.objects.get(condition=condition, area_class="A")
    assert answer.status_code == 302
    assert (str(row.amount.normalize()), row.unit) == ("2.5", "work_hour")
    assert "2.5 working hours" in office.get(f"/edit/categories/{category.uid}")[1]


@pytest.mark.parametrize("amount", ["0", "-1", "many", "1e9", "NaN", ""])
def test_a_limit_no_clock_can_count_is_refused(city: Any, visitor: Visit, amount: str) -> None:
    condition = city.litter.conditions.get()
    before = LimitRow.objects.filter(condition=condition, area_class="A").values_list("amount", "unit").first()

    answer = visitor("supervisor").post(f"/edit/limits/{condition.pk}/A", amount=amount, unit="work_hour")

    assert answer.status_code == 422
    assert LimitRow.objects.filter(condition=condition, area_class="A").values_list("amount", "unit").first() == before


def test_a_category_gets_a_question_with_its_values(city: Any, visitor: Visit) -> None:
    path = f"/edit/categories/{city.litter.uid}/questions/new"

    answer = visitor("supervisor").post(
        path, code="side", text="哪一侧", datatype="singlevaluelist", values="1 左侧\n2 右侧", required="1", order="1"
    )

    row = Category.objects.get(pk=city.litter.pk).questions.get(code="side")
    assert answer.status_code == 302
    assert row.values == [{"key": "1", "name": "左侧"}, {"key": "2", "name": "右侧"}]


def test_a_day_and_a_year_are_entered_as_announced(city: Any, visitor: Visit) -> None:
    admin, code = visitor("system_admin"), "city"

    assert admin.post(f"/edit/calendars/{code}/day", day="2026-12-31", kind="off", name="").status_code == 302
    lines = "2027-01-01 休 元旦\n2027-01-03 班\n"
    assert admin.post(f"/edit/calendars/{code}/year", year="2027", days=lines).status_code == 302

    assert not CalendarDay.objects.get(day="2026-12-31").is_working
    assert CalendarDay.objects.get(day="2027-01-03").is_working
    assert "not announced yet" not in admin.get(f"/edit/calendars?code={code}&year=2027")[1]
    assert "not announced yet" in admin.get(f"/edit/calendars?code={code}&year=2028")[1]


def test_a_line_that_is_no_day_is_named_and_the_text_is_kept(city: Any, visitor: Visit) -> None:
    answer = visitor("system_admin").post("/edit/calendars/city/year", year="2027", days="2027-01-01 休\nsomeday 休")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 2" in text
    assert "someday" in text
    assert not CalendarDay.objects.filter(day__year=2027, source="announced").exists()


def test_lines_of_days_are_read_with_names() -> None:
    days, names = calendars.read_days("2027-02-06 休 春节 初一\n\n2027-02-14 work")

    assert [(one.isoformat(), works) for one, works in days.items()] == [("2027-02-06", False), ("2027-02-14", True)]
    assert list(names.values()) == ["春节 初一", ""]


def test_parameters_of_each_form_are_set_and_nonsense_is_refused(city: Any, visitor: Visit) -> None:
    office = visitor("supervisor")

    assert office.post("/edit/parameters/duplicate.days", value="21").status_code == 302
    assert office.post("/edit/parameters/stages.file", amount="3", unit="work_hour").status_code == 302
    assert office.post("/edit/parameters/duplicate.days", value="2.5").status_code == 422
    assert office.post("/edit/parameters/escalation", value="[{]").status_code == 422
    assert office.post("/edit/parameters/escalation", value='[{"key": "x"}]').status_code == 422

    assert Parameter.objects.get(name="duplicate.days").value == 21
    assert Parameter.objects.get(name="stages.file").value == {"amount": "3", "unit": "work_hour"}


def test_a_point_is_added_and_moved_with_its_grid(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")
    given = {"name": "莲花市场", "unit": city.lotus.code, "address": "", "point_type": "X", "datum": "wgs84"}
    here, there = city.grids[0], city.grids[1]

    refused = admin.post(
        "/edit/points/new", code="P1", lon=str(here.west + 0.001), lat=str(here.south + 0.001), **given
    )
    assert refused.status_code == 422  # no such point type
    made = Point.objects.create(code="P1", name="莲花市场", point_type="X", unit=city.lotus)
    page = admin.get(f"/edit/points/{made.uid}")
    assert page[0] == 200
    from civicloop.organisation.actions import change_point

    change_point(
        point=made,
        changes={"lon": there.west + 0.001, "lat": there.south + 0.001},
        by=city.system_admin,
        at=MONDAY_NINE,
    )

    assert Point.objects.get(pk=made.pk).tile_key is not None
    assert LedgerLine.objects.filter(kind="point", verb="point.change").exists()


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/edit/points", 8), ("/edit/areas", 8), ("/edit/duty-grids", 8), ("/edit/categories", 7), ("/edit/calendars", 10),
        ("/edit/parameters", 8), ("/edit/categories/{litter}", 10), ("/edit/units/{lotus}", 14),
    ],
)  # fmt: skip
def test_edit_pages_need_few_statements(city: Any, visitor: Visit, path: str, most: int) -> None:
    path = path.format(litter=city.litter.uid, lotus=city.lotus.uid)

    assert visitor("system_admin").statements(path) <= most


def test_what_a_person_wants_to_hear_is_kept_and_nonsense_is_told(city: Any, visitor: Visit) -> None:
    from civicloop.notify.wishes import choice_of

    person = visitor("handler")
    good = {"mail": "all", "sms": "off", "quiet_from": "20:00", "quiet_to": "07:00", "digest_at": "09:30"}

    assert person.post("/edit/messages", **good)["Location"].startswith("/settings")
    assert choice_of(city.handler)["digest_at"] == "09:30"
    person.post("/edit/messages", **{**good, "digest_at": "25:00"})

    assert choice_of(city.handler)["digest_at"] == "09:30"
    assert "25:00" in person.get("/settings")[1]


def test_a_robot_is_set_up_by_the_system_administrator_and_its_address_shown_to_nobody(
    city: Any, visitor: Visit
) -> None:
    admin = visitor("system_admin")

    answer = admin.post(
        "/edit/robots/new", unit=city.lotus.code, name="莲花群", address="wecombot://0123456789abcdef", mode="daily"
    )

    assert answer.status_code == 302
    assert "0123456789abcdef" not in admin.get("/edit/robots")[1]
    assert visitor("leader").get("/edit/robots")[0] == 403


@pytest.mark.parametrize("number", ["1e999999", "1e400", "-1e-999999"])
def test_a_number_of_a_million_digits_is_refused_at_once(city: Any, visitor: Any, number: str) -> None:
    assert visitor("system_admin").post("/edit/parameters/duplicate.radius_m", value=number).status_code == 422


def test_hours_without_an_end_are_refused_in_words(city: Any, visitor: Any) -> None:
    typed = {"name": "莲花镇", "kind": "town", "parent": "COMMAND", "active": "1", "hours": "morning"}

    assert visitor("system_admin").post(f"/edit/units/{city.lotus.uid}", **typed).status_code == 422
