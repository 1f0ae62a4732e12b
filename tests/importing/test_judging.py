"""Judging a file: the same verdicts as bringing it in, slice by slice, and an end whatever happens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from django_q.exceptions import TimeoutException

from civicloop.cases.models import Case
from civicloop.importing.actions import uploading
from civicloop.importing.actions.cases import CaseBringer
from civicloop.importing.actions.judged import Judged
from civicloop.importing.actions.places import PointBringer
from civicloop.importing.models import Upload
from civicloop.organisation.models import Point
from civicloop.photos.storage import storage
from civicloop.standards import actions as standards
from civicloop.standards import editions
from civicloop.standards.rules.pack import load_pack, shipped_packs
from tests.importing.conftest import TODAY, Town
from tests.importing.files import MAPPING, csv_file
from tests.importing.test_import_cases import bring
from tests.importing.test_import_places import POINTS
from tests.importing.test_import_places import bring as bring_places

pytestmark = pytest.mark.django_db
LEANING = MAPPING.replace(
    "  description: 描述\n", "  description: 描述\n  recurrence_of: 地点\n  merged_into: 描述\n"
).replace("    新: []", "    新: []\n    并: [{step: merge, at: $reported_at}]")


def rows_of(*told: tuple[str, str, str]) -> list[tuple[Any, ...]]:
    """Rows with (key, the case it came back from, state); "并" is merged into the first."""
    return [
        (key, "垃圾", 118.155, 24.725, "2026-11-02 09:00", state, "", back, "K1" if state == "并" else "")
        for key, back, state in told
    ]


@pytest.fixture
def slices_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CaseBringer, "batch", 2)
    monkeypatch.setattr(PointBringer, "batch", 2)


def test_rows_are_judged_as_they_would_come_in_however_far_apart_they_stand(
    town: Town, tmp_path: Path, slices_of_two: None
) -> None:
    rows = rows_of(
        ("K1", "", "新"), ("K2", "", "新"), ("K3", "K1", "新"), ("K4", "", "并"), ("K1", "", "新"), ("K2", "K1", "新"),
        ("K5", "nowhere", "新"), ("K6", "K5", "新"), ("K7", "K3", "并"),
    )  # fmt: skip
    path = csv_file(tmp_path / "rows.csv", rows)

    judged = bring(path, LEANING, dry_run=True)
    assert not Case.objects.exists()
    brought = bring(path, LEANING)

    assert (judged.tally, judged.codes) == (brought.tally, brought.codes)
    assert (brought.tally.added, brought.tally.known, brought.tally.changed, brought.tally.refused) == (5, 1, 1, 2)


def test_points_are_judged_as_they_would_come_in(town: Town, tmp_path: Path, slices_of_two: None) -> None:
    path = tmp_path / "points.csv"
    path.write_text("code,name,lon,lat\n" + "".join(f"P{n % 4},点{n},118.155,24.725\n" for n in range(7)), "utf-8")

    judged, _ = bring_places("points", path, POINTS, dry_run=True)
    assert not Point.objects.exists()
    brought, _ = bring_places("points", path, POINTS)

    assert judged == brought
    assert (brought.added, brought.known) == (4, 3)


def test_between_two_slices_nobody_waits_for_the_judging(town: Town, tmp_path: Path, slices_of_two: None) -> None:
    depths: list[int] = []
    rows = rows_of(*((f"K{n}", "", "新") for n in range(400)))
    before = len(connection.savepoint_ids)

    def progress(_rows: int, _done: int, _size: int) -> None:
        depths.append(len(connection.savepoint_ids))

    bring(csv_file(tmp_path / "rows.csv", rows), dry_run=True, progress=progress)

    assert len(depths) >= 2
    assert set(depths) == {before}, "no transaction is open where the course of the work is told"


def test_what_was_judged_is_kept_on_disk_and_counts_once() -> None:
    with Judged() as judged:
        judged.add((f"K{number}", str(number)) for number in range(2_000))
        judged.add([("K1", "other")])

        found = judged.marks(f"K{number}" for number in range(0, 4_000, 2))

    assert len(found) == 1_000
    assert found["K0"] == "0"


def received(town: Town, rows: str) -> Upload:
    """An upload of the system administrator of a small town, with its columns chosen."""
    from civicloop.organisation import actions as organisation
    from civicloop.organisation.models import Unit

    at = timezone.now()
    post = Unit.objects.get(code="CP")
    organisation.appoint(
        person=town.person, role="system_admin", unit=post, starts_on=at.date(), by=None, at=at
    )  # fmt: skip
    file = SimpleUploadedFile("points.csv", rows.encode())
    made = uploading.receive(file=file, name="points.csv", kind="points", by=town.person, at=at)
    return choose_columns(made)


def choose_columns(made: Upload) -> Upload:
    chosen = {name: name for name in ("code", "name", "point_type")}
    mapping = uploading.mapping_of("points", chosen)
    return uploading.set_mapping(upload=made, mapping=mapping, by=made.asked_by, at=timezone.now())


def test_a_fault_of_the_house_ends_the_work_and_it_can_be_tried_again(town: Town) -> None:
    made = received(town, "code,name,point_type\nP1,市场,MARKET\n")
    where = uploading._address("upload", made.sha256)
    with storage().open(where) as file:
        content = file.read()
    storage().delete(where)

    uploading.work(made.uid, at=timezone.now())
    made.refresh_from_db()
    assert (made.state, made.failure["code"]) == ("failed", "upload_broke")

    uploading.receive(
        file=SimpleUploadedFile("points.csv", content),
        name="points.csv",
        kind="points",
        by=town.person,
        at=timezone.now(),
    )
    choose_columns(made)
    uploading.work(made.uid, at=timezone.now())
    made.refresh_from_db()
    assert (made.state, made.failure, made.tally["added"]) == ("judged", {}, 1)


def test_what_takes_longer_than_a_job_may_is_judged_no_more_and_brought_in_further(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = received(town, "code,name,point_type\nP1,市场,MARKET\n")
    monkeypatch.setattr(uploading, "run_import", out_of_time)
    with pytest.raises(SystemExit):
        uploading.work(made.uid, at=timezone.now())
    made.refresh_from_db()
    assert (made.state, made.failure["code"]) == ("failed", "upload_too_long")
    uploading.work(made.uid, at=timezone.now())  # the library takes it up again, and there is nothing to do

    Upload.objects.filter(pk=made.pk).update(state="bringing", failure={})
    with pytest.raises(SystemExit):
        uploading.work(made.uid, at=timezone.now())
    made.refresh_from_db()
    assert made.state == "bringing"


def out_of_time(**_given: Any) -> None:
    """What the job library does to a job whose time is over."""
    raise TimeoutException


def test_a_point_type_is_judged_by_the_standard_in_force_and_may_be_given_by_its_name(
    town: Town, tmp_path: Path
) -> None:
    editions.book.cache_clear()
    standards.load_pack(pack=load_pack(shipped_packs() / "wenming"), by=None, at=TODAY)
    (code, row), *_ = editions.book(editions.current().pk).point_types.items()
    path = tmp_path / "points.csv"
    path.write_text(f"code,name,kind\nP1,甲,{code}\nP2,乙,{row.name.zh_Hans}\nP3,丙,随便写的\nP4,丁,\n", "utf-8")

    tally, codes = bring_places(
        "points", path, POINTS.replace("{value: market}", "kind").replace(", lon: lon, lat: lat", "")
    )

    assert (tally.added, tally.refused) == (2, 2)
    assert sorted(one for one in codes if one != "no_place") == ["point_type_not_in_force", "required"]
    assert set(Point.objects.values_list("point_type", flat=True)) == {code}
