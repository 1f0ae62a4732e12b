"""Training the classifier, and measuring it on texts it has never seen.

Texts are held back as whole groups: the same wording, reported a hundred times, lies either on the side that is learned from or on
the side that is measured, never on both. Measured is every different wording once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import scipy.sparse

from civicloop.textintake.rules.features import Ints, rows_of
from civicloop.textintake.rules.linear import Floats, Linear, hit_rates, softmax

HELD_BACK = 5
FEWEST = 5
"""A category with fewer cases is left to the words: two sentences teach nothing about a third."""
MOST_WEIGHT = 4.0
"""What one wording counts at most, however often it came: as the square root of its count."""
HEATS = np.geomspace(0.05, 5.0, 40)


@dataclass(frozen=True, slots=True)
class Sample:
    """A text whose category is known, and how many cases said it in these words."""

    text: str
    category: int
    cases: int = 1


@dataclass(frozen=True)
class Trained:
    """The classifier trained on everything, and what one trained on four fifths did with the other fifth."""

    model: Linear
    texts: int
    cases: int
    held: int
    top1: float
    top3: float
    per_category: dict[int, tuple[int, int, int]]
    """By category: cases, texts held back, of these right at first."""


def gathered(texts: Sequence[tuple[str, int]]) -> list[Sample]:
    """Texts with their categories, each different pair once with its count; categories with too few cases are left out."""
    pairs = Counter(texts)
    cases = Counter[int]()
    for (_, category), many in pairs.items():
        cases[category] += many
    return [
        Sample(text, category, many) for (text, category), many in sorted(pairs.items()) if cases[category] >= FEWEST
    ]


def is_held_back(text: str) -> bool:
    """Whether a wording belongs to the fifth that is measured on: decided by its own letters, the same every time."""
    return sha256(text.encode()).digest()[0] % HELD_BACK == 0


def train(samples: Sequence[Sample], *, seed: int = 1) -> Trained | None:
    """Train on everything, having measured on the fifth held back; None where there are not two categories to tell apart.

    A text without a gram (numbers, Latin letters) teaches nothing and is left out.
    A category all of whose wordings would be held back keeps them: it cannot be measured, and its count of held texts says 0.
    """
    spoken = [(one, row) for one, row in zip(samples, rows_of([one.text for one in samples]), strict=True) if len(row)]
    samples, rows = [one for one, _ in spoken], [row for _, row in spoken]
    if len({one.category for one in samples}) < 2:
        return None
    held = _held(samples)
    learned = [n for n in range(len(samples)) if n not in held]
    model, heat, shares = None, 0.3, np.empty((0, 0), np.float32)
    asked = sorted(held)
    if asked and len({samples[n].category for n in learned}) >= 2:
        model = fit([samples[n] for n in learned], [rows[n] for n in learned], seed=seed)
        scores = np.stack([model.scores(rows[n]) for n in asked])
        heat = _fitted(scores, model.classes, [samples[n].category for n in asked])
        shares = softmax(scores / heat)
    truth = [samples[n].category for n in asked]
    top1, top3 = hit_rates(shares, model.classes, truth) if model is not None else (0.0, 0.0)
    whole = fit(samples, rows, seed=seed)
    whole = Linear(whole.classes, whole.buckets, whole.idf, whole.weights, whole.bias, heat)
    return Trained(
        whole, len(samples), sum(one.cases for one in samples), len(truth) if model is not None else 0, top1, top3,
        _by_category(samples, asked, shares, model),
    )  # fmt: skip


def fit(samples: Sequence[Sample], rows: Sequence[Ints], *, seed: int) -> Linear:
    """A linear classifier by stochastic gradient descent on logistic loss, one class against the rest (scikit-learn)."""
    from sklearn.linear_model import SGDClassifier  # noqa: PLC0415  (heavy: only training needs it)

    buckets, columns = np.unique(np.concatenate(rows), return_inverse=True)
    begins = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    often = np.bincount(columns, minlength=len(buckets))
    idf = (np.log((1 + len(rows)) / (1 + often)) + 1).astype(np.float32)
    matrix = scipy.sparse.csr_matrix((idf[columns], columns, begins), shape=(len(rows), len(buckets)))
    norms = np.sqrt(matrix.multiply(matrix).sum(axis=1)).A1
    norms[norms == 0] = 1
    matrix = scipy.sparse.diags(1 / norms) @ matrix
    truth = np.array([one.category for one in samples])
    weights = np.minimum(np.sqrt([one.cases for one in samples]), MOST_WEIGHT)
    # Without averaging: scikit-learn averages over every feature at each text, which costs minutes where this costs seconds.
    learner = SGDClassifier(loss="log_loss", alpha=2e-5, max_iter=30, tol=1e-3, random_state=seed)
    learner.fit(matrix, truth, sample_weight=weights)
    weights_of, bias = learner.coef_.astype(np.float32), learner.intercept_.astype(np.float32)
    if len(learner.classes_) == 2:  # two classes are one line: it speaks against the first as loudly as for the second
        weights_of, bias = np.vstack([-weights_of, weights_of]) / 2, np.concatenate([-bias, bias]) / 2
    clipped = np.clip(weights_of.T, -6e4, 6e4)
    return Linear(learner.classes_.astype(np.int64), buckets, idf, np.ascontiguousarray(clipped), bias, 1.0)


def _held(samples: Sequence[Sample]) -> set[int]:
    by_category: dict[int, list[int]] = defaultdict(list)
    for n, one in enumerate(samples):
        by_category[one.category].append(n)
    found: set[int] = set()
    for numbers in by_category.values():
        held = [n for n in numbers if is_held_back(samples[n].text)]
        found.update(held if len(held) < len(numbers) else [])
    # A wording of two categories, one of which keeps it, is learned: then it is not measured under the other either.
    learned = {one.text for n, one in enumerate(samples) if n not in found}
    return {n for n in found if samples[n].text not in learned}


def _fitted(scores: Floats, classes: Ints, truth: Sequence[int]) -> float:
    """The temperature under which what was held back is likeliest (log loss over a grid)."""
    place = {int(one): n for n, one in enumerate(classes)}
    known = [(n, place[one]) for n, one in enumerate(truth) if one in place]
    if not known:
        return 1.0
    rows, columns = zip(*known, strict=True)
    losses = [
        -float(np.log(softmax(scores[list(rows)] / heat)[range(len(rows)), list(columns)] + 1e-9).mean())
        for heat in HEATS
    ]
    return float(HEATS[int(np.argmin(losses))])


def _by_category(
    samples: Sequence[Sample], asked: Sequence[int], shares: Floats, model: Linear | None
) -> dict[int, tuple[int, int, int]]:
    cases, held, right = Counter[int](), Counter[int](), Counter[int]()
    for one in samples:
        cases[one.category] += one.cases
    if model is not None:
        for n, row in zip(asked, shares, strict=True):
            held[samples[n].category] += 1
            right[samples[n].category] += int(model.classes[int(row.argmax())]) == samples[n].category
    return {category: (many, held[category], right[category]) for category, many in sorted(cases.items())}
