"""Proof of work: a number that makes the SHA-256 of `challenge:number` begin with so many zero bits. Found by trying, checked at
once. In a browser (Web Crypto) 15 bits take about a second, in a program made for it some milliseconds: it keeps out what fills in
forms blindly. Who means it is held by the number of reports in a day.
"""

from __future__ import annotations

import hashlib

LONGEST = 20


def leading_zeros(digest: bytes) -> int:
    """How many zero bits a digest begins with."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def proves(challenge: str, answer: str, bits: int) -> bool:
    """Whether the answer is a number that does it."""
    if not (answer.isascii() and answer.isdecimal() and len(answer) <= LONGEST):
        return False
    return leading_zeros(hashlib.sha256(f"{challenge}:{answer}".encode()).digest()) >= bits


def find(challenge: str, bits: int) -> str:
    """An answer, by trying: about 2 ** bits hashes. For tests and for programs that report on somebody's behalf."""
    number = 0
    while not proves(challenge, str(number), bits):
        number += 1
    return str(number)
