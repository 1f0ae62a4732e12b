"""Projects (项目): who finds which, and what each has come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Min, Q, QuerySet

from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Actor
from civicloop.volunteers.models import Event, Project, ServiceRecord
from civicloop.volunteers.people_policy import About, volunteer_desk
from civicloop.volunteers.queries.measures import person_times
from civicloop.volunteers.rules.groups import shield

HELD = ("published", "finished")
KEEPERS = frozenset({Role.ORDER_DESK, Role.UNIT_HANDLER, Role.UNIT_LEADER})


@dataclass(frozen=True)
class ProjectFigures:
    """What a project has come to: events published or finished, and how many of them are over; how often
    somebody took part, and the hours; how many people, None where they are few.
    """

    events: int
    over: int
    person_times: int
    hours: Decimal
    volunteers: int | None


def listing(actor: Actor, *, at: datetime) -> QuerySet[Project]:
    """The projects a person finds: all that were published, and the drafts of the units he acts for; those that run first.

    Each with `many` events and `next_at`, when the next one begins.
    """
    rows = Project.objects.select_related("unit", "service")
    if not volunteer_desk(actor, About()):
        rows = rows.filter(Q(published_at__isnull=False) | Q(unit__in=units_kept(actor)))
    coming = Q(events__state="published", events__ends_at__gt=at)
    many, begins = Count("events", filter=Q(events__state__in=HELD)), Min("events__starts_at", filter=coming)
    return rows.annotate(many=many, next_at=begins).order_by(F("ended_at").asc(nulls_first=True), "-brand", "code")


def units_kept(actor: Actor) -> list[int]:
    """The units whose projects and events a person may keep, besides the centre's desk."""
    own = {post.unit_id for post in actor.posts if post.role in KEEPERS}
    return sorted({below for unit in own for below in actor.book.subtree(unit)})


def on_offer(*, at: datetime, brand: bool | None = None) -> QuerySet[Project]:
    """The published projects that have not ended, brand projects (品牌项目) first; for everybody."""
    rows = Project.objects.select_related("unit", "service").filter(published_at__lte=at)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=at)).order_by("-brand", "code")
    return rows if brand is None else rows.filter(brand=brand)


def figures(project: Project, *, at: datetime, smallest: int) -> ProjectFigures:
    """What a project has come to by a moment. Three statements."""
    over = Q(ends_at__lte=at)
    held = Event.objects.filter(project=project, state__in=HELD).order_by()
    events = held.aggregate(all=Count("pk"), over=Count("pk", filter=over))
    records = ServiceRecord.objects.filter(state="valid", shift__event__project=project).order_by()
    times, hours = person_times(records)
    people = records.values("volunteer").distinct().count()
    return ProjectFigures(events["all"], events["over"], times, hours, shield(people, smallest=smallest))
