"""The portal's own scripts, by Node's test runner; and that what all forms share stands in one place."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.environment import ROOT

HERE = Path(__file__).resolve().parent
PORTAL = ROOT / "civicloop/web/static/civicloop/portal"
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node is not installed: the portal's own tests cannot run")
@pytest.mark.parametrize("script", sorted(HERE.glob("*.test.mjs")), ids=lambda path: path.stem)
def test_the_portal(tmp_path: Path, script: Path) -> None:
    shutil.copytree(PORTAL, tmp_path / "static/portal")
    (tmp_path / "package.json").write_text(json.dumps({"type": "module", "private": True}))
    (tmp_path / "tests").mkdir()
    shutil.copy(script, tmp_path / "tests" / script.name)
    done = subprocess.run(
        [str(NODE), "--test", f"tests/{script.name}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_only_one_script_says_how_a_form_is_sent() -> None:
    sending = [one.name for one in PORTAL.glob("*.js") if 'addEventListener("submit"' in one.read_text()]

    assert sending == ["proving.js"]
