"""What counts as a voice note: judged by its bytes, sound alone, a minute at most."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.kernel.refusal import Invalid, TooLarge
from civicloop.photos.rules.sound import GRACE_SECONDS, MOST_SECONDS, read_sound
from tests.photos.sounds import element, mp4, ogg, webm


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(webm(3), "audio/webm"), (ogg(3), "audio/ogg"), (mp4(3), "audio/mp4"), (mp4(3, whole=False), "audio/mp4")],
)
def test_the_kinds_that_browsers_record_are_told_with_their_length(data: bytes, media_type: str) -> None:
    found = read_sound(data)

    assert found.media_type == media_type
    assert found.seconds == pytest.approx(3, abs=0.01)


@pytest.mark.parametrize("seconds", [25.5, 60, 64])
@pytest.mark.parametrize("make", [webm, ogg, mp4])
def test_the_length_is_right_beyond_one_part_and_a_minute_is_taken(make, seconds: float) -> None:
    assert read_sound(make(seconds)).seconds == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize("data", [webm(66), ogg(66), mp4(66), mp4(66, whole=False)])
def test_what_is_longer_than_a_minute_is_refused(data: bytes) -> None:
    with pytest.raises(TooLarge) as refused:
        read_sound(data)
    assert refused.value.code == "voice_too_long"


@pytest.mark.parametrize(
    "data",
    [
        webm(codec=b"A_VORBIS"), webm(doctype=b"matroska"), webm(film=True), ogg(head=b"\x01vorbis "), ogg(beside=True),
        mp4(codec=b"Opus"), mp4(handler=b"vide"), b"ID3\x04 music", b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"\xff\xd8\xff\xe0 a picture", b"<html>", b"MZ a program",
    ],
)  # fmt: skip
def test_anything_else_is_not_taken(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_sound(data)
    assert refused.value.code == "voice_unknown_kind"


@pytest.mark.parametrize("make", [webm, ogg, mp4])
def test_what_was_cut_off_is_refused_and_never_an_error_of_ours(make) -> None:
    whole = make(2)
    for cut in range(4, len(whole) - 1):
        with suppress(Invalid):  # between two parts it is whole, and shorter
            assert read_sound(whole[:cut]).seconds in (None, pytest.approx(1, abs=1.01))


def outcome(data: bytes) -> str:
    """The code of the refusal, or the seconds of what was taken."""
    try:
        return str(read_sound(data).seconds or 0)
    except (Invalid, TooLarge) as refused:
        return refused.code


@given(st.integers(0, 2**32), st.sampled_from([webm, ogg, mp4]))
def test_broken_bytes_are_refused_or_taken_and_never_an_error_of_ours(seed: int, make) -> None:
    draw, data = Random(seed), bytearray(make(1))
    for _ in range(draw.randrange(1, 12)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    said = outcome(bytes(data))
    assert said.startswith("voice_") or 0 <= float(said) <= MOST_SECONDS + GRACE_SECONDS


@pytest.mark.parametrize("name", [0xE7, 0x2AD7B1])
def test_a_time_with_hundreds_of_digits_is_refused_and_never_an_error_of_ours(name: int) -> None:
    for digits in (7, 40, 500):
        vast = webm(1) + element(
            0x1F43B675, element(name, b"\xff" * digits) + element(0xA3, b"\x81\x00\x01\x80"), unknown=True
        )
        assert outcome(vast) in ("voice_too_long", "voice_broken")


def test_a_box_that_says_it_is_endless_ends() -> None:
    with pytest.raises(Invalid):
        read_sound(b"\x00\x00\x00\x08ftyp" + b"\x00\x00\x00\x08moov" * 3 + b"\x00\x00\x00\x04trak")
