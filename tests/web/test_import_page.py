"""The import page: the same verdicts as the command, nothing written before somebody says yes, nothing lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from civicloop.cases.models import Case
from civicloop.importing.models import Upload
from civicloop.importing.rules.guessing import guess
from civicloop.importing.rules.mapping import FIELDS
from civicloop.organisation.models import Point

Visit = Callable[..., Any]
POINTS = (
    "点位编号,点位名称,点位类型,责任单位,经度,纬度\nP1,莲花市场,MARKET,{unit},118.105,24.705\n"
    "P2,,MARKET,{unit},118.105,24.705\nP3,柳塘广场,SQUARE,NOWHERE,,\n"
)


def given(person: Any, kind: str, text: str, name: str = "points.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode("utf-8-sig"))
    return person.post("/import", kind=kind, file=file)


def mapped(person: Any, where: str, **fields: str) -> Any:
    return person.post(where, datum="wgs84", **{f"f_{name}": column for name, column in fields.items()})


POINT_COLUMNS = {
    "code": "点位编号", "name": "点位名称", "point_type": "点位类型", "unit": "责任单位", "lon": "经度", "lat": "纬度",
}  # fmt: skip


def test_a_file_is_looked_at_judged_and_then_brought_in(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")

    where = given(admin, "points", POINTS.format(unit=city.lotus.code))["Location"]
    _, looked = admin.get(where)
    assert 'value="点位编号" selected' in looked
    assert "莲花市场" in looked
    assert mapped(admin, where, **POINT_COLUMNS).status_code == 302

    _, judged = admin.get(where)
    upload = Upload.objects.get()
    assert (upload.state, upload.tally["added"], upload.tally["refused"]) == ("judged", 1, 2)
    assert "Bring 1 row in" in judged
    assert "NOWHERE" in judged
    assert not Point.objects.filter(code="P1").exists()

    assert admin.post(f"{where}/bring").status_code == 302
    assert Point.objects.get(code="P1").name == "莲花市场"
    assert Upload.objects.get().state == "done"
    report = b"".join(admin.client.get(f"{where}/report.csv").streaming_content).decode("utf-8-sig")
    assert report.count("\n") == 3


def test_said_yes_twice_it_comes_in_once(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")
    where = given(admin, "points", POINTS.format(unit=city.lotus.code))["Location"]
    mapped(admin, where, **POINT_COLUMNS)
    admin.post(f"{where}/bring")

    assert admin.post(f"{where}/bring").status_code == 409
    again = given(admin, "points", POINTS.format(unit=city.lotus.code))["Location"]
    mapped(admin, again, **POINT_COLUMNS)

    assert Upload.objects.order_by("pk").last().tally["known"] == 1
    assert Point.objects.filter(code="P1").count() == 1


def test_a_column_that_is_missing_is_named_and_the_choices_stay(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")
    where = given(admin, "points", POINTS.format(unit=city.lotus.code))["Location"]

    answer = mapped(admin, where, name="点位名称")

    assert answer.status_code == 422
    assert 'value="点位名称" selected' in answer.content.decode()
    assert Upload.objects.get().state == "received"


def test_a_filer_brings_cases_and_no_points(city: Any, visitor: Visit) -> None:
    filer = visitor("filer")
    rows = f"案卷号,小类代码,上报时间,问题描述,地址\nK1,{city.litter.code},2026-11-20 09:00,纸屑,莲花路\n"

    assert given(filer, "points", "a,b\n1,2\n").status_code == 403
    where = given(filer, "cases", rows, "cases.csv")["Location"]
    columns = {
        "key": "案卷号",
        "category": "小类代码",
        "reported_at": "上报时间",
        "description": "问题描述",
        "address": "地址",
    }
    mapped(filer, where, **columns)
    filer.post(f"{where}/bring")

    assert Case.objects.get(external_key="K1").description == "纸屑"


def test_a_mapping_file_may_say_what_a_table_of_choices_cannot(city: Any, visitor: Visit) -> None:
    filer = visitor("filer")
    where = given(filer, "cases", "nr,what,day\n7,paper,2026-11-20\n", "old.csv")["Location"]
    mapping = (
        "kind: cases\nfields:\n  key: {template: 'old:{nr}'}\n"
        f"  category: {{column: what, values: {{paper: '{city.litter.code}'}}}}\n  reported_at: day\n"
    )

    filer.post(where, mapping=SimpleUploadedFile("m.yaml", mapping.encode()))
    filer.post(f"{where}/bring")

    assert Case.objects.filter(external_key="old:7").exists()


@pytest.mark.parametrize(("name", "content"), [("points.exe", "MZ"), ("points.csv", ""), ("points.pdf", "%PDF-1.4")])
def test_what_nobody_reads_is_refused_at_the_door(city: Any, visitor: Visit, name: str, content: str) -> None:
    answer = visitor("system_admin").post("/import", kind="points", file=SimpleUploadedFile(name, content.encode()))

    assert answer.status_code == 422
    assert not Upload.objects.exists()


def test_a_file_that_only_looks_like_one_is_told_on_its_page(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")
    file = SimpleUploadedFile("points.xlsx", b"PK\x03\x04 this is no workbook")

    where = admin.post("/import", kind="points", file=file)["Location"]

    status, text = admin.get(where)
    assert status == 200
    assert "told error" in text


def test_nobody_else_sees_the_file_and_a_handler_may_bring_nothing(city: Any, visitor: Visit) -> None:
    where = given(visitor("filer"), "cases", "a\n1\n")["Location"]

    assert visitor("system_admin").get(where)[0] == 404
    assert visitor("handler").get("/import")[0] == 403


def test_columns_are_guessed_by_the_names_offices_use_and_none_is_given_away_twice() -> None:
    found = guess(["编号", "点位名称", "点位类型", "责任 单位", "经度", "纬度(y)"], FIELDS["points"])

    assert found["name"] == "点位名称"
    assert found["unit"] == "责任 单位"
    assert found["code"] == "编号"
    assert len(set(found.values())) == len(found)


def test_a_long_chinese_name_is_no_hindrance(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")

    where = given(admin, "points", POINTS.format(unit=city.lotus.code), "点" * 110 + ".csv")["Location"]

    assert admin.get(where)[0] == 200


def test_a_mapping_whose_parts_stand_for_one_another_is_refused_before_it_unfolds(city: Any, visitor: Visit) -> None:
    admin = visitor("system_admin")
    where = given(admin, "points", POINTS.format(unit=city.lotus.code))["Location"]
    plain = "kind: points\nfields: {code: 点位编号, name: 点位名称, point_type: 点位类型}\n"

    aliased = plain.replace("点位编号", "&one 点位编号").replace("点位名称", "*one")
    assert admin.post(where, mapping=SimpleUploadedFile("m.yaml", aliased.encode())).status_code == 422
    assert Upload.objects.get().state == "received"
    assert admin.post(where, mapping=SimpleUploadedFile("m.yaml", plain.encode())).status_code == 302


def test_what_nobody_works_on_any_more_is_said_and_set_going_again(city: Any, visitor: Visit, settings: Any) -> None:
    admin = visitor("system_admin")
    where = given(admin, "points", POINTS.format(unit=city.lotus.code))["Location"]
    settings.CIVICLOOP_JOBS_RUN = "none"  # the worker is gone, and its job with it
    mapped(admin, where, **POINT_COLUMNS)
    assert mapped(admin, where, **POINT_COLUMNS).status_code == 409
    _, running = admin.get(where)
    assert "every 2s" in running
    assert "broken off" not in running

    long_ago()
    _, still = admin.get(where)
    assert "broken off" in still
    assert "every 2s" not in still
    assert 'value="点位编号" selected' in still
    settings.CIVICLOOP_JOBS_RUN = "now"
    mapped(admin, where, **POINT_COLUMNS)
    assert Upload.objects.get().state == "judged"

    settings.CIVICLOOP_JOBS_RUN = "none"
    admin.post(f"{where}/bring")
    assert admin.post(f"{where}/bring").status_code == 409
    long_ago()
    assert "Go on bringing it in" in admin.get(where)[1]
    settings.CIVICLOOP_JOBS_RUN = "now"
    assert admin.post(f"{where}/bring").status_code == 302
    assert (Upload.objects.get().state, Point.objects.filter(code="P1").count()) == ("done", 1)


def long_ago() -> None:
    """As if an hour had passed since somebody last took the file up."""
    Upload.objects.update(begun_at=Upload.objects.get().begun_at - timedelta(hours=1))
