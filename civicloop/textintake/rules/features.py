"""Character n-grams of a text as numbers: hashed, without a vocabulary, the same in every process and on every machine.

A gram of one, two or three neighbouring characters falls into one of 2^17 buckets by a polynomial of its code points. Grams of one
position lie at a known place of the answer, so that a weight can be led back to the words it came from without a second pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BITS = 17
BUCKETS = 1 << BITS
LONGEST = 3
MOST_CHARACTERS = 4000
Ints = npt.NDArray[np.int64]

_MIX = np.uint32(0x9E3779B1)
_STEP = np.uint32(0x85EBCA6B)
_LENGTHS = [np.uint32(length * 0x85EBCA6B & 0xFFFFFFFF) for length in range(LONGEST + 1)]
# What says nothing about the kind of problem: numbers, Latin letters, masks, punctuation. One blank parts what stood around it.
_NOTHING = re.compile(r"[^\u3400-\u4dbf\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Grams:
    """The grams of one text: `buckets` of every gram by length (1, then 2, then 3), and the text they were cut from."""

    text: str
    buckets: tuple[Ints, ...]

    def distinct(self) -> Ints:
        """Each bucket once, in ascending order."""
        return np.unique(np.concatenate(self.buckets)) if self.buckets else np.empty(0, np.int64)


def grams_of(text: str) -> Grams:
    """The grams of a text; its first 4 000 characters count."""
    plain = _NOTHING.sub(" ", text[:MOST_CHARACTERS]).strip()
    codes = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32)
    found, state = [], np.zeros(len(codes), np.uint32)
    for length in range(1, LONGEST + 1):
        if len(codes) < length:
            break
        state = (state[: len(codes) - length + 1] + codes[length - 1 :]) * _MIX
        mixed = state ^ (state >> np.uint32(15)) ^ _LENGTHS[length]
        found.append((mixed * _STEP >> np.uint32(32 - BITS)).astype(np.int64))
    return Grams(plain, tuple(found))


def rows_of(texts: Sequence[str]) -> list[Ints]:
    """The distinct buckets of each text."""
    return [grams_of(text).distinct() for text in texts]
