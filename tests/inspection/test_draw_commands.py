"""The command line: a draw from the plan to the verification, as an office does it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from civicloop.inspection import commands
from civicloop.kernel.refusal import Conflict, Refused
from civicloop.sentences import sentence
from civicloop.standards.models import Edition
from tests.cast import City
from tests.inspection.stage import WEEK, set_stage

DAY = WEEK[0].isoformat()


@pytest.fixture
def run(city: City, monkeypatch: pytest.MonkeyPatch) -> Any:
    from tests.cast import MONDAY_NINE

    set_stage(city)
    monkeypatch.setattr(commands.timezone, "now", lambda: MONDAY_NINE)
    known = {command.name: command for command in commands.commands}

    def call(line: str, *more: str) -> Result:
        name, *rest = [*line.split(), *more]
        return CliRunner().invoke(known[name], rest, catch_exceptions=True)

    return call


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output + repr(result.exception)
    answer: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return answer


def test_from_the_commitment_to_the_verification(run: Any, tmp_path: Path) -> None:
    design = tmp_path / "design.json"
    design.write_text(json.dumps({"allocation": "quota", "quota": {"STREET": 6, "MARKET": 3}}), encoding="utf-8")
    committed = told(run(f"draw commit W48 --opens-on {DAY} --design {design} --as supervisor"))
    told(run("draw perform W48-1 --as supervisor"))
    assert told(run(f"draw assign W48-1 --day {DAY}"))["visits"] == 10
    assert "W48-1" in run("draw show W48-1").output
    assert told(run(f"route make W48 {DAY} --seconds 0.3"))["left"] == {}
    assert any(run(f"route show {name} {DAY}").output.strip() for name in ("looker_one", "looker_two"))

    folder = tmp_path / "out"
    assert len(run(f"draw publish W48-1 --out {folder}").output.splitlines()) == 5
    found = told(run(f"draw verify {folder} --commitment {committed['commitment']}"))
    assert (found["same"], found["drawn"], found["frame"]) == (True, 9, committed["frame"])
    assert told(run("draw verify W48-1"))["same"]

    (folder / "frame.csv").write_bytes((folder / "frame.csv").read_bytes() + b"P999,STREET,A,U,,,-1,1,0,0,\n")
    changed = run(f"draw verify {folder}")
    assert changed.exit_code == 1
    assert "frame" in changed.output
    assert run("round close W48").exit_code == 0
    assert "W48" in run("round list").output


def test_a_round_is_planned_under_the_edition_in_force(run: Any) -> None:
    edition = Edition.objects.get()
    edition.pack.digest = edition.digest
    edition.pack.save(update_fields=["digest"])

    made = run("round plan W49 --from 2026-11-30 --to 2026-12-04 --organiser OFFICE --pack small", "第49周暗访")

    assert made.output.strip() == "W49"


def test_what_is_sealed_stays_sealed_on_the_command_line(run: Any, tmp_path: Path) -> None:
    told(run("draw commit W48 --opens-on 2026-11-26 --size 9"))
    told(run("draw perform W48-1"))

    shown = run("draw show W48-1").output
    refused = run(f"draw publish W48-1 --out {tmp_path}")

    assert "STREET|LOTUS" in shown
    assert "P0" not in shown
    assert isinstance(refused.exception, Conflict)
    assert "2026-11-26" in sentence(refused.exception)
    assert isinstance(run("route show looker_one 2026-11-24").exception, Conflict)


@pytest.mark.parametrize("content", ["{", "[]", '{"sise": 3}'])
def test_a_design_file_that_cannot_be_used_is_refused_in_a_sentence(run: Any, tmp_path: Path, content: str) -> None:
    design = tmp_path / "design.json"
    design.write_text(content, encoding="utf-8")

    refused = run(f"draw commit W48 --opens-on {DAY} --design {design}").exception

    assert isinstance(refused, Refused)
    assert refused.code not in sentence(refused)
