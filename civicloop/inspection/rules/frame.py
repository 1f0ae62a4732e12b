"""The frame of a draw: every place that could come out, as a canonical CSV that hashes alike everywhere.

UTF-8, lines end with a line feed, columns in the order of `COLUMNS`, fields quoted as in RFC 4180 where they must be, rows in
order of their code by Unicode code points (which is the order of the UTF-8 bytes).
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from civicloop.kernel.refusal import Invalid

COLUMNS = ("code", "type", "area", "unit", "lon", "lat", "tile_key", "weight", "panel", "prior", "marks")
PRIOR = re.compile(r"0(\.[0-9]{1,12})?|1(\.0{1,12})?")
# Level 1 packs 100 000 points in a tenth of a second; the bytes hashed are the unpacked ones.
PACKING = 1


class Place(NamedTuple):
    """One row of a frame.

    `area` is the code of the town the place lies in, `unit` that of its responsible unit; `lon` and `lat` are texts with six
    decimals, or empty. `tile_key` (kernel.tilekey) gives the order in space, -1 where the place is unknown. `weight` is 1,
    except in look-back draws. `panel` is 1 for what the previous draw of the series took, `prior` the chance it had there as
    a decimal text. `marks` says why a closed case weighs more.
    """

    code: str
    type: str
    area: str
    unit: str
    lon: str = ""
    lat: str = ""
    tile_key: int = -1
    weight: int = 1
    panel: int = 0
    prior: str = "0"
    marks: str = ""


def encode(places: Iterable[Place]) -> bytes:
    """The canonical CSV of these places. A code that stands twice is Invalid."""
    rows = sorted(places)
    for one, other in pairwise(rows):
        if one.code == other.code:
            raise Invalid("frame", "frame_code_twice", value=one.code)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue().encode()


def decode(content: bytes) -> list[Place]:
    """The places of a canonical CSV, in its order; Invalid names the line that cannot be read."""
    try:
        rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
        if next(rows, None) != list(COLUMNS):
            raise Invalid("frame", "frame_unreadable", line=1)
    except UnicodeDecodeError:
        raise Invalid("frame", "frame_unreadable", line=0) from None
    found: list[Place] = []
    try:
        for code, kind, area, unit, lon, lat, key, weight, panel, prior, marks in rows:
            place = Place(code, kind, area, unit, lon, lat, int(key), int(weight), int(panel), prior, marks)
            if place.weight < 1 or place.panel not in (0, 1) or not PRIOR.fullmatch(prior):
                raise ValueError(place)
            found.append(place)
    except (ValueError, csv.Error):
        raise Invalid("frame", "frame_unreadable", line=len(found) + 2) from None
    return found


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def pack(content: bytes) -> bytes:
    """The CSV as it is kept; without a time in it, so that the same frame is the same bytes."""
    return gzip.compress(content, PACKING, mtime=0)


def unpack(kept: bytes | memoryview) -> bytes:
    """The CSV of what is kept."""
    return gzip.decompress(bytes(kept))
