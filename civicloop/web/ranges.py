"""A large file handed out in pieces (HTTP Range, RFC 9110 §14): what PMTiles readers ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date

_ONE_RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
CHUNK = 256 * 1024


def ranged(request: HttpRequest, path: Path, content_type: str) -> HttpResponseBase:
    """The whole file, or the one range asked for (206); 416 where the range lies outside. Several ranges get the whole file.

    A range whose `If-Range` names another state of the file gets the whole file too. Raises FileNotFoundError.
    """
    stat = path.stat()
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    headers = {
        "ETag": etag, "Last-Modified": http_date(int(stat.st_mtime)), "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600", "Content-Type": content_type,
    }  # fmt: skip
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={**headers, "Content-Type": ""})
    asked = request.headers.get("Range", "")
    if request.headers.get("If-Range") not in (None, etag):
        asked = ""
    span = _span(asked, stat.st_size)
    if span is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stat.st_size}", "Content-Type": ""})
    first, last, whole = span
    headers["Content-Length"] = str(last - first + 1)
    if not whole:
        headers["Content-Range"] = f"bytes {first}-{last}/{stat.st_size}"
    status = 200 if whole else 206
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    return StreamingHttpResponse(_pieces(path, first, last), status=status, headers=headers)


def _span(asked: str, size: int) -> tuple[int, int, bool] | None:
    """First and last byte, and whether it is the whole file; None where nothing of the file was asked for."""
    found = _ONE_RANGE.match(asked.replace(" ", ""))
    if not found or found.group(0) == "bytes=-":
        return 0, size - 1, True
    start, end = found.groups()
    if not start:  # the last so many bytes
        first, last = max(0, size - int(end)), size - 1
        return (first, last, False) if int(end) else None
    first, last = int(start), min(int(end) if end else size - 1, size - 1)
    return (first, last, False) if first < size and first <= last else None


def _pieces(path: Path, first: int, last: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
