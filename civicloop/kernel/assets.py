"""Fonts and models that `scripts/assets.py` fetches beside the code: where they lie, and whether they came."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "assets"


def asset(name: str) -> Path | None:
    """The file, or None when it was not fetched. A file under its name is whole: it was compared before it got the name."""
    path = FOLDER / name
    return path if path.is_file() else None
