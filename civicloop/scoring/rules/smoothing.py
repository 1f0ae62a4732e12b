"""Small cells lean on the others: the area-level model of Fay and Herriot (1979) with its empirical best predictor.

y_i = μ + v_i + e_i, with known sampling variances ψ_i. The variance of v is the moment estimator of Prasad and Rao (1990),
max(0, s_y² − mean ψ); the mean squared error is theirs as well, g₁ + g₂ + 2 g₃. Closed forms, so that a database engine
computes the same. ψ comes from the spread of the whole type, not from the two or three places of the cell itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Cells with fewer judged places than this are smoothed; with fewer cells than this there is nothing to lean on.
SMALL, LEAST_CELLS = 10, 3


@dataclass(frozen=True, slots=True)
class Smoothed:
    """A cell's predicted value, the root of its mean squared error, and the share taken from the others (1 − γ)."""

    value: float
    rmse: float
    shrinkage: float


def smooth(values: Sequence[float], variances: Sequence[float]) -> list[Smoothed]:
    """The predicted value of every cell. A cell whose variance is 0 is known and keeps its own value."""
    y, psi = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    m = len(y)
    between = max(0.0, float(y.var(ddof=1) - psi.mean()))
    total = np.where(psi > 0, between + psi, 1.0)
    share = np.where(psi > 0, between / total, 1.0)  # γ: what the cell keeps of its own
    # Cells known exactly would drown the others in the mean; they take part with the least variance there is.
    lightest = float(psi[psi > 0].min(initial=np.inf))
    weight = 1 / np.where(psi > 0, total, between + (lightest if np.isfinite(lightest) else 1.0))
    mean = float((weight * y).sum() / weight.sum())
    g1 = share * psi
    g2 = (1 - share) ** 2 / weight.sum()
    g3 = np.where(psi > 0, psi**2 / total**3, 0.0) * 2 * float((1 / weight**2).sum()) / m**2
    predicted, rmse = share * y + (1 - share) * mean, np.sqrt(g1 + g2 + 2 * g3)
    return [
        Smoothed(float(one), float(err), float(1 - kept)) for one, err, kept in zip(predicted, rmse, share, strict=True)
    ]
