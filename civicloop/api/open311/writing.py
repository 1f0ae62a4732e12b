"""One structure, two formats. Data are lists and mappings; XML is written from them by the Spark convention read backwards.

By that convention an element whose children all have one name is a list in JSON, the name of its root vanishes, and an empty
element is null. `ITEMS` says how the elements of each list are called; a list that stands nowhere there is its own name again and
again, as several `media_url` are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.http import HttpResponse

CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ITEMS = {
    "services": "service", "service_requests": "request", "attributes": "attribute", "values": "value", "errors": "error",
    "endpoints": "endpoint", "formats": "format", "service_request_updates": "request_update", "notes": "note",
    "photos": "photo", "groups": "group",
}  # fmt: skip
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
# What XML 1.0 cannot hold at all (2.2), and what must be written otherwise.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("[&<>\r]")
_WRITTEN = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: the name of its root and what stands in it, a list of mappings or one mapping."""

    root: str
    data: Any


def answer(told: Told, form: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer in the format asked for."""
    body = as_json(told) if form == "json" else as_xml(told)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPES[form], headers=dict(headers or {}))


def as_json(told: Told) -> bytes:
    """JSON: a list is a bare array."""
    return orjson.dumps(told.data)


def as_xml(told: Told) -> bytes:
    """XML without a namespace."""
    out = [HEAD]
    _write(told.root, told.data, out)
    return "".join(out).encode()


def xml_of(name: str, value: Any) -> str:
    """One element, for an answer that is written while it is read."""
    out: list[str] = []
    _write(name, value, out)
    return "".join(out)


def plain(text: str) -> str:
    """A text that both formats can hold."""
    return _IMPOSSIBLE.sub("", text) if not text.isprintable() else text


def _write(name: str, value: Any, out: list[str]) -> None:
    if isinstance(value, str):
        if value:
            out.append(f"<{name}>{_escaped(value)}</{name}>")
        else:
            out.append(f"<{name}/>")
    elif value is None:
        out.append(f"<{name}/>")
    elif isinstance(value, bool):
        out.append(f"<{name}>{'true' if value else 'false'}</{name}>")
    elif isinstance(value, Mapping):
        _write_mapping(name, value, out)
    elif isinstance(value, (list, tuple)):
        _write_list(name, value, out)
    else:
        out.append(f"<{name}>{value!r}</{name}>")


def _write_mapping(name: str, value: Mapping[str, Any], out: list[str]) -> None:
    """Most of what stands in an answer is a text or nothing: it is written without a call for each, and looked through at once for
    what must be written otherwise.
    """
    plainly = not _SPECIAL.search("".join([one for one in value.values() if type(one) is str]))
    out.append(f"<{name}>")
    for key, inner in value.items():
        if inner is None or inner == "":
            out.append(f"<{key}/>")
        elif type(inner) is str:
            out.append(f"<{key}>{inner if plainly else _escaped(inner)}</{key}>")
        elif type(inner) is float:
            out.append(f"<{key}>{inner!r}</{key}>")
        else:
            _write(key, inner, out)
    out.append(f"</{name}>")


def _write_list(name: str, values: Iterable[Any], out: list[str]) -> None:
    item = ITEMS.get(name)
    if item is None:
        for one in values:
            _write(name, one, out)
        return
    out.append(f"<{name}>")
    for one in values:
        _write(item, one, out)
    out.append(f"</{name}>")


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _WRITTEN[found[0]], text) if _SPECIAL.search(text) else text
