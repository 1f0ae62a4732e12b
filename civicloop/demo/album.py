"""Pictures for some dozens of cases: how it was, and how it is now."""

from __future__ import annotations

import io
from datetime import datetime
from random import Random

from civicloop.cases.models import CaseEvidence, CaseStep
from civicloop.demo.pictures import picture
from civicloop.demo.settle import City
from civicloop.photos.actions import store

CASES = 130
FAR_SHARE = 0.4


def fill_album(city: City, *, seed: int, at: datetime) -> int:
    """Draw and keep the pictures of some cases; more of them recent than old. Returns how many pictures there are."""
    rng = Random(f"{seed}:album")
    numbers = list(CaseStep.objects.filter(name="report").order_by("case").values_list("case", flat=True))
    recent, older = numbers[-len(numbers) // 8 :], numbers[: -len(numbers) // 8]
    chosen = sorted(
        {*rng.sample(recent, min(CASES // 2, len(recent))), *rng.sample(older, min(CASES // 2, len(older)))}
    )
    steps = CaseStep.objects.filter(case__in=chosen, name__in=["report", "rectify"])
    rows = [
        row
        for step in steps.select_related("case__category", "by").order_by("case", "seq")
        for row in _of(step, rng, at)
    ]
    CaseEvidence.objects.bulk_create(rows)
    return len(rows)


def _of(step: CaseStep, rng: Random, at: datetime) -> list[CaseEvidence]:
    case = step.case
    place, theme = f"{case.external_key}", case.category.code
    if step.name == "rectify":
        views = [("after", picture(place, theme, after=True))]
    else:
        views = [("near", picture(place, theme, after=False))]
        if rng.random() < FAR_SHARE:
            views.append(("far", picture(place, theme, after=False, far=True)))
    return [
        CaseEvidence(
            case=case, step=step, kind=kind, noted_at=step.at, lon=case.lon, lat=case.lat, accuracy_m=rng.randint(3, 25),
            photo=store(io.BytesIO(data), sha256=None, by=step.by, at=step.at),
        )
        for kind, data in views
    ]  # fmt: skip
