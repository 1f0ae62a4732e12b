"""`civicloop ledger verify` and the daily seal: whatever is tampered with, the first broken place is named."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result
from django.conf import settings
from django.db import connection

from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger import guards, seals
from civicloop.ledger.actions import Entry, record, record_many
from civicloop.ledger.commands import ledger
from civicloop.ledger.models import LedgerLine, LedgerSeal
from tests.cast import MONDAY_NINE
from tests.environment import ROOT

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)
ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def _own_seals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)


def written() -> None:
    for uid, count in ((ONE, 4), (OTHER, 2)):
        for number in range(count):
            record("case", uid, "case.note", by=uuid4(), at=MONDAY_NINE, data={"number": number})


@contextmanager
def burglary() -> Iterator[None]:
    """Somebody who owns the database takes the guards away, and puts them back."""
    guards.remove(connection)
    yield
    guards.install(connection)


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(ledger, ["verify", *arguments])


def line(uid: UUID, seq: int) -> Any:
    return LedgerLine.objects.filter(uid=uid, seq=seq)


def seal(day: date = DAY) -> Path:
    return seals.seal(day=day, at=MONDAY_NINE, folder=settings.DATA_DIR / "seals")[1]


def test_a_ledger_as_written_holds() -> None:
    written()
    seal()
    result = verify()
    assert result.exit_code == 0
    assert json.loads(result.output) == {"ok": True, "lines": 6, "seals_checked": 1, "seals_without_file": []}


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "case.close"}, {"by": None}, {"at": MONDAY_NINE + timedelta(seconds=1)}, {"data": {"number": 9}},
        {"hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_verify_names_the_first_changed_line(change: dict[str, Any]) -> None:
    written()
    with burglary():
        line(ONE, 2).update(**change)
        line(ONE, 4).update(verb="later")
        line(OTHER, 1).update(verb="later")

    result = verify()
    assert result.exit_code == 1
    assert result.output == f"BROKEN: case {ONE} line 2: changed\n"


def test_verify_names_a_line_whose_binding_was_changed() -> None:
    written()
    with burglary():
        line(ONE, 3).update(previous="0" * 64)
    assert f"case {ONE} line 3: unbound" in verify().output


def test_verify_names_a_line_that_was_removed_from_the_middle_or_the_beginning() -> None:
    written()
    with burglary():
        line(OTHER, 1).delete()
    assert f"case {OTHER} line 1: missing" in verify().output


def test_a_chain_cut_at_its_end_shows_by_the_seal() -> None:
    written()
    seal()
    with burglary():
        line(ONE, 4).delete()
    assert verify().output == f"BROKEN: case {ONE} line 4: cut (seal {DAY}, ledger-seal-{DAY}.jsonl.gz)\n"


def test_an_object_removed_whole_shows_by_the_seal() -> None:
    written()
    seal()
    with burglary():
        LedgerLine.objects.filter(uid=OTHER).delete()
    assert f"case {OTHER} line 2: cut" in verify().output


def test_a_chain_forged_anew_from_a_line_on_shows_by_the_seal() -> None:
    written()
    seal()
    with burglary():
        LedgerLine.objects.filter(uid=ONE, seq__gte=3).delete()
    record("case", ONE, "case.note", by=None, at=MONDAY_NINE)
    record("case", ONE, "case.note", by=None, at=MONDAY_NINE)
    assert f"case {ONE} line 4: changed" in verify().output


def test_lines_added_after_a_seal_do_not_break_it() -> None:
    written()
    seal()
    record("case", ONE, "case.close", by=None, at=MONDAY_NINE)
    assert verify().exit_code == 0


def test_a_removed_seal_shows_by_its_file() -> None:
    written()
    seal()
    with burglary():
        LedgerSeal.objects.all().delete()
    assert verify().output.startswith(f"BROKEN: seal_missing (seal {DAY}")


def test_a_seal_removed_from_between_two_shows_without_any_file() -> None:
    written()
    for number in range(3):
        seal(DAY + timedelta(number)).unlink()
    with burglary():
        LedgerSeal.objects.filter(day=DAY + timedelta(1)).delete()
    assert verify().output == f"BROKEN: seal {DAY + timedelta(2)}: seal_changed\n"


@pytest.mark.parametrize("change", [{"digest": "0" * 64}, {"heads": 7}, {"seal": "0" * 64}], ids=str)
def test_a_changed_seal_shows_without_any_file(change: dict[str, Any]) -> None:
    written()
    seal().unlink()
    with burglary():
        LedgerSeal.objects.update(**change)
    assert verify().output == f"BROKEN: seal {DAY}: seal_changed\n"


def rewrite(path: Path, change: Any) -> None:
    with gzip.open(path, "rt", encoding="utf-8") as told:
        lines = told.read().splitlines()
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.write("\n".join(change(lines)) + "\n")


def test_a_file_with_a_head_left_out_shows() -> None:
    written()
    rewrite(seal(), lambda lines: lines[:-1])
    assert "file_changed" in verify().output


def test_a_file_that_was_cut_or_is_none_is_refused() -> None:
    written()
    path = seal()
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Invalid, match="not_a_seal_file"):
        seals.check_file(path)
    path.write_bytes(b"nothing")
    with pytest.raises(Invalid, match="not_a_seal_file"):
        seals.check_file(path)


def test_a_seal_kept_outside_is_checked_when_it_is_named(tmp_path: Path) -> None:
    written()
    kept = seal().rename(tmp_path / "kept-outside.gz")
    with burglary():
        line(ONE, 4).delete()
    assert verify().exit_code == 0
    assert f"case {ONE} line 4: cut" in verify("--seal", str(kept)).output


def test_a_day_is_sealed_once_and_no_day_before_a_sealed_one() -> None:
    written()
    seal()
    for day in (DAY, DAY - timedelta(1)):
        with pytest.raises(Conflict, match="already_sealed"):
            seal(day)
    assert LedgerSeal.objects.count() == 1
    seal(DAY + timedelta(1))
    assert verify().exit_code == 0


def test_many_lines_written_at_once_are_chained_like_single_ones() -> None:
    written()
    record_many(
        [Entry("case", ONE, f"case.{n}", None, MONDAY_NINE) for n in range(3)]
        + [Entry("case", UUID(int=3), "case.report", None, MONDAY_NINE, new=True)]
    )
    assert verify().exit_code == 0
    assert list(LedgerLine.objects.filter(uid=ONE).order_by("seq").values_list("seq", flat=True)) == list(range(1, 8))


KILLED = """
import os, sys, datetime
from pathlib import Path
import django
django.setup()
from civicloop.ledger import seals
if sys.argv[2] == "writing":
    seals._read_head = seals.seal_of = lambda *a: os._exit(9)
else:
    Path.replace = lambda *a: os._exit(9)
seals.seal(day=datetime.date(2026, 11, 22), at=datetime.datetime.now(datetime.UTC), folder=Path(sys.argv[1]))
"""


def database_url() -> str:
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["writing", "renaming"])
def test_whoever_is_killed_while_sealing_leaves_no_half_file_and_the_next_run_mends_it(
    moment: str, tmp_path: Path
) -> None:
    written()
    folder = tmp_path / "seals"
    environ = {**os.environ, "CIVICLOOP_DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "civicloop.settings"}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), moment], env=environ, cwd=ROOT, check=False, timeout=60
    )

    assert killed.returncode == 9
    assert list(folder.glob("*.gz")) == []
    assert verify().exit_code == 0
    if moment == "writing":
        assert LedgerSeal.objects.count() == 0
        seal()
    else:
        with pytest.raises(Conflict, match="already_sealed"):
            seal()
    assert [path.name for path in folder.glob("*.gz")] == [f"ledger-seal-{DAY}.jsonl.gz"]
    assert json.loads(verify().output)["seals_checked"] == 1
