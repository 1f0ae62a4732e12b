"""A document as plain JSON and back: what an issued paper is written from again, unchanged, at any later time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from civicloop.documents.rules.body import (
    Attachment,
    Block,
    Chart,
    Column,
    Document,
    Head,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    PictureRow,
    Run,
    Table,
)  # fmt: skip

FORM = 1
"""Of the JSON. Readers of older forms stay."""
KINDS: Mapping[str, type] = {
    kind.__name__: kind for kind in (Heading, Paragraph, Table, Picture, PictureRow, Chart, PageBreak)
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def plain(document: Document) -> dict[str, Any]:
    """The document as plain JSON."""
    data = {field.name: getattr(document, field.name) for field in fields(document)}
    return data | {
        "form": FORM,
        "head": asdict(document.head),
        "blocks": [_plain(block) for block in document.blocks],
        "attachments": [
            {"title": one.title, "blocks": [_plain(block) for block in one.blocks]} for one in document.attachments
        ],
        "copies_to": list(document.copies_to),
        "day": document.day.isoformat() if document.day else None,
    }


def read_document(data: Mapping[str, Any]) -> Document:
    """The document that `plain` wrote."""
    if data["form"] != FORM:
        raise ValueError(f"a document of form {data['form']} cannot be read")
    rest = {name: value for name, value in data.items() if name != "form"}
    return Document(**rest | {
        "head": Head(**data["head"]),
        "blocks": _blocks(data["blocks"]),
        "attachments": tuple(Attachment(one["title"], _blocks(one["blocks"])) for one in data["attachments"]),
        "copies_to": tuple(data["copies_to"]),
        "day": date.fromisoformat(data["day"]) if data["day"] else None,
    })  # fmt: skip


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of plain data, keys sorted."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(block: Block) -> dict[str, Any]:
    return {"is": _NAMES[type(block)], **json.loads(json.dumps(asdict(block)))}


def _blocks(data: list[dict[str, Any]]) -> tuple[Block, ...]:
    return tuple(_block(dict(one)) for one in data)


def _block(data: dict[str, Any]) -> Block:
    kind = KINDS[data.pop("is")]
    if kind is Paragraph:
        data["runs"] = tuple(Run(**run) for run in data["runs"])
    elif kind is Table:
        data["columns"] = tuple(Column(**column) for column in data["columns"])
        data["rows"] = tuple(tuple(row) for row in data["rows"])
    elif kind is Picture:
        data = _picture(data)
    elif kind is PictureRow:
        data["pictures"] = tuple(Picture(**_picture(one)) for one in data["pictures"])
    made: Block = kind(**data)
    return made


def _picture(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"extra_boxes": tuple(tuple(box) for box in data["extra_boxes"])}
