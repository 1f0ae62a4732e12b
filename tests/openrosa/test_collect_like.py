"""An engine that is not ours, ODK's own, takes our form, fills it and sends it back."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from civicloop.cases.models import Case
from civicloop.inspection.models import Observation, ObservationPhoto, Submission
from tests.cast import build_city
from tests.inspection.made_up import Scene, jpeg
from tests.kept import kept
from tests.openrosa.conftest import phone_of, todays

HERE = Path(__file__).parent
PACKAGES = ("@getodk/xforms-engine@0.22.0", "jsdom@24.1.3")
ANSWERS = [
    ("length_m", "500"), ("STREET_01", "not_met"), ("STREET_01_count", "3"), ("STREET_01_count", "1"),
    ("STREET_02", "not_met"), ("STREET_02_photo", "litter.jpg"), ("STREET_02_note", "一堆垃圾"), ("STREET_03", "met"),
    ("STREET_04", "not_applicable"), ("STREET_05", "cannot_tell"), ("STREET_06", "met"), ("STREET_06_count", "2"),
    ("commended", "STREET_03"), ("note", "天气晴"),
]  # fmt: skip

pytestmark = [pytest.mark.once, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine in a folder of its own; without Node, npm or their network the test cannot be done."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("no Node on this machine")
    folder = tmp_path_factory.mktemp("engine")
    (folder / "package.json").write_text('{"type": "module", "private": true}')
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *PACKAGES]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm has no network")
    if done.returncode != 0:
        pytest.skip(f"npm cannot install the engine: {done.stderr[-300:]}")
    shutil.copy(HERE / "phone.mjs", folder)
    return folder


def test_a_form_goes_out_is_filled_by_another_engine_and_comes_back(
    engine: Path, live_server: LiveServer, tmp_path: Path
) -> None:
    scene = todays(kept(build_city))
    (tmp_path / "photo.jpg").write_bytes(jpeg())
    asked = tmp_path / "answers.json"
    asked.write_text(json.dumps({"answers": ANSWERS, "photo": str(tmp_path / "photo.jpg")}))
    base = f"{live_server.url}{phone_of(scene.city, 'inspector').base}"
    done = subprocess.run(
        ["node", "phone.mjs", base, str(asked)], cwd=engine, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["formID"] == "small-wenming_STREET"
    assert told["places"] == [[str(scene.visit.uid), "1. 第1街"]]
    # The form itself refuses what the server would: nothing answered, and a count that contradicts its answer.
    assert told["emptyBroken"] >= 7
    assert ["STREET_01_count", "constraint"] in told["wrong"]
    assert (told["left"], told["status"]) == ([], "ready")
    assert told["head"] == 204
    assert [one["status"] for one in told["sent"]] == [201, 202], told["sent"]
    _check_rows(scene, told)


def _check_rows(scene: Scene, told: dict[str, Any]) -> None:
    row = Submission.objects.get()
    assert (row.state, row.door, row.source) == ("applied", "openrosa", told["filled"])
    assert f"uuid:{row.pk}" in told["filled"]
    answers = dict(Observation.objects.values_list("item", "answer"))
    assert answers == {
        "STREET-01": "not_met", "STREET-02": "not_met", "STREET-03": "met", "STREET-04": "not_applicable",
        "STREET-05": "cannot_tell", "STREET-06": "met",
    }  # fmt: skip
    first = Observation.objects.get(item="STREET-01")
    assert (first.count, first.length_m) == (1, 500)
    assert Observation.objects.get(commended=True).item == "STREET-03"
    assert ObservationPhoto.objects.count() == 1
    assert Case.objects.get().description.endswith("STREET-02 路面无垃圾：一堆垃圾")
    scene.visit.refresh_from_db()
    assert (scene.visit.state, scene.visit.note) == ("judged", "天气晴")
