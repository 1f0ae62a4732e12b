"""Stores that fail, as disks do."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import InMemoryStorage


class FullDisk(InMemoryStorage):
    """Takes the DOCX of a paper and nothing after it, while `full`."""

    full = True

    def _save(self, name: str, content: Any) -> str:
        if FullDisk.full and name.endswith(".pdf"):
            raise OSError(28, "No space left on device")
        return str(super()._save(name, content))
