"""Recordings made by hand: the boxes a browser writes around sound, with nothing that could be heard in them."""

from __future__ import annotations

import struct

SILENCE = b"\xf8\xff\xfe"
"""A packet of Opus that says nothing for 20 ms (RFC 6716)."""


def element(name: int, inner: bytes, *, unknown: bool = False) -> bytes:
    """An element of Matroska; one that is written while it is recorded does not know its length."""
    wide = (name.bit_length() + 7) // 8
    size = b"\x01" + b"\xff" * 7 if unknown else (len(inner) | 1 << 28).to_bytes(4)
    return name.to_bytes(wide) + size + inner


def webm(seconds: float = 3.0, *, codec: bytes = b"A_OPUS", doctype: bytes = b"webm", film: bool = False) -> bytes:
    """As Chromium and Firefox record: clusters of unknown length, a block for every 60 ms."""
    head = element(0x1A45DFA3, element(0x4282, doctype))
    track = element(0xAE, element(0xD7, b"\x01") + element(0x83, b"\x02") + element(0x86, codec))
    if film:
        track += element(0xAE, element(0xD7, b"\x02") + element(0x83, b"\x01") + element(0x86, b"V_VP8"))
    info = element(0x1549A966, element(0x2AD7B1, (1_000_000).to_bytes(3)))
    body, last = b"", round(seconds * 1000)
    for start in range(0, last + 1, 10_000):
        moments = [*range(0, min(10_000, last - start), 60), *([last - start] if last - start < 10_000 else [])]
        blocks = b"".join(element(0xA3, b"\x81" + struct.pack(">h", one) + b"\x80" + SILENCE) for one in moments)
        body += element(0x1F43B675, element(0xE7, start.to_bytes(4)) + blocks, unknown=True)
    return head + element(0x18538067, info + element(0x1654AE6B, track) + body, unknown=True)


def ogg(seconds: float = 3.0, *, head: bytes = b"OpusHead", beside: bool = False) -> bytes:
    """Opus in Ogg, as older Firefox records; `beside` puts a page of another stream in."""
    first = head + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    pages = [page(first, 0, 0), page(b"OpusTags" + bytes(8), 0, 1)]
    if beside:
        pages.append(page(b"\x80theora", 0, 0, stream=2))
    return b"".join([*pages, page(SILENCE, 312 + round(seconds * 48_000), 2)])


def page(inner: bytes, granule: int, number: int, *, stream: int = 1) -> bytes:
    """A page of Ogg with one packet."""
    return struct.pack("<4sBBqIIIB", b"OggS", 0, 0, granule, stream, number, 0, 1) + bytes([len(inner)]) + inner


def box(name: bytes, inner: bytes) -> bytes:
    """A box of MP4."""
    return struct.pack(">I4s", 8 + len(inner), name) + inner


def mp4(seconds: float = 3.0, *, codec: bytes = b"mp4a", handler: bytes = b"soun", whole: bool = True) -> bytes:
    """AAC in MP4, as Safari records; not `whole`: in parts that say when they begin."""
    length = round(seconds * 1000)
    mdhd = box(b"mdhd", bytes(12) + struct.pack(">II", 1000, length if whole else 0) + bytes(4))
    hdlr = box(b"hdlr", bytes(8) + handler + bytes(13))
    stsd = box(b"stsd", bytes(4) + struct.pack(">I", 1) + box(codec, bytes(28)))
    trak = box(b"trak", box(b"mdia", mdhd + hdlr + box(b"minf", box(b"stbl", stsd))))
    parts = b""
    if not whole:
        tfdt = box(b"tfdt", bytes(4) + struct.pack(">I", length))
        parts = box(b"moof", box(b"traf", tfdt)) + box(b"mdat", bytes(40))
    return box(b"ftyp", b"M4A " + bytes(8)) + box(b"moov", trak) + (parts or box(b"mdat", bytes(40)))
