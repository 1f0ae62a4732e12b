"""Routes of one day for 200 points and 8 inspectors, against the best the solver finds in half a minute."""

from __future__ import annotations

import time
from random import Random

from benchmarks.verdicts import Line, main, say
from civicloop.inspection import routing
from civicloop.inspection.rules.routes import Crew, Plan, Stop, late
from civicloop.kernel.geo import LonLat

POINTS, INSPECTORS, MORNING, AFTERNOON = 200, 8, 24, 20
SPEED_KMH, DAY_MINUTES = 20.0, 9 * 60
SECONDS, LONG_SECONDS = 2.0, 35.0
MOST_RATIO, MOST_WAIT = 1.05, 2.5


def run(quick: bool) -> list[Line]:
    """The same town twice: two seconds, and the long search that serves as the best known result."""
    stops, crews = town(Random(7))
    routing.solve(stops[:10], crews, seconds=0.1)  # the solver is loaded
    begun = time.perf_counter()
    short = routing.solve(stops, crews, speed_kmh=SPEED_KMH, seconds=SECONDS)
    took = time.perf_counter() - begun
    best = min(
        (routing.solve(stops, crews, speed_kmh=SPEED_KMH, seconds=4 if quick else LONG_SECONDS, seed=seed) for seed in (2, 3)),
        key=lambda plan: (len(plan.left), plan.km),
    )  # fmt: skip
    level = routing.solve(stops, crews, speed_kmh=SPEED_KMH, seconds=SECONDS, balance=True)
    for name, plan in (("2 s", short), ("best", best), ("balanced", level)):
        say(f"{name}: {plan.km:.0f} km, days {_days(plan)}, {len(plan.left)} left out, {late(plan, stops)} late")
    ratio = short.km / best.km
    faults = len(short.left) + late(short, stops)
    name, bar = f"routes, {POINTS} points, {INSPECTORS} inspectors", f"≤ {MOST_RATIO} × best known"
    longest = max(route.minutes for route in short.routes)
    return [
        Line(f"{name}: way", f"{short.km:.0f} km = {ratio:.3f} × {best.km:.0f} km", bar, ratio <= MOST_RATIO),
        Line(f"{name}: time", f"{took:.2f} s", f"≤ {MOST_WAIT} s", took <= MOST_WAIT),
        Line(f"{name}: late or left out", f"{faults}", "0", faults == 0),
        Line(f"{name}: longest day", f"{longest:.0f} min", f"≤ {DAY_MINUTES} min", longest <= DAY_MINUTES + 1),
        Line(f"{name}: balanced by OR-tools", f"{level.km:.0f} km, days {_days(level)}, {len(level.left)} left out"),
    ]  # fmt: skip


def town(rng: Random) -> tuple[list[Stop], list[Crew]]:
    """Points scattered over a county town 14 km wide, 8 to 18 minutes each; inspectors begin at home."""

    def somewhere() -> LonLat:
        return LonLat(118.30 + rng.gauss(0, 0.035), 24.80 + rng.gauss(0, 0.03))

    stops = []
    for number in range(POINTS):
        window = (480.0, 690.0) if number < MORNING else (840.0, 1020.0) if number < MORNING + AFTERNOON else None
        stops.append(Stop(str(number), *somewhere(), rng.randint(8, 18), window))
    crews = [Crew(number, somewhere(), 480, 1080, DAY_MINUTES) for number in range(INSPECTORS)]
    return stops, crews


def _days(plan: Plan) -> str:
    lengths = [route.minutes for route in plan.routes]
    return f"{max(lengths):.0f}/{min(lengths):.0f} min"


if __name__ == "__main__":
    main(run)
