"""A trained linear classifier as plain arrays: asked without the library that trained it, and explained by its own weights.

The score of class k is s_k = b_k + Σ_j x_j·W_jk with x_j = idf_j / ‖idf of the text's grams‖ for each gram once; its share is
softmax(s / T), where T was fitted on texts held back from training, so that a share of 0.8 is right four times in five.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from civicloop.kernel.refusal import Invalid
from civicloop.textintake.rules.features import BUCKETS, Grams, Ints, grams_of

Floats = npt.NDArray[np.float32]
MOST_BYTES = 64 * 1024 * 1024
MOST_CLASSES = 2000
MOST_PIECES = 4
_PARTS = {
    "classes": "int64",
    "buckets": "int32",
    "idf": "float32",
    "weights": "float16",
    "bias": "float32",
    "heat": "float32",
}


@dataclass(frozen=True)
class Linear:
    """The arrays: numbers of the categories, which buckets were seen, their idf, weights (buckets × classes), bias, and T."""

    classes: Ints
    buckets: Ints
    idf: Floats
    weights: Floats
    bias: Floats
    heat: float

    def __post_init__(self) -> None:
        place = np.full(BUCKETS, -1, np.int32)
        place[self.buckets] = np.arange(len(self.buckets), dtype=np.int32)
        object.__setattr__(self, "_place", place)

    def shares(self, grams: Grams) -> Floats:
        """The share of every class for one text. A text without a known gram gets the bias alone."""
        return softmax(self.scores(grams.distinct()) / self.heat)

    def scores(self, buckets: Ints) -> Floats:
        """The score of every class for the distinct buckets of one text."""
        rows = self._rows(buckets)
        scores = self.bias.copy()
        if len(rows):
            idf = self.idf[rows]
            scores += (idf / np.linalg.norm(idf)) @ self.weights[rows]
        return scores

    def top(self, text: str, most: int = 5) -> list[tuple[int, float, tuple[str, ...]]]:
        """The likeliest categories with their shares and the pieces of the text that spoke for them, likeliest first."""
        grams = grams_of(text)
        shares = self.shares(grams)
        order = np.argsort(-shares, kind="stable")[:most]
        return [
            (int(self.classes[k]), float(shares[k]), self.why(grams, int(k)) if shares[k] > 0.02 else ()) for k in order
        ]

    def knows(self, text: str) -> bool:
        """Whether at least one gram of the text was seen in training."""
        return len(self._rows(grams_of(text).distinct())) > 0

    def why(self, grams: Grams, k: int) -> tuple[str, ...]:
        """The pieces of the text whose grams speak most for class k, rather than for the mean of all classes."""
        length = len(grams.text)
        heard = np.zeros(length, np.float32)
        for width, buckets in enumerate(grams.buckets, 1):
            rows = self._place[buckets]  # type: ignore[attr-defined]
            known = rows >= 0
            told = np.zeros(len(buckets), np.float32)
            if known.any():
                weights = self.weights[rows[known]]
                told[known] = self.idf[rows[known]] * (weights[:, k] - weights.mean(axis=1))
            for shift in range(width):
                heard[shift : shift + len(told)] += told / width
        return _pieces(grams.text, heard)

    def _rows(self, buckets: Ints) -> Ints:
        rows = self._place[buckets]  # type: ignore[attr-defined]
        return rows[rows >= 0].astype(np.int64)  # type: ignore[no-any-return]

    def to_bytes(self) -> bytes:
        """The arrays as one compressed npz: no object, no code."""
        held = io.BytesIO()
        np.savez_compressed(
            held, classes=self.classes.astype(np.int64), buckets=self.buckets.astype(np.int32), idf=self.idf,
            weights=self.weights.astype(np.float16), bias=self.bias, heat=np.array([self.heat], np.float32),
        )  # fmt: skip
        return held.getvalue()


def from_bytes(data: bytes) -> Linear:
    """The classifier in these bytes. Raises Invalid (`model_damaged`) for anything that is not just these arrays in shape."""
    try:
        _check_size(data)
        with np.load(io.BytesIO(data), allow_pickle=False) as held:
            parts = {name: held[name] for name in _PARTS}
    except (OSError, ValueError, KeyError, EOFError, MemoryError, zipfile.BadZipFile) as fault:
        raise Invalid("model", "model_damaged") from fault
    if not _sound(parts):
        raise Invalid("model", "model_damaged")
    return Linear(
        parts["classes"], parts["buckets"].astype(np.int64), parts["idf"], parts["weights"].astype(np.float32),
        parts["bias"], float(parts["heat"][0]),
    )  # fmt: skip


def _check_size(data: bytes) -> None:
    """A small file may unfold to a large one; what it says of itself is looked at before anything is unfolded."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(one.file_size for one in archive.infolist()) > MOST_BYTES * 8:
            raise ValueError("too large")


def _sound(parts: Mapping[str, npt.NDArray[np.generic]]) -> bool:
    classes, buckets = parts["classes"], parts["buckets"]
    shapes = {
        "classes": (len(classes),), "buckets": (len(buckets),), "idf": (len(buckets),),
        "weights": (len(buckets), len(classes)), "bias": (len(classes),), "heat": (1,),
    }  # fmt: skip
    return (
        all(parts[name].dtype == kind and parts[name].shape == shapes[name] for name, kind in _PARTS.items())
        and 1 <= len(classes) <= MOST_CLASSES
        and all(bool(np.isfinite(parts[name]).all()) for name in ("idf", "weights", "bias", "heat"))
        and float(parts["heat"].astype(np.float32)[0]) > 0
        and (len(buckets) == 0 or (int(buckets.min()) >= 0 and int(buckets.max()) < BUCKETS))
    )


def softmax(scores: npt.NDArray[np.floating]) -> Floats:
    """Shares that sum to one."""
    told = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = (told / told.sum(axis=-1, keepdims=True)).astype(np.float32)
    return shares


def _pieces(text: str, heard: Floats) -> tuple[str, ...]:
    """Runs of characters that speak for the class more than a third as much as the loudest, the loudest first."""
    if not len(heard) or heard.max() <= 0:
        return ()
    loud = heard > heard.max() / 3
    found: list[tuple[float, str]] = []
    begin = None
    for i, on in enumerate([*loud, False]):
        if on and text[i] != " " and begin is None:
            begin = i
        elif begin is not None and (not on or text[i] == " "):
            found.append((float(heard[begin:i].sum()), text[begin:i]))
            begin = None
    ranked = sorted(found, key=lambda one: -one[0])
    return tuple(dict.fromkeys(piece for _, piece in ranked if len(piece) > 1))[:MOST_PIECES]


def hit_rates(shares: Floats, classes: Ints, truth: Sequence[int]) -> tuple[float, float]:
    """How often the right category is first, and how often among the first three. No text: 0 and 0."""
    if not len(truth):
        return 0.0, 0.0
    order = np.argsort(-shares, axis=1, kind="stable")[:, :3]
    right = classes[order] == np.asarray(truth)[:, None]
    return float(right[:, 0].mean()), float(right.any(axis=1).mean())
