"""What the doors answer when a map asks for a tile: the tag first, and the tile only if the asker has another one."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from civicloop.insight import pointtiles
from civicloop.insight.mapcells import Tile, Which
from civicloop.insight.mapknown import KNOWN
from civicloop.insight.mapsight import sight_of
from civicloop.insight.mapstamps import tag_of_cases, tag_of_points
from civicloop.insight.maptiles import DEEPEST, Question, tile_of_cases
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.standards.reference import Actor, Reference

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_WORTH_PACKING = 400


@dataclass(frozen=True)
class TileAnswer:
    """A tile that can be made: its tag, and how. Empty bytes mean that there is nothing in the tile."""

    tag: str
    make: Callable[[], bytes]


def cases_tile(z: int, x: int, y: int, which: str, *, actor: Actor, at: datetime, ref: Reference) -> TileAnswer:
    """A tile of the cases a person may see. Raises NotFound for a tile that cannot be, Invalid for an unknown `which`."""
    tile = _tile(z, x, y)
    try:
        kind = Which(which or Which.OPEN)
    except ValueError:
        raise Invalid("which", "unknown_choice", value=which[:20]) from None
    asked = Question(tile, kind, sight_of(actor), at)
    tag = tag_of_cases(tile, kind, asked.sight, at, ref)
    return TileAnswer(tag, lambda: tile_of_cases(asked, ref))


def points_tile(z: int, x: int, y: int, *, ref: Reference) -> TileAnswer:
    """A tile of the points (点位) that are inspected. Raises NotFound for a tile that cannot be."""
    tile = _tile(z, x, y)
    return TileAnswer(tag_of_points(tile, ref), lambda: pointtiles.tile_of_points(tile))


def known_tag_of_cases(key: str, z: int, x: int, y: int, which: str, *, at: datetime) -> str | None:
    """The tag of a tile for somebody who came with this key before; None where he must be asked who he is, or is to be refused."""
    if not _is_tile(z, x, y) or (which or Which.OPEN) not in set(Which):
        return None
    return KNOWN.tag_of_cases(key, Tile(z, x, y), Which(which or Which.OPEN), at)


def known_tag_of_points(key: str, z: int, x: int, y: int, *, at: datetime) -> str | None:
    """The same of a tile of points."""
    return KNOWN.tag_of_points(key, Tile(z, x, y), at) if _is_tile(z, x, y) else None


def is_known(if_none_match: str, tag: str) -> bool:
    """Whether the asker has the answer with this tag already."""
    return tag in (one.strip() for one in if_none_match.split(","))


def packed(body: bytes, accepted: str) -> tuple[bytes, dict[str, str]]:
    """The body as it is sent, with the headers that say so: with gzip where the asker takes it and it is worth while."""
    if len(body) < _WORTH_PACKING or not _takes_gzip(accepted):
        return body, {}
    # The quickest level: it makes a tile a fifth as large in a millisecond or two.
    return gzip.compress(body, compresslevel=1, mtime=0), {"Content-Encoding": "gzip"}


def _takes_gzip(accepted: str) -> bool:
    """Whether a list of encodings names gzip, and not to refuse it (`gzip;q=0`)."""
    for one in accepted.split(","):
        name, _, weight = one.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" if weight else True
    return False


def _tile(z: int, x: int, y: int) -> Tile:
    if not _is_tile(z, x, y):
        raise NotFound("tile", f"{z}/{x}/{y}"[:60])
    return Tile(z, x, y)


def _is_tile(z: int, x: int, y: int) -> bool:
    return 0 <= z <= DEEPEST and 0 <= x < 1 << z and 0 <= y < 1 << z
