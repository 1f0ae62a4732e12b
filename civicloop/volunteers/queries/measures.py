"""The figures of a city or a unit: what was offered, who took part, how well orders were met. Groups of people that are too small
are left out, and nobody is ranked: there are no rows of single persons here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import mean, median
from typing import Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone

from civicloop.organisation.rules.roles import UnitKind
from civicloop.standards.reference import Reference
from civicloop.volunteers.models import Event, Order, Project, ServiceRecord, Volunteer
from civicloop.volunteers.rules.groups import shield, shielded
from civicloop.volunteers.rules.persons import band
from civicloop.volunteers.rules.stars import stars

NOT_SAID = "not_said"
# Numbers of shifts and orders stay below this, so that a pair of numbers is one number.
PAIR = 10**9
ORDER_COLUMNS = (
    "submitted_at", "approved_at", "accepted_at", "served_at", "rated_at", "rated_by_time", "as_asked", "score",
)  # fmt: skip


@dataclass(frozen=True)
class OrderFigures:
    """How orders were met. Hours are medians, None without an order to tell of; `precision` is the share met by the asked-for kind,
    of the `asked` whose requester said whether it was. A rating that came by lapse of time is no answer and counts beside.
    """

    made: int
    served: int
    precision: float | None
    answered: int
    asked: int
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
    served = ServiceRecord.objects.filter(state="valid", starts_at__gte=first, starts_at__lt=last)
    records = _of(served, units).order_by()
    people = Volunteer.objects.filter(pk__in=records.values("volunteer"))
    ages, areas = _groups(people, end, ref)
    projects, times = _projects(first, last, units), person_times(records)
    stayed = Q(left_at=None) | Q(left_at__gte=last)
    registered = _of(Volunteer.objects.filter(stayed, registered_on__lte=end), units).count()
    return Measures(
        start=start, end=end, projects=projects["all"], projects_published=projects["new"], brand_projects=projects["brand"],
        events=_events(first, last, units), person_times=times[0], hours=times[1],
        volunteers=shield(sum(ages.values()), smallest=smallest), registered=shield(registered, smallest=smallest),
        by_area=shielded(areas, smallest=smallest), by_age=shielded(ages, smallest=smallest),
        stars=shielded(_stars(people), smallest=smallest), orders=order_figures(first, last, units),
    )  # fmt: skip


def person_times(records: QuerySet[ServiceRecord]) -> tuple[int, Decimal]:
    """How often somebody took part, and the hours: of a shift or an order once for each person, though the night cut it in two."""
    told = records.aggregate(
        shifts=_pairs("shift"), orders=_pairs("order"), others=Count("id", filter=Q(shift=None, order=None)), sum=Sum("halves"),
    )  # fmt: skip
    return told["shifts"] + told["orders"] + told["others"], Decimal(told["sum"] or 0) / 2


def _pairs(what: str) -> Count:
    """Distinct pairs of a volunteer and a shift or order, as one number each, so that all is counted in one statement."""
    pair = ExpressionWrapper(F("volunteer_id") * PAIR + F(f"{what}_id"), output_field=BigIntegerField())
    return Count(pair, distinct=True, filter=Q(**{f"{what}__isnull": False}))


def order_figures(first: datetime, last: datetime, units: list[int] | None) -> OrderFigures:
    """What became of the orders submitted in a time."""
    orders = Order.objects.filter(submitted_at__gte=first, submitted_at__lt=last).order_by()
    if units is not None:
        orders = orders.filter(team__unit__in=units)
    rows = list(orders.values_list(*ORDER_COLUMNS, named=True))
    said = [row for row in rows if row.rated_at is not None and not row.rated_by_time]
    asked = [row.as_asked for row in said if row.as_asked is not None]
    scores = [row.score for row in said if row.score is not None]
    return OrderFigures(
        made=len(rows), served=sum(1 for row in rows if row.served_at), precision=mean(asked) if asked else None,
        answered=len(said), asked=len(asked), lapsed=sum(1 for row in rows if row.rated_by_time),
        score=mean(scores) if scores else None, scores=dict(sorted(Counter(scores).items())),
        hours_to_approve=_hours((row.submitted_at, row.approved_at) for row in rows),
        hours_to_accept=_hours((row.approved_at, row.accepted_at) for row in rows),
        hours_to_serve=_hours((row.submitted_at, row.served_at) for row in rows),
    )  # fmt: skip


def _projects(first: datetime, last: datetime, units: list[int] | None) -> dict[str, int]:
    on_offer = Project.objects.filter(published_at__lt=last).filter(Q(ended_at=None) | Q(ended_at__gte=last))
    told: dict[str, int] = _of(on_offer, units).order_by().aggregate(
        all=Count("id"), new=Count("id", filter=Q(published_at__gte=first)), brand=Count("id", filter=Q(brand=True))
    )  # fmt: skip
    return told


def _events(first: datetime, last: datetime, units: list[int] | None) -> int:
    rows = Event.objects.filter(state__in=["published", "finished"], starts_at__gte=first, starts_at__lt=last)
    return int(_of(rows, units).count())


def _groups(people: QuerySet[Volunteer], day: date, ref: Reference) -> tuple[Counter[str], Counter[str]]:
    """People by age band and by the town they live in, in one statement."""
    ages: Counter[str] = Counter()
    areas: Counter[str] = Counter()
    towns: dict[int | None, str] = {None: NOT_SAID}
    for birth_on, home in people.order_by().values_list("birth_on", "home"):
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


def _hours(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    spans = [(later - earlier).total_seconds() / 3600 for earlier, later in pairs if earlier and later]
    return median(spans) if spans else None
