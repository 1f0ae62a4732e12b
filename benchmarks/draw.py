"""Drawing from 100 000 points: the pure part apart from the database's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from benchmarks import city
from benchmarks.verdicts import Line, main, median, say
from civicloop.inspection.rules import design as designs
from civicloop.inspection.rules import drawing, frame
from civicloop.inspection.rules.frame import Place
from civicloop.kernel import sampling

POINTS, DRAWN, MOST_SECONDS, ROUNDS = 100_000, 2_000, 1.0, 5
SECRET = "5e" * 32


def run(quick: bool) -> list[Line]:
    """From the frozen frame to the hashed result; then from the rows to the commitment, and from it to the rows drawn."""
    many = POINTS // 20 if quick else POINTS
    kept = frame.pack(frame.encode(_places(many, Random(3))))
    pure = median(_timed(lambda: _pure(kept)) for _ in range(ROUNDS))
    say(f"drawn {DRAWN} of {many}")
    made = _fill(many)
    commit = median(_timed(made.commit) for _ in range(3))
    perform = median(_timed(made.perform) for _ in range(3))
    name = f"draw {DRAWN:,} of {many:,} points".replace(",", " ")
    return [
        Line(f"{name}: unpack, check, draw, hash", f"{pure:.2f} s", f"≤ {MOST_SECONDS} s", pure <= MOST_SECONDS),
        Line(f"{name}: with the database, from the frozen frame", f"{perform:.2f} s"),
        Line(f"{name}: freezing the frame from the rows", f"{commit:.2f} s"),
    ]


def _pure(kept: bytes) -> str:
    content = frame.unpack(kept)
    seed = sampling.seed_of(SECRET, "", frame.digest(content))
    outcome = drawing.draw(frame.decode(content), designs.read({"size": DRAWN}), seed)
    return frame.digest(drawing.encode_result(outcome.drawn))


def _places(many: int, rng: Random) -> list[Place]:
    """Twelve types in fourteen towns."""
    return [
        Place(
            f"P{number:06d}", f"T{rng.randrange(12)}", f"A{rng.randrange(14)}", f"U{rng.randrange(80)}",
            f"{rng.uniform(118.0, 118.5):.6f}", f"{rng.uniform(24.5, 25.0):.6f}", rng.getrandbits(50),
        )
        for number in range(many)
    ]  # fmt: skip


class _Rounds:
    """Draws over the demo city, each committed and then performed."""

    def __init__(self, round_: Any) -> None:
        self.round = round_
        self.waiting: list[Any] = []

    def commit(self) -> None:
        """Freeze the frame."""
        from civicloop.inspection import actions  # noqa: PLC0415  (Django is ready now)

        now = datetime.now(UTC)
        self.waiting.append(
            actions.commit_draw(
                round=self.round, design={"size": DRAWN}, opens_on=(now + timedelta(days=1)).date(), by=None, at=now
            )
        )

    def perform(self) -> None:
        """Draw, and keep what came out."""
        from civicloop.inspection import actions  # noqa: PLC0415  (Django is ready now)

        actions.perform_draw(draw=self.waiting.pop(), by=None, at=datetime.now(UTC))


def _fill(many: int) -> _Rounds:
    """The demo city with so many more points."""
    city.settle()
    from civicloop.inspection import actions  # noqa: PLC0415  (Django is ready now)
    from civicloop.kernel.tilekey import tile_key  # noqa: PLC0415
    from civicloop.organisation.models import Grid, Point, Unit  # noqa: PLC0415
    from civicloop.standards import editions  # noqa: PLC0415

    rng, now = Random(5), datetime.now(UTC)
    types = sorted(editions.book(editions.current().pk).point_types)
    grids = list(Grid.objects.values_list("pk", "unit_id", "west", "south", "east", "north"))
    rows = []
    for number in range(many):
        pk, unit, west, south, east, north = rng.choice(grids)
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        rows.append(Point(
            code=f"BENCH{number:06d}", name="点位", point_type=rng.choice(types), lon=lon, lat=lat, tile_key=tile_key(lon, lat),
            grid_id=pk, unit_id=unit,
        ))  # fmt: skip
    Point.objects.bulk_create(rows, batch_size=2000)
    say(f"{many} points filled")
    return _Rounds(
        actions.plan_round(
            code="BENCH", title="测速", kind="special", edition_id=editions.current().pk,
            organiser_id=Unit.objects.order_by("code")[0].pk, starts_on=now.date(), ends_on=now.date() + timedelta(days=7),
            by=None, at=now,
        )
    )  # fmt: skip


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(run)
