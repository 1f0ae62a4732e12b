"""How exact a share is. Source: E. B. Wilson, Probable inference, J. Am. Stat. Assoc. 22 (1927), 209-212."""

from __future__ import annotations

import math

Z_95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on either side."""


def interval(hits: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Low and high end of the share `hits`/`trials` (both between 0 and 1), Wilson's score interval without correction.

    Raises ValueError unless 0 <= hits <= trials and trials > 0.
    """
    if not 0 <= hits <= trials or trials == 0:
        raise ValueError("hits must lie between 0 and trials, and there must be trials")
    share, spread = hits / trials, z * z / trials
    middle = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / trials + spread / trials / 4)
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))
