"""Fonts and models: pinned by digest, taken only when they are the right ones."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.environment import ROOT

sys.path.append(str(ROOT / "scripts"))
import assets

MANIFEST = json.loads((ROOT / "civicloop" / "assets" / "manifest.json").read_text(encoding="utf-8"))["files"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    return tmp_path


def row(data: bytes) -> dict[str, Any]:
    return {
        "file": "model.onnx", "package": "p", "version": "1", "path": "p/model.onnx", "licence": "MIT", "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }  # fmt: skip


def wheel(folder: Path, data: bytes) -> Path:
    path = folder / "p-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("p/model.onnx", data)
    return path


@pytest.mark.parametrize("one", MANIFEST, ids=lambda one: one["file"])
def test_every_file_is_pinned_with_its_licence(one: dict[str, Any]) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", one["sha256"])
    assert one["licence"] in ("OFL-1.1", "MIT", "Apache-2.0")
    assert one["from"] in ("npm", "pip")
    assert one["size"] > 0


def test_files_themselves_are_not_in_the_repository() -> None:
    asked = [f"civicloop/assets/{one['file']}" for one in MANIFEST]
    done = subprocess.run(["git", "check-ignore", *asked], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout.split() == asked


def test_the_right_file_is_taken(folder: Path) -> None:
    assert assets._take(wheel(folder, b"good"), row(b"good"))
    assert (folder / "model.onnx").read_bytes() == b"good"


def test_another_file_is_refused_and_nothing_is_left(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = wheel(folder, b"evil")

    assert not assets._take(archive, row(b"good"))
    assert sorted(path.name for path in folder.iterdir()) == [archive.name]
    assert "not the file of the manifest" in capsys.readouterr().err
