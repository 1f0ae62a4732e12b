"""Training the classifier on the city's own closed cases, and learning the city's roads from their addresses."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from civicloop.cases.models import Case
from civicloop.cases.rules.lifecycle import State
from civicloop.kernel.refusal import Invalid
from civicloop.ledger.actions import record
from civicloop.organisation.actions import bump
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.textintake import policy
from civicloop.textintake.books import STAMP, gazetteer_of, matters
from civicloop.textintake.models import TextModel
from civicloop.textintake.rules.cleaning import clean
from civicloop.textintake.rules.masking import masked
from civicloop.textintake.rules.training import Trained, gathered
from civicloop.textintake.rules.training import train as fit_and_measure

KIND = "text_model"
MOST_CASES, MOST_ADDRESSES = 100_000, 100_000
FEWEST_ON_ROAD, MOST_ROADS = 3, 5_000


def train(*, by: Person | None, at: datetime, ref: Reference | None = None) -> TextModel:
    """Train on the newest 100 000 closed cases, measured on a fifth of the wordings, and keep the result as the one in use.

    The work of minutes is done before the transaction begins: SQLite has one writer, and nobody need wait for it.
    Raises Invalid (`too_few_cases` when there are not two categories with five closed cases each), NotAllowed.
    """
    policy.require_training(by, at=at)
    ref = ref or reference.now()
    done = fit_and_measure(gathered(_closed(ref)))
    if done is None:
        raise Invalid("cases", "too_few_cases")
    weights = done.model.to_bytes()
    row = TextModel(
        trained_at=at, trained_by=by, cases=done.cases, texts=done.texts, held=done.held, top1=done.top1,
        top3=done.top3, per_category=_told(done, ref), roads=_roads(ref), weights=weights,
        sha256=sha256(weights).hexdigest(),
    )  # fmt: skip
    _keep(row, by, at)
    return row


@transaction.atomic
def _keep(row: TextModel, by: Person | None, at: datetime) -> None:
    TextModel.objects.exclude(weights=b"").update(weights=b"")
    row.save(force_insert=True)
    bump(STAMP)
    told = {
        "cases": row.cases, "texts": row.texts, "held": row.held, "top1": round(row.top1, 4), "top3": round(row.top3, 4),
        "sha256": row.sha256,
    }  # fmt: skip
    record(KIND, row.uid, "text_model.train", by=by.uid if by else None, at=at, data=told, new=True)


def _closed(ref: Reference) -> list[tuple[str, int]]:
    """Texts and categories of closed cases; a category of an older list stands for the one of its name in use."""
    by_name = {one.name: one.id for one in matters(ref)}
    rows = Case.objects.filter(state=State.CLOSED).exclude(description="").order_by("-id")
    found, plain = [], {}
    for text, category in rows.values_list("description", "category_id")[:MOST_CASES]:
        known = by_name.get(ref.categories.by_id(category).name)
        if known is None:
            continue
        if text not in plain:
            plain[text] = masked(clean(text))
        if plain[text]:
            found.append((plain[text], known))
    return found


def _told(done: Trained, ref: Reference) -> list[dict[str, Any]]:
    return [
        {
            "code": ref.categories.by_id(category).code, "name": ref.categories.by_id(category).name,
            "name_en": ref.categories.by_id(category).name_en, "cases": cases, "held": held, "right": right,
        }
        for category, (cases, held, right) in done.per_category.items()
    ]  # fmt: skip


def _roads(ref: Reference) -> Mapping[str, list[dict[str, Any]]]:
    """Roads named in the addresses of at least three cases, with the middle of those cases in each grid."""
    gazetteer = gazetteer_of(ref)
    places: dict[str, dict[int, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    rows = Case.objects.exclude(address="").filter(lon__isnull=False, grid__isnull=False).order_by("-id")
    for address, grid, lon, lat in rows.values_list("address", "grid_id", "lon", "lat")[:MOST_ADDRESSES]:
        for name in gazetteer.roads_of(address):
            places[name][grid].append((float(lon or 0), float(lat or 0)))
    often = sorted(places, key=lambda name: -sum(map(len, places[name].values())))
    return {
        name: [_middle(grid, found, ref) for grid, found in sorted(places[name].items())]
        for name in often[:MOST_ROADS]
        if sum(map(len, places[name].values())) >= FEWEST_ON_ROAD
    }


def _middle(grid: int, found: list[tuple[float, float]], ref: Reference) -> dict[str, Any]:
    info = ref.grids.info(grid)
    return {
        "unit": info.unit_id if info else None, "grid": grid,
        "lon": round(statistics.median(lon for lon, _ in found), 6),
        "lat": round(statistics.median(lat for _, lat in found), 6),
    }  # fmt: skip
