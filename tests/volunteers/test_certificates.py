"""Certificates: a number nobody else has, a content that never changes, a public check that tells little; and exports."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from civicloop.documents.certificates import certificate_name, public_address, qr_svg, write_certificate
from civicloop.documents.rules.certificates import page_data
from civicloop.documents.volunteer_commands import volunteers as command
from civicloop.documents.volunteer_export import export
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed
from civicloop.ledger.models import LedgerLine
from civicloop.volunteers.actions import certificates, hours, people
from civicloop.volunteers.models import Certificate, CertificateCounter, ServiceRecord, Volunteer
from civicloop.volunteers.queries import hours as asking
from tests.cast import CHINA
from tests.threads import at_once
from tests.volunteers.cast import Corps, build_corps
from tests.volunteers.folk import NOW, id_number, volunteer

MORNING = datetime(2026, 11, 20, 8, tzinfo=CHINA)


def serve(corps: Corps, who: Volunteer, days: int = 0, *, unit: str = "mulberry", **given: Any) -> Any:
    told = {"title": "站点值守", "content": "值守", "place": "莲北文明实践站", "unit": corps.city.units[unit]} | given
    start = MORNING - timedelta(days=days)
    return hours.record(volunteer=who, starts_at=start, ends_at=start + timedelta(hours=2.5), by=None, at=NOW, **told)


def issue(
    corps: Corps, who: Volunteer, *, unit: str = "centre", by: str | None = "order_desk", **given: Any
) -> Certificate:
    person = corps.people[by] if by else None
    return certificates.issue(volunteer=who, unit=corps.city.units[unit], by=person, **({"at": NOW} | given))


def test_a_certificate_has_a_number_a_code_and_what_was_served(corps: Corps) -> None:
    who = volunteer(corps)
    for days in (0, 1):
        serve(corps, who, days)
    made = issue(corps, who)

    assert made.number == "志证2026000001"
    assert made.hours == Decimal(made.content["hours"]) == 5
    assert [one["day"] for one in made.content["activities"]] == ["2026-11-19", "2026-11-20"]
    assert id_number(date(1990, 5, 1)) not in str(made.content)
    assert asking.certificate_by_code(f" {made.code[:5].lower()}-{made.code[5:]} ") == made


def test_numbers_count_on_and_begin_anew_each_year(corps: Corps) -> None:
    who = volunteer(corps)
    serve(corps, who)
    made = [issue(corps, who, at=NOW + timedelta(days=day)).number for day in range(2)]
    made.append(issue(corps, who, at=NOW + timedelta(days=60)).number)

    assert made == ["志证2026000001", "志证2026000002", "志证2027000001"]


def test_the_same_asked_twice_on_a_day_is_one_certificate(corps: Corps) -> None:
    who = volunteer(corps)
    for days in (0, 1):
        serve(corps, who, days)
    first = issue(corps, who)
    assert issue(corps, who) == first
    assert issue(corps, who, start=date(2026, 11, 19), end=date(2026, 11, 19)) != first, "another period"
    assert issue(corps, who, unit="mulberry", by="mulberry_leader") != first, "another unit"
    certificates.revoke(certificate=first, reason="印错", by=corps.order_desk, at=NOW)
    assert issue(corps, who) != first, "what was revoked is not given again"
    record = ServiceRecord.objects.filter(volunteer=who).earliest("pk")
    newest = issue(corps, who)
    hours.correct(
        record=record, starts_at=record.starts_at, ends_at=record.ends_at, hours=record.hours, reason="核对", by=corps.order_desk,
        at=NOW,
    )  # fmt: skip
    assert issue(corps, who) != newest, "other records, though they say the same"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_issue_at_once_no_two_get_the_same_number_and_none_is_left_out() -> None:
    corps = build_corps()
    people = [volunteer(corps, f"义{n}", serial=n) for n in range(1, 7)]
    for one in people:
        serve(corps, one)
    faults = at_once(*(partial(issue, corps, one) for one in people))

    assert faults == [None] * 6
    assert sorted(Certificate.objects.values_list("number", flat=True)) == [f"志证2026{n:06d}" for n in range(1, 7)]
    assert CertificateCounter.objects.get().last == 6
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=Certificate.objects.earliest("pk").pk).update(number="志证2026000006")


def test_a_number_of_a_certificate_that_failed_is_not_lost(corps: Corps) -> None:
    who, idle = volunteer(corps), volunteer(corps, "乙义", serial=2)
    serve(corps, who)
    with pytest.raises(Conflict) as no:
        issue(corps, idle)
    assert no.value.code == "nothing_to_certify"
    assert issue(corps, who).serial == 1


def test_who_records_certifies_and_a_unit_no_more_than_it_organised(corps: Corps) -> None:
    who = volunteer(corps)
    serve(corps, who, 0)
    serve(corps, who, 1, unit="plum")

    assert issue(corps, who, unit="mulberry", by="mulberry_leader").hours == Decimal("2.5")
    assert issue(corps, who, unit="lotus", by="leader").hours == 5, "the town over both teams"
    assert issue(corps, who).hours == 5
    for by, unit in (
        ("mulberry_leader", "plum"),
        ("mulberry_handler", "mulberry"),
        ("reporter", "centre"),
        ("auditor", "centre"),
    ):
        with pytest.raises(NotAllowed):
            issue(corps, who, unit=unit, by=by)


def test_a_period_counts_its_first_and_last_day(corps: Corps) -> None:
    who = volunteer(corps)
    for days in (0, 1, 2):
        serve(corps, who, days)
    made = issue(corps, who, start=date(2026, 11, 18), end=date(2026, 11, 19))

    assert made.hours == 5
    with pytest.raises(Invalid):
        issue(corps, who, start=date(2026, 11, 19), end=date(2026, 11, 18))


def test_the_public_check_tells_little_and_says_what_has_changed_since(corps: Corps) -> None:
    who = volunteer(corps, "欧阳甲义")
    record = serve(corps, who)
    made = issue(corps, who)
    shown = asking.check_certificate(number=made.number, code=made.code)

    assert shown is not None
    assert shown.name == "欧**义"
    assert (shown.revoked, shown.changed_since, shown.hours, shown.issuer) == (
        False,
        False,
        Decimal("2.5"),
        "文明实践中心",
    )
    assert asking.check_certificate(number="志证2026000002", code=made.code) is None
    assert asking.check_certificate(code="AAAAAAAAAA") is None
    hours.void(record=record, reason="错", by=None, at=NOW)
    again = asking.check_certificate(code=made.code)
    assert again is not None
    assert again.changed_since
    assert again.hours == Decimal("2.5")


def test_a_certificate_is_revoked_once_by_the_centre_with_a_reason_and_stays_to_be_seen(corps: Corps) -> None:
    who = volunteer(corps)
    serve(corps, who)
    made = issue(corps, who)
    content = dict(made.content)
    with pytest.raises(NotAllowed):
        certificates.revoke(certificate=made, reason="错", by=corps.mulberry_leader, at=NOW)
    with pytest.raises(Invalid):
        certificates.revoke(certificate=made, reason="", by=corps.order_desk, at=NOW)
    gone = certificates.revoke(certificate=made, reason="时间有误", by=corps.order_desk, at=NOW)
    with pytest.raises(Conflict):
        certificates.revoke(certificate=made, reason="又", by=corps.order_desk, at=NOW)

    assert (gone.revoked_by, gone.content) == (corps.order_desk, content)
    checked = asking.check_certificate(code=made.code)
    assert checked is not None
    assert checked.revoked
    assert [line.verb for line in LedgerLine.objects.filter(uid=made.uid).order_by("seq")] == [
        "certificate.issue", "certificate.revoke",
    ]  # fmt: skip
    with pytest.raises(Conflict):
        write_certificate(gone, io.BytesIO())


def test_what_a_certificate_says_does_not_change_with_its_person(corps: Corps) -> None:
    who = volunteer(corps)
    record = serve(corps, who)
    made = issue(corps, who)
    people.change(volunteer=who, changes={"name": "改名"}, by=None, at=NOW)
    people.leave(volunteer=who, reason="", by=None, at=NOW)
    hours.correct(
        record=record, starts_at=MORNING, ends_at=MORNING + timedelta(hours=1), reason="更正", by=None, at=NOW
    )
    row = Certificate.objects.get(pk=made.pk)

    assert row.content == made.content
    assert certificates.digest(row.content) == row.digest
    assert row.content["name"] == "甲义"


# On paper.


def test_the_pdf_is_written_from_the_frozen_content_alone_and_is_the_same_each_time(corps: Corps) -> None:
    who = volunteer(corps)
    for days in range(3):
        serve(corps, who, days)
    made = issue(corps, who)
    files = [io.BytesIO(), io.BytesIO()]
    write_certificate(made, files[0], base="https://city.example")
    people.leave(volunteer=who, reason="", by=None, at=NOW)
    write_certificate(Certificate.objects.get(pk=made.pk), files[1], base="https://city.example/")

    assert files[0].getvalue() == files[1].getvalue()
    assert files[0].getvalue().startswith(b"%PDF-")
    assert certificate_name(made) == "志证2026000001 志愿服务记录证明.pdf"


def test_the_page_says_who_when_how_long_by_whom_and_how_to_check_it(corps: Corps) -> None:
    who = volunteer(corps)
    serve(corps, who)
    made = issue(corps, who)
    address = public_address(made, base="https://city.example")
    data = page_data(made.content, made.code, address)

    assert address == f"https://city.example/p/certificate/{made.code}"
    number = id_number(date(1990, 5, 1))
    assert data["statement"] == (
        f"兹证明　甲义（居民身份证尾号{number[-4:]}）　自2026年11月20日至2026年11月20日参加志愿服务1次，服务时间共计2.5小时。"
    )
    assert address in data["note"]
    assert made.code[:5] in data["code"]
    assert number not in str(data)
    assert data["rows"] == [["1", "2026-11-20", "站点值守", "莲北文明实践站", "桑榆服务队", "2.5"]]


def test_the_qr_code_says_the_address_and_no_name(corps: Corps) -> None:
    import segno

    wanted = io.BytesIO()
    segno.make("https://city.example/p/certificate/ABCDEFGHJK", error="q", micro=False).save(
        wanted, kind="svg", border=2
    )

    assert qr_svg("https://city.example/p/certificate/ABCDEFGHJK") == wanted.getvalue()
    assert b"<svg" in wanted.getvalue()


# Exports.


def test_the_national_platforms_fields_stand_in_the_export_of_people(corps: Corps) -> None:
    volunteer(corps, "=甲义", skills=[corps.skills["hair"], corps.skills["repair"]])
    file = io.BytesIO()
    rows = export(kind="people", purpose="上报", form="csv", file=file, by=corps.order_desk, at=NOW)
    told = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"))))

    assert rows == 1
    assert file.getvalue().startswith(b"\xef\xbb\xbf")
    assert told[0] == [
        "姓名",
        "性别",
        "出生日期",
        "证件类型",
        "证件号码",
        "所在区域",
        "联系电话",
        "服务技能",
        "注册日期",
    ]
    number = id_number(date(1990, 5, 1))
    assert told[1] == [
        "'=甲义", "女", "1990-05-01", "居民身份证", number, "莲北社区", "13900000001", "理发、维修", "2026-05-07",
    ]  # fmt: skip


def test_records_go_out_as_a_workbook_with_hours_as_numbers(corps: Corps) -> None:
    who = volunteer(corps)
    for days in (0, 1):
        record = serve(corps, who, days)
    hours.void(record=record, reason="错", by=None, at=NOW)
    file = io.BytesIO()
    rows = export(
        kind="records", purpose="上报", form="xlsx", file=file, by=corps.order_desk, at=NOW, end=date(2026, 11, 20)
    )
    sheet = load_workbook(file).active
    assert sheet is not None
    told = list(sheet.iter_rows(min_row=2, values_only=True))

    assert rows == 1
    assert told[0] == (
        "姓名", "证件类型", "证件号码", "活动名称", "服务日期", "服务地点", "服务内容", "服务时间（小时）", "组织单位", "负责人",
    )  # fmt: skip
    assert told[1][3:9] == ("站点值守", datetime(2026, 11, 20), "莲北文明实践站", "值守", 2.5, "桑榆服务队")  # noqa: DTZ001
    assert (
        export(kind="records", purpose="上报", form="xlsx", file=io.BytesIO(), by=None, at=NOW, end=date(2026, 11, 19))
        == 0
    )
    assert ZipFile(file).testzip() is None


def test_an_export_without_permission_reads_nothing_and_leaves_no_file_behind(corps: Corps) -> None:
    volunteer(corps)
    file = io.BytesIO()
    with pytest.raises(NotAllowed):
        export(kind="people", purpose="上报", form="csv", file=file, by=corps.mulberry_leader, at=NOW)
    with pytest.raises(Invalid):
        export(kind="people", purpose="上报", form="pdf", file=file, by=corps.order_desk, at=NOW)

    assert file.getvalue() == b""
    assert not LedgerLine.objects.filter(kind="volunteer_export").exists()


# Commands.


def test_commands_show_hours_masked_issue_certificates_and_export_guardedly(corps: Corps, tmp_path: Path) -> None:
    who = volunteer(corps)
    serve(corps, who)
    run = CliRunner()
    shown = run.invoke(command, ["hours", str(who.uid)])
    made = run.invoke(command, ["certificate", str(who.uid), "--unit", "CENTRE", "--out", str(tmp_path)])
    again = run.invoke(
        command, ["certificate", "--number", Certificate.objects.get().number, "--out", str(tmp_path / "b")]
    )
    out = tmp_path / "people.csv"
    exported = run.invoke(command, ["export", "people", "--purpose", "上报", "--out", str(out)])
    refused = run.invoke(
        command, ["export", "people", "--purpose", "x", "--as", "reporter", "--out", str(tmp_path / "no.csv")]
    )

    assert shown.exit_code == 0
    assert "2.5 h" in shown.output
    assert "甲义" not in shown.output
    assert made.exit_code == again.exit_code == exported.exit_code == 0
    first, second = (next(folder.glob("*.pdf")).read_bytes() for folder in (tmp_path, tmp_path / "b"))
    assert first == second
    assert first.startswith(b"%PDF-")
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert out.stat().st_mode & 0o077 == 0
    assert isinstance(refused.exception, NotAllowed)
    assert sorted(path.name for path in tmp_path.iterdir() if "no.csv" in path.name) == []
