"""Drawing that anybody can redo in any language: whole numbers from SHA-256, and nothing from a library.

A draw has one seed of 32 bytes. Each random number is asked for by a label, so no number depends on the order in which
others were taken. All arithmetic is on whole numbers; every chance is an exact fraction. `docs/explanation/draws.md`
tells the same in words.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

DECIMALS = 12


def seed_of(secret: str, beacon: str, frame_digest: str) -> bytes:
    """SHA-256 of the secret's 32 bytes, the public value in UTF-8 and the 32 bytes of the frame's digest."""
    return hashlib.sha256(bytes.fromhex(secret) + beacon.encode() + bytes.fromhex(frame_digest)).digest()


def commitment_of(secret: str) -> str:
    """What is shown of a secret beforehand: SHA-256 of its 32 bytes, in hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(secret)).hexdigest()


def sealed(seed: bytes, content: bytes) -> str:
    """What binds a content without telling it: SHA-256 of the seed's 32 bytes and the content, in hexadecimal digits.

    The seed belongs in it: of a small frame there are so few possible results that a bare digest could be looked up.
    """
    return hashlib.sha256(seed + content).hexdigest()


def number(seed: bytes, label: str) -> int:
    """The random number with this label: the first 8 bytes of SHA-256(seed ‖ label in UTF-8), big-endian."""
    return int.from_bytes(hashlib.sha256(seed + label.encode()).digest()[:8], "big")


def shuffled(keys: Sequence[str], seed: bytes, label: str) -> list[str]:
    """Different keys in random order: by the number of `label|key`, then by the key itself."""
    return sorted(keys, key=lambda key: (number(seed, f"{label}|{key}"), key))


def systematic(size: int, wanted: int, start: int) -> list[int]:
    """Every (size / wanted)-th place of a list, from a random start; ascending. Each place has the chance wanted / size.

    Place i is taken when ⌊((i + 1)·n + r) / N⌋ > ⌊(i·n + r) / N⌋ with r = start mod N (Madow 1949, in whole numbers): of the
    N values of r exactly n take a given place. More than `size` is never taken.
    """
    if wanted <= 0 or size <= 0:
        return []
    if wanted >= size:
        return list(range(size))
    rest = start % size
    # The k-th step over a multiple of N happens at i = ⌈(k·N − r) / n⌉ − 1.
    return [-(-(step * size - rest) // wanted) - 1 for step in range(1, wanted + 1)]


def proportional_to_size(weights: Sequence[int], wanted: int, start: int) -> tuple[list[int], list[Fraction]]:
    """Places taken with chances proportional to whole weights above 0, and the chance of every place.

    What would have a chance of 1 or more is taken for certain, and the rest drawn among the others: systematically along the
    running sum of the weights, from start mod their sum (Madow 1949).
    """
    chances = [Fraction(0)] * len(weights)
    left, free = min(wanted, len(weights)), list(range(len(weights)))
    while left and (sure := [place for place in free if left * weights[place] >= sum(weights[one] for one in free)]):
        for place in sure[:left]:
            chances[place] = Fraction(1)
        left -= len(sure[:left])
        free = [place for place in free if not chances[place]]
    taken = [place for place in range(len(weights)) if chances[place]]
    if left:
        taken += _along(weights, free, left, start)
        whole = sum(weights[place] for place in free)
        for place in free:
            chances[place] = Fraction(left * weights[place], whole)
    return sorted(taken), chances


def _along(weights: Sequence[int], free: Sequence[int], wanted: int, start: int) -> list[int]:
    sums = [0, *accumulate(weights[place] for place in free)]
    rest, whole = start % sums[-1], sums[-1]
    marks = [(wanted * reached + rest) // whole for reached in sums]
    return [place for step, place in enumerate(free) if marks[step + 1] > marks[step]]


def apportion(total: int, sizes: Mapping[str, int], *, minimum: int = 1, equal: bool = False) -> dict[str, int]:
    """`total` places shared among groups of these sizes, in proportion or equally; no group gets more than it has.

    First every group gets `minimum` places (or all it has), or as many fewer as the total allows. The rest is handed out one
    by one, each to the group that lacks most to its exact share, the first by name of several. Without minimum and caps this
    is the method of largest remainders (Hamilton).
    """
    caps = {key: size for key, size in sorted(sizes.items()) if size > 0}
    total = min(total, sum(caps.values()))
    weights = dict.fromkeys(caps, 1) if equal else caps
    whole = sum(weights.values())
    least = min(minimum, total, max(caps.values(), default=0))
    while least and sum(min(least, cap) for cap in caps.values()) > total:
        least -= 1
    shares = {key: min(least, cap) for key, cap in caps.items()}
    lacking = [(shares[key] * whole - total * weights[key], key) for key in caps if shares[key] < caps[key]]
    heapq.heapify(lacking)
    for _ in range(total - sum(shares.values())):
        missing, key = heapq.heappop(lacking)
        shares[key] += 1
        if shares[key] < caps[key]:
            heapq.heappush(lacking, (missing + whole, key))
    return shares


def part_of(count: int, share: Fraction) -> int:
    """A share of a count as a whole number, halves upwards."""
    return int((2 * count * share.numerator + share.denominator) // (2 * share.denominator))


def decimal(chance: Fraction) -> str:
    """A chance with 12 decimals, halves upwards; the same digits in every language."""
    digits = (2 * chance.numerator * 10**DECIMALS + chance.denominator) // (2 * chance.denominator)
    return f"{digits // 10**DECIMALS}.{digits % 10**DECIMALS:0{DECIMALS}d}"
