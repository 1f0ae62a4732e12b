"""Ledgers with photos: small copies of before and after, inside their cells."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook
from PIL import Image

from civicloop.documents import pictures, xlsx
from civicloop.documents.rules.sheets import Sheet, SheetColumn, Thumb, Workbook
from tests.cast import CHINA, City
from tests.documents.samples import photo
from tests.documents.town import ask, month


def small(sha256: str) -> bytes:
    return photo("#a97" if sha256.startswith("a") else "#79a", (320, 240))


def book(rows: int) -> Workbook:
    columns = (SheetColumn("编号", 10), SheetColumn("整改前照片", 18, "photo"), SheetColumn("整改后照片", 18, "photo"))
    told = ((f"A{n:06d}", Thumb("a" * 64), Thumb("b" * 64) if n % 2 else None) for n in range(rows))
    return Workbook("ledger", "台账", (Sheet("台账", columns, told, "台账"),))


def test_pictures_stand_in_their_cells_and_rows_are_high_enough() -> None:
    out = BytesIO()
    assert xlsx.write(book(5), out, zone=CHINA, photo=small) == 5

    page = load_workbook(out)["台账"]
    places = sorted((one.anchor._from.row, one.anchor._from.col) for one in page._images)

    assert places == [(2, 1), (3, 1), (3, 2), (4, 1), (5, 1), (5, 2), (6, 1)]
    assert all(page.row_dimensions[row].height == xlsx.PHOTO_ROW for row in range(3, 8))
    for one in page._images:
        assert one.anchor.to.row == one.anchor._from.row, "a picture reaches into the next row"
        assert one.anchor.to.col == one.anchor._from.col


def test_the_same_picture_is_kept_once_in_the_file() -> None:
    few, many = BytesIO(), BytesIO()
    xlsx.write(book(2), few, zone=CHINA, photo=small)
    xlsx.write(book(200), many, zone=CHINA, photo=small)

    assert len(many.getvalue()) < len(few.getvalue()) + 40_000


def test_without_a_giver_of_copies_the_cells_are_empty() -> None:
    out = BytesIO()
    xlsx.write(book(2), out, zone=CHINA)

    assert load_workbook(out)["台账"]._images == []


@pytest.mark.parametrize("kind", ["ledger", "problem_list"])
def test_a_ledger_asked_for_with_photos_shows_them(city: City, kind: str) -> None:
    month(city)
    out = BytesIO()
    xlsx.write(ask(kind, options={"photos": True}), out, zone=CHINA, photo=pictures.small)

    page = load_workbook(out).worksheets[0]
    heads = [cell.value for cell in next(row for row in page.iter_rows() if row[0].value == "序号")]
    shown = {heads[one.anchor._from.col] for one in page._images}

    assert heads[-3:] == ["整改前照片", "整改后照片", "备注"]
    assert shown == {"整改前照片", "整改后照片"}
    assert [column.name for column in ask(kind).sheets[0].columns].count("整改前照片") == 0


def test_a_small_copy_is_small_and_a_lost_one_is_an_empty_frame(city: City) -> None:
    kept, lost = pictures.small(city.photo("near")["sha256"]), pictures.small("0" * 64)

    for data in (kept, lost):
        with Image.open(BytesIO(data)) as image:
            assert image.format == "JPEG"
            assert max(image.size) <= 320
        assert len(data) < 30_000
