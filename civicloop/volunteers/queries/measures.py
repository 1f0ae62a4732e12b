"""The figures of a city or a unit: what was offered, who took part, how well orders were met. Groups of people that are too small
are left out, and nobody is ranked: there are no rows of single persons here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet, Sum
from django.utils import timezone

from civicloop.organisation.rules.roles import UnitKind
from civicloop.standards.reference import Reference
from civicloop.volunteers.models import Event, Order, Project, ServiceRecord, Volunteer
from civicloop.volunteers.rules.groups import shield, shielded
from civicloop.volunteers.rules.persons import band
from civicloop.volunteers.rules.stars import stars

NOT_SAID = "not_said"


@dataclass(frozen=True)
class OrderFigures:
    """How orders were met. Hours are medians, None without an order to tell of; `precision` is the share met by the asked-for kind,
    of those whose requester said so. A rating that came by lapse of time is no answer and counts beside.
    """

    made: int
    served: int
    precision: float | None
    answered: int
    lapsed: int
    score: float | None
    scores: Mapping[int, int]
    hours_to_approve: float | None
    hours_to_accept: float | None
    hours_to_serve: float | None


@dataclass(frozen=True)
class Measures:
    """The figures of a period. A count of people is None where the group is small.

    `person_times` counts each activity of each person once.
    """

    start: date
    end: date
    projects: int
    projects_published: int
    brand_projects: int
    events: int
    person_times: int
    hours: Decimal
    volunteers: int | None
    registered: int | None
    by_area: Mapping[str, int | None]
    by_age: Mapping[str, int | None]
    stars: Mapping[str, int | None]
    orders: OrderFigures


def measures(*, start: date, end: date, ref: Reference, unit_id: int | None = None) -> Measures:
    """The figures of the days from `start` to `end`, of the whole city or of a unit and its parts.

    `projects` are those on offer at the end, `projects_published` those published in the period. People are counted where they live
    (town or sub-district), by their age on the last day, and by stars for all they ever served.
    """
    smallest = int(ref.parameters["volunteers.smallest_group"])
    units = None if unit_id is None else sorted(ref.org.subtree(unit_id))
    first, last = _midnight(start), _midnight(end + timedelta(days=1))
    records = _of(
        ServiceRecord.objects.filter(state="valid", starts_at__gte=first, starts_at__lt=last), units
    ).order_by()
    people = Volunteer.objects.filter(pk__in=records.values("volunteer"))
    ages, areas = _groups(people, end, ref)
    projects = _of(
        Project.objects.filter(published_at__lt=last).filter(Q(ended_at=None) | Q(ended_at__gte=last)), units
    )
    registered = _of(Volunteer.objects.filter(left_at=None, registered_on__lte=end), units).count()
    return Measures(
        start=start, end=end, projects=projects.count(), projects_published=projects.filter(published_at__gte=first).count(),
        brand_projects=projects.filter(brand=True).count(), events=_events(first, last, units),
        person_times=person_times(records), hours=Decimal(records.aggregate(sum=Sum("halves"))["sum"] or 0) / 2,
        volunteers=shield(sum(ages.values()), smallest=smallest), registered=shield(registered, smallest=smallest),
        by_area=shielded(areas, smallest=smallest), by_age=shielded(ages, smallest=smallest),
        stars=shielded(_stars(people), smallest=smallest), orders=order_figures(first, last, units),
    )  # fmt: skip


def person_times(records: QuerySet[ServiceRecord]) -> int:
    """How often somebody took part: of a shift or an order once for each person, though the night cut it in two."""
    of_shifts = records.filter(shift__isnull=False).values("volunteer", "shift").distinct().count()
    of_orders = records.filter(order__isnull=False).values("volunteer", "order").distinct().count()
    return of_shifts + of_orders + records.filter(shift=None, order=None).count()


def order_figures(first: datetime, last: datetime, units: list[int] | None) -> OrderFigures:
    """What became of the orders submitted in a time."""
    orders = Order.objects.filter(submitted_at__gte=first, submitted_at__lt=last).order_by()
    if units is not None:
        orders = orders.filter(team__unit__in=units)
    moments = list(orders.values_list("submitted_at", "approved_at", "accepted_at", "served_at"))
    said = orders.filter(rated_by_time=False, rated_at__isnull=False)
    asked = said.filter(as_asked__isnull=False).aggregate(all=Count("id"), met=Count("id", filter=Q(as_asked=True)))
    rated = said.aggregate(many=Count("id"), mean=Avg("score"))
    by_score = said.filter(score__isnull=False).values_list("score").annotate(many=Count("id"))
    return OrderFigures(
        made=len(moments), served=sum(1 for row in moments if row[3]), precision=_share(asked["met"], asked["all"]),
        answered=rated["many"], lapsed=orders.filter(rated_by_time=True).count(), score=rated["mean"],
        scores={int(score or 0): many for score, many in by_score}, hours_to_approve=_hours((row[0], row[1]) for row in moments),
        hours_to_accept=_hours((row[1], row[2]) for row in moments), hours_to_serve=_hours((row[0], row[3]) for row in moments),
    )  # fmt: skip


def _events(first: datetime, last: datetime, units: list[int] | None) -> int:
    rows = Event.objects.filter(state__in=["published", "finished"], starts_at__gte=first, starts_at__lt=last)
    return int(_of(rows, units).count())


def _groups(people: QuerySet[Volunteer], day: date, ref: Reference) -> tuple[Counter[str], Counter[str]]:
    """People by age band and by the town they live in, in one statement."""
    ages: Counter[str] = Counter()
    areas: Counter[str] = Counter()
    towns: dict[int | None, str] = {None: NOT_SAID}
    for birth_on, home in people.order_by().values_list("birth_on", "home").iterator(chunk_size=5000):
        ages[band(birth_on, day) or NOT_SAID] += 1
        if home not in towns:
            towns[home] = _town(home, ref)
        areas[towns[home]] += 1
    return ages, areas


def _town(unit_id: int, ref: Reference) -> str:
    """The name of the town a unit lies in, or of the unit itself."""
    line = (unit_id, *ref.org.above(unit_id))
    return next(
        (ref.org.unit(one).name for one in line if ref.org.unit(one).kind == UnitKind.TOWN), ref.org.unit(unit_id).name
    )


def _stars(people: QuerySet[Volunteer]) -> Counter[str]:
    """How many of these people have how many stars, for all they ever served."""
    rows = ServiceRecord.objects.filter(state="valid", volunteer__in=people.values("pk")).order_by()
    sums = rows.values_list("volunteer").annotate(halves=Sum("halves"))
    return Counter(str(stars(Decimal(halves) / 2)) for _, halves in sums)


def _of(rows: Any, units: list[int] | None) -> Any:
    """Only what these units organise, or all."""
    return rows if units is None else rows.filter(unit__in=units)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _hours(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    spans = [(later - earlier).total_seconds() / 3600 for earlier, later in pairs if earlier and later]
    return median(spans) if spans else None
