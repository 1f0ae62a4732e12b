"""The phone program's own tests, by Node's test runner, against an IndexedDB in memory."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.environment import ROOT

HERE = Path(__file__).resolve().parent
STATIC = ROOT / "civicloop/web/static"
NODE = shutil.which("node")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory) -> Path:
    """The scripts as modules, the library for tests beside them; nothing is written into the checkout."""
    folder = tmp_path_factory.mktemp("field")
    shutil.copytree(STATIC / "field", folder / "static/field")
    shutil.copytree(
        STATIC / "vendor", folder / "static/vendor", ignore=lambda _, names: [n for n in names if "idb" not in n]
    )
    with tarfile.open(ROOT / "tests/vendor/fake-indexeddb-6.2.8.tgz") as packed:
        packed.extractall(folder / "unpacked", filter="data")
    (folder / "node_modules").mkdir()
    (folder / "unpacked/package").rename(folder / "node_modules/fake-indexeddb")
    for script in HERE.glob("*.mjs"):
        shutil.copy(script, folder / script.name)
    (folder / "package.json").write_text(json.dumps({"type": "module", "private": True}))
    return folder


@pytest.mark.skipif(NODE is None, reason="Node is not installed: the phone program's own tests cannot run")
@pytest.mark.parametrize("script", sorted(HERE.glob("*.test.mjs")), ids=lambda path: path.stem)
def test_the_phone_program(workshop: Path, script: Path) -> None:
    told = subprocess.run(
        [str(NODE), "--test", script.name], cwd=workshop, capture_output=True, text=True, timeout=120, check=False
    )

    assert told.returncode == 0, told.stdout[-6000:] + told.stderr[-2000:]
    assert "# fail 0" in told.stdout
    assert "# pass 0" not in told.stdout
