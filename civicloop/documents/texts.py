"""The editable texts of papers: defaults from `documents/blocks/<kind>.yaml`, changed by the office's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

from civicloop.documents.models import TextBlock

FOLDER = Path(__file__).with_name("blocks")


@cache
def default_texts(kind: str) -> Mapping[str, str]:
    """The texts as they come with the program, by key; empty for a kind without a file."""
    path = FOLDER / f"{kind}.yaml"
    if not path.is_file():
        return MappingProxyType({})
    found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return MappingProxyType({str(key): str(text or "").rstrip("\n") for key, text in found.items()})


def office_texts(kind: str) -> dict[str, str]:
    """The defaults with the office's own wording over them."""
    own = dict(TextBlock.objects.filter(kind=kind).values_list("key", "text"))
    return {**default_texts(kind), **own}
