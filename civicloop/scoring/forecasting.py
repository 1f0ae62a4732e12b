"""If assessors came tomorrow: the forecast of a scope, from rows to the rule. At most eight statements."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from civicloop.kernel.refusal import Invalid
from civicloop.scoring.forecast_known import known_of
from civicloop.scoring.forecast_reading import PointRow, Read, read
from civicloop.scoring.rules import forecast as rules
from civicloop.scoring.rules.forecast import Assumptions, Forecast, Plan, PlanRow
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.standards.reference import Reference

# Visits older than this say nothing any more, unless rounds or days are named.
WINDOW_DAYS = 180
POINTS = 300
DRAWS = 2000
SEED = 20261201
# A sample beyond these is a slip, and would fill the memory: as many points as `points` may ask for.
MOST_POINTS, HEAVIEST = 5_000, 1e6
# Longer than any code of a pack; the csv module's own limit is one for the whole process and may have been raised elsewhere.
LONGEST_CODE = 60


@dataclass(frozen=True)
class Outlook:
    """A forecast with everything a reader must be told of it.

    `plan_from` says where the sample comes from: edition, file, or frame (the edition has none: types in proportion to their
    points). `sure` is how well founded it is. `rule` names the rule and its assumptions.
    """

    forecast: Forecast
    target: float
    as_of: datetime
    scope: Scope
    edition: StandardBook
    plan: Plan
    plan_from: str
    sure: str
    observations: int
    visits: int
    assumed: Assumptions = field(default_factory=Assumptions)
    window_days: int = WINDOW_DAYS
    rule: str = "forecast-2"

    @property
    def chance(self) -> float | None:
        """The chance to reach the target."""
        return self.forecast.chance(self.target)


def forecast(
    scope: Scope,
    *,
    as_of: datetime,
    ref: Reference,
    target: float | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    plan: Plan | None = None,
    points: int | None = None,
    assumed: Assumptions | None = None,
    window_days: int = WINDOW_DAYS,
) -> Outlook:
    """Forecast the score on site from the visits of `scope` (all of the last `window_days` days when it names neither rounds
    nor a first day) and the faults open at `as_of`.

    `plan` replaces the sample of the edition; `points` scales the sample. Raises NotFound when no standard is loaded, Invalid
    for numbers out of range.
    """
    _check(target, draws, points, seed)
    assumed = assumed or Assumptions()
    what = read(scope, as_of, ref, window_days)
    book = editions.book(what.seen[-1].edition if what.seen else editions.current().pk)
    plan, plan_from, sure = _plan(plan, book, what.points)
    plan = rules.scaled(plan, points) if points else plan
    known = known_of(what, book, plan, as_of, assumed)
    return Outlook(
        forecast=rules.forecast(known, plan, draws=draws, seed=seed, assumed=assumed),
        target=book.scoring.target if target is None else target,
        as_of=as_of, scope=scope, edition=book, plan=plan, plan_from=plan_from, sure=sure,
        observations=_judged(what), visits=len({row.visit for row in what.seen}), assumed=assumed,
        window_days=window_days,
    )  # fmt: skip


def plan_from_file(path: Path) -> Plan:
    """A sample from a CSV file with the columns point_type, points and weight. Raises Invalid with the line."""
    reader = None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := {"point_type", "points", "weight"} - set(reader.fieldnames or ()):
                raise Invalid("sample", "sample_columns_missing", columns=", ".join(sorted(missing)))
            rows = [_row(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error):
        raise Invalid("sample", "sample_row_unreadable", line=reader.line_num + 1 if reader else 1) from None
    if not rows or len({row.point_type for row in rows}) < len(rows):
        raise Invalid("sample", "sample_types_twice_or_none")
    return Plan(tuple(rows))


def _row(line: int, row: dict[str, str | None]) -> PlanRow:
    try:
        found = PlanRow((row["point_type"] or "").strip(), int(row["points"] or 0), float(row["weight"] or 0))
    except ValueError:
        raise Invalid("sample", "sample_row_unreadable", line=line) from None
    if (
        not 0 < len(found.point_type) <= LONGEST_CODE
        or not 0 <= found.points <= MOST_POINTS
        or not 0 <= found.weight <= HEAVIEST
    ):
        raise Invalid("sample", "sample_row_unreadable", line=line)
    return found


def _check(target: float | None, draws: int, points: int | None, seed: int) -> None:
    if target is not None and not 0 <= target <= 100:
        raise Invalid("target", "target_out_of_range", given=target)
    if not 100 <= draws <= 20_000:
        raise Invalid("draws", "draws_out_of_range", given=draws)
    if points is not None and not 1 <= points <= MOST_POINTS:
        raise Invalid("points", "sample_points_out_of_range", given=points)
    if seed < 0:
        raise Invalid("seed", "seed_negative", given=seed)


def _plan(given: Plan | None, book: StandardBook, points: Iterable[PointRow]) -> tuple[Plan, str, str]:
    """The sample to be simulated, where it comes from, and how sure it is."""
    if given is not None:
        return given, "file", ""
    if book.sample is not None and book.sample.rows:
        rows = (PlanRow(row.point_type, row.points, row.weight) for row in book.sample.rows)
        return Plan(tuple(rows)), "edition", book.sample.sure
    counts = Counter(row.point_type for row in points if row.point_type in book.point_types)
    plan = Plan(tuple(PlanRow(kind, many, float(many)) for kind, many in sorted(counts.items())))
    return rules.scaled(plan, min(POINTS, sum(counts.values()))), "frame", "low"


def _judged(what: Read) -> int:
    return sum(row.answer in ("met", "not_met") for row in what.seen)
