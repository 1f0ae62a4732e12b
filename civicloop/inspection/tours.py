"""From rows to the pure rules of assigning and routing, and back: whom a conflict keeps away, which stops a day has."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from civicloop.cases.models import CaseStep
from civicloop.inspection.models import DrawnPoint, Visit
from civicloop.inspection.rules.conflicts import Tree, conflict
from civicloop.inspection.rules.design import clock_window
from civicloop.inspection.rules.routes import Crew, Limits, Route, Stop, clock
from civicloop.kernel import geo
from civicloop.kernel.geo import LonLat
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import CITYWIDE_KINDS, Role
from civicloop.standards.reference import Reference

LIVE = ("planned", "waiting", "judged")


@dataclass(frozen=True)
class Bars:
    """Who may not go where: the tree of units, the posts of the inspectors, and who took part in which case."""

    tree: Tree
    posts: Mapping[int, frozenset[int]]
    handled: Mapping[int, frozenset[int]]

    def why(self, person: int, drawn: DrawnPoint) -> str | None:
        """Why this inspector may not visit this place, or None."""
        handled = self.handled.get(drawn.case_id or 0, frozenset())
        return conflict(self.posts[person], unit_of(drawn), self.tree, handled=handled, person=person)

    def allowed(self, drawn: DrawnPoint) -> frozenset[int]:
        """The inspectors who may visit this place."""
        return frozenset(person for person in self.posts if self.why(person, drawn) is None)


def bars(people: Collection[int], drawn: Iterable[DrawnPoint], days: Collection[date], ref: Reference) -> Bars:
    """Read what conflicts are judged by; one statement, and none without look-back visits. Posts of any of the days count."""
    units = ref.org.units.values()
    citywide = frozenset(unit.id for unit in units if unit.kind in CITYWIDE_KINDS or unit.parent_id is None)
    posts = {
        person: frozenset(post.unit_id for day in days for post in ref.org.posts_of(person, day)) for person in people
    }
    handled: dict[int, set[int]] = {}
    cases = [one.case_id for one in drawn if one.case_id]
    steps = (
        CaseStep.objects.filter(case__in=cases, by__in=list(people)).order_by() if cases else CaseStep.objects.none()
    )
    for case, person in steps.values_list("case_id", "by_id"):
        handled.setdefault(case, set()).add(person or 0)
    tree = Tree({unit.id: unit.parent_id for unit in units}, citywide)
    return Bars(tree, posts, {case: frozenset(those) for case, those in handled.items()})


def is_inspector(person: Person, day: date, ref: Reference) -> bool:
    """Whether the person holds the inspector's role on a day."""
    return any(post.role == Role.INSPECTOR for post in ref.org.posts_of(person.pk, day))


def unit_of(drawn: DrawnPoint) -> int | None:
    """The unit whose work is looked at."""
    if drawn.case is not None:
        return drawn.case.unit_id
    return drawn.point.unit_id if drawn.point else None


def place_of(drawn: DrawnPoint | Visit) -> tuple[LonLat | None, int]:
    """Where a visit leads, and its tile key (-1 where nobody knows): the case's own place, else the point's."""
    for holder in (drawn.case, drawn.point):
        if holder is not None and holder.lon is not None and holder.lat is not None:
            return LonLat(holder.lon, holder.lat), -1 if holder.tile_key is None else holder.tile_key
    return None, -1


def minutes_of(drawn: DrawnPoint, limits: Limits) -> float:
    """How long the visit takes: what was said for the point, for its type, for all."""
    code, kind = (drawn.point.code, drawn.point.point_type) if drawn.point else ("", "")
    by_type: Mapping[str, Any] = drawn.draw.design["minutes"]
    return float(limits.minutes.get(code, by_type.get(kind, by_type.get("*", 15))))


def window_of(drawn: DrawnPoint, limits: Limits) -> tuple[float, float] | None:
    """When the visit must begin: what was said for the point, or for its type."""
    code, kind = (drawn.point.code, drawn.point.point_type) if drawn.point else ("", "")
    if code in limits.windows:
        return limits.windows[code]
    written = drawn.draw.design["windows"].get(kind)
    return clock_window(written) if written else None


def stop_of(key: str, drawn: DrawnPoint, limits: Limits, allowed: Collection[int] | None = None) -> Stop | None:
    """The visit as a stop of a route; None where nobody knows the place."""
    place, _ = place_of(drawn)
    if place is None:
        return None
    able = None if allowed is None else frozenset(allowed)
    return Stop(key, place.lon, place.lat, minutes_of(drawn, limits), window_of(drawn, limits), able)


def crew_of(person: Person, limits: Limits) -> Crew:
    """An inspector's day."""
    return Crew(person.pk, limits.depots.get(person.username), limits.starts, limits.ends, limits.most_minutes)


def write_route(visits: Mapping[str, Visit], route: Route | None, limits: Limits) -> None:
    """Write a route into the visits of one inspector's day, by their keys; what is not in it comes last, without times."""
    calls = {call.key: call for call in route.calls} if route else {}
    place = {key: number + 1 for number, key in enumerate(calls)}
    last = len(calls)
    for key, visit in visits.items():
        window, call = window_of(visit.drawn, limits), calls.get(key)
        visit.plan = {"window": [clock(window[0]), clock(window[1])]} if window else {}
        if call is None:
            last += 1
            visit.order = last
        else:
            visit.order = place[key]
            visit.plan |= {"arrive": clock(call.arrive), "leave": clock(call.leave), "km": round(call.km, 2)}


def limits_from(content: Mapping[str, Any]) -> Limits:
    """Limits as a file or a form gives them: numbers, "HH:MM" for `starts`, `ends` and windows, [lon, lat] for depots."""
    plain = {"most_minutes", "speed_kmh", "way_minutes", "seconds"}
    unknown = sorted(set(content) - plain - {"starts", "ends", "depots", "windows", "minutes"})
    if unknown:
        raise Invalid("limits", "design_key_unknown", key=unknown[0])
    try:
        given: dict[str, Any] = {key: float(content[key]) for key in sorted(plain & set(content))}
        starts, ends = clock_window([content.get("starts", "08:00"), content.get("ends", "18:00")])
        depots = {name: geo.validate(*place) for name, place in content.get("depots", {}).items()}
        minutes = {code: float(value) for code, value in content.get("minutes", {}).items()}
    except (TypeError, ValueError, AttributeError):
        raise Invalid("limits", "design_value_wrong", key="limits") from None
    windows = {code: clock_window(written) for code, written in content.get("windows", {}).items()}
    if not all(0 < value < math.inf for value in (*given.values(), *minutes.values())):
        raise Invalid("limits", "design_value_wrong", key="limits")
    return Limits(starts=starts, ends=ends, depots=depots, windows=windows, minutes=minutes, **given)


def key_of(visit: Visit) -> str:
    """The name of a visit among the stops."""
    return str(visit.uid)
