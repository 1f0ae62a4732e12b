"""What counts as a voice note, judged by its bytes: Opus in WebM or Ogg, AAC in MP4, sound alone, and how long it lasts.

Nothing is decoded: only the boxes around the sound are read, as browsers write them while they record.
Sources: RFC 8794 (EBML), RFC 9559 (Matroska, of which WebM is a part), RFC 3533 and RFC 7845 (Opus in Ogg), ISO/IEC 14496-12 (MP4).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from civicloop.kernel.refusal import Invalid, TooLarge

MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 2
"""A minute of the most wasteful of the three needs one."""
MOST_SECONDS = 60
GRACE_SECONDS = 5
"""A recorder that is told to stop writes a little more."""
KINDS = ("WebM/Opus", "Ogg/Opus", "MP4/AAC")
OPUS_RATE = 48_000

# Of Matroska: what holds other elements is entered, the rest is read or passed over.
_HEAD, _SEGMENT, _TRACKS, _TRACK, _INFO, _CLUSTER, _GROUP = (
    0x1A45DFA3, 0x18538067, 0x1654AE6B, 0xAE, 0x1549A966, 0x1F43B675, 0xA0,
)  # fmt: skip
_DOCTYPE, _SCALE, _TRACK_TYPE, _CODEC, _TIME, _SIMPLE, _BLOCK = 0x4282, 0x2AD7B1, 0x83, 0x86, 0xE7, 0xA3, 0xA1
_HOLDERS = frozenset({_HEAD, _SEGMENT, _TRACKS, _TRACK, _INFO, _CLUSTER, _GROUP})
_SOUND_TRACK = 2
# Of MP4: the boxes on the way to what is asked.
_ON_THE_WAY = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording. `seconds` is None where its boxes do not say."""

    media_type: str
    seconds: float | None


def read_sound(data: bytes) -> Sound:
    """Judge a recording. Raises Invalid (`voice_unknown_kind`, `voice_broken`) and TooLarge (`voice_too_long`)."""
    try:
        found = _judged(data)
    except (struct.error, IndexError, ZeroDivisionError, OverflowError) as fault:
        raise Invalid("voice", "voice_broken") from fault
    if found is None:
        raise Invalid("voice", "voice_unknown_kind", kinds=KINDS)
    if found.seconds is not None and found.seconds > MOST_SECONDS + GRACE_SECONDS:
        raise TooLarge("voice", "voice_too_long", seconds=MOST_SECONDS)
    return found


def _judged(data: bytes) -> Sound | None:
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return _webm(data)
    if data[:4] == b"OggS":
        return _ogg(data)
    return _mp4(data) if data[4:8] == b"ftyp" else None


# ---- WebM


def _webm(data: bytes) -> Sound | None:
    doctype, tracks, scale, cluster, last = b"", list[dict[int, bytes]](), 1_000_000, 0, 0
    for name, inner in _elements(data):
        if name == _DOCTYPE:
            doctype = inner
        elif name == _SCALE:
            scale = int.from_bytes(inner)
        elif name == _TRACK:
            tracks.append({})
        elif name in (_TRACK_TYPE, _CODEC) and tracks:
            tracks[-1][name] = inner
        elif name == _TIME:
            cluster = int.from_bytes(inner)
        elif name in (_SIMPLE, _BLOCK):
            last = max(last, cluster + struct.unpack_from(">h", inner, _width(inner[0]))[0])
    sound = [one for one in tracks if one.get(_TRACK_TYPE) == bytes([_SOUND_TRACK]) and one.get(_CODEC) == b"A_OPUS"]
    if doctype != b"webm" or not tracks or len(sound) != len(tracks):
        return None
    return Sound("audio/webm", last * scale / 1e9)


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Every element in the order it was written; those that hold others come empty, and what they hold comes after them."""
    at = 0
    while at < len(data):
        wide = _width(data[at])
        name = int.from_bytes(data[at : at + wide])
        at += wide
        wide = _width(data[at])
        size = int.from_bytes(data[at : at + wide]) & ((1 << 7 * wide) - 1)
        at += wide
        if name in _HOLDERS:  # a recorder does not know how long they will be, and writes so
            yield name, b""
            continue
        if at + size > len(data):
            raise IndexError("cut off")
        yield name, data[at : at + size]
        at += size


def _width(first: int) -> int:
    """How many bytes a number of EBML has, by its first one."""
    if first == 0:
        raise IndexError("no such number")
    return 9 - first.bit_length()


# ---- Ogg


def _ogg(data: bytes) -> Sound | None:
    at, serial, skip, last = 0, None, 0, 0
    while at < len(data):
        mark, _version, _flags, granule, stream, _number, _sum, count = struct.unpack_from("<4sBBqIIIB", data, at)
        size = sum(data[at + 27 : at + 27 + count])
        first, at = at + 27 + count, at + 27 + count + size
        if mark != b"OggS" or at > len(data):
            raise IndexError("cut off")
        if serial is None:
            if data[first : first + 8] != b"OpusHead":
                return None
            serial, skip = stream, struct.unpack_from("<H", data, first + 10)[0]
        elif stream != serial:  # something else lies beside the sound
            return None
        last = max(last, granule)
    return Sound("audio/ogg", max(0, last - skip) / OPUS_RATE)


# ---- MP4


def _mp4(data: bytes) -> Sound | None:
    handlers, codecs, scale, length, begun = set[bytes](), set[bytes](), 0, 0, 0
    for name, inner in _boxes(data, 0, len(data)):
        if name == b"hdlr":
            handlers.add(inner[8:12])
        elif name == b"stsd":
            codecs |= {inner[at + 4 : at + 8] for at in _entries(inner)}
        elif name == b"mdhd":
            wide = inner[0] == 1
            scale, length = struct.unpack_from(">IQ" if wide else ">II", inner, 20 if wide else 12)
        elif name == b"tfdt":
            begun = max(begun, int.from_bytes(inner[4 : 12 if inner[0] == 1 else 8]))
    if handlers != {b"soun"} or codecs != {b"mp4a"}:
        return None
    # A file written while it is recorded does not know its length; its parts say when they begin.
    known = length if length < 0xFFFFFFFF else 0
    return Sound("audio/mp4", max(known, begun) / scale if max(known, begun) else None)


def _entries(inner: bytes) -> Iterator[int]:
    """Where the entries of a table of samples begin."""
    at = 8
    for _ in range(min(struct.unpack_from(">I", inner, 4)[0], 8)):
        yield at
        at += struct.unpack_from(">I", inner, at)[0]


def _boxes(data: bytes, at: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """The boxes that hold no others, from outside to inside."""
    while at < end:
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end or depth > 8:
            raise IndexError("cut off")
        if name in _ON_THE_WAY:
            yield from _boxes(data, at + head, at + size, depth + 1)
        else:
            yield name, data[at + head : at + size]
        at += size
