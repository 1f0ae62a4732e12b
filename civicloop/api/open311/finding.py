"""The questions GeoReport can ask of the public cases, as filters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, ExpressionWrapper, F, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import DAYS, Arguments, Span, span_of, wrong
from civicloop.api.open311.jurisdictions import Jurisdiction
from civicloop.api.open311.rows import listed
from civicloop.cases import search
from civicloop.cases.models import Case, CaseStep
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.kernel.geo import EARTH_RADIUS_M
from civicloop.kernel.text import query_tokens, search_tokens
from civicloop.kernel.tilekey import ranges_around, ranges_for_bbox
from civicloop.residents.models import Open311Key, Open311Request, ReportPhoto
from civicloop.residents.queries.open311 import public_cases
from civicloop.residents.queries.open311services import services_of
from civicloop.residents.rules.open311 import CLOSED, OPEN
from civicloop.residents.rules.telling import for_everybody
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference
from civicloop.textintake.rules.masking import is_harmless

FURTHEST, USUAL_RADIUS = 20_000.0, 500.0
MOST_LOOKED_THROUGH = 20_000
EVERY_STEP = ("report", *sorted(step.name for step in LIFECYCLE))

# What an order may be called: the standard's names, and those of other servers.
CREATED, CHANGED = ("requested_datetime", "created"), ("updated_datetime", "updated", "changed")


@dataclass(frozen=True)
class Found:
    """Cases, and which of them are private."""

    cases: QuerySet[Case]
    private: frozenset[int] = frozenset()


def public(ref: Reference, where: Jurisdiction) -> QuerySet[Case]:
    """The cases the world may see, of one jurisdiction."""
    rows = public_cases(ref)
    return rows if where.grids is None else rows.filter(grid_id__in=sorted(where.grids))


def asked_for(rows: QuerySet[Case], args: Arguments, ref: Reference, at: datetime) -> QuerySet[Case]:
    """The cases that pass the filters, newest first, within 90 days of their report unless they are asked for by their change."""
    rows = _by_change(rows, args)
    if args.get("start_date", "end_date") or not args.get("updated_after", "updated_before"):
        rows = within(rows, span_of(args, at))
    return ordered(narrowed(rows, args, ref), args)


def ordered(rows: QuerySet[Case], args: Arguments) -> QuerySet[Case]:
    """Newest first, unless `sort` names another order: a moment, with a minus before it for the newest first."""
    wished = args.get("sort").lower()
    name, back = wished.lstrip("-+"), wished.startswith("-")
    if name in ("asc", "desc"):
        name, back = CREATED[0], name == "desc"
    if wished and name not in (*CREATED, *CHANGED):
        raise wrong("sort", _("one of these is expected: %(known)s") % {"known": ", ".join((*CREATED, *CHANGED))})
    if name in CHANGED:
        last = CaseStep.objects.filter(case=OuterRef("pk"), seq=OuterRef("version")).order_by().values("at")[:1]
        rows = rows.alias(moved=Coalesce("ended_at", Subquery(last), "reported_at"))
    column = "moved" if name in CHANGED else "reported_at"
    return rows.order_by(f"-{column}", "-id") if back or not wished else rows.order_by(column, "id")


def told_to(key: Open311Key | None, numbers: list[int], ref: Reference, where: Jurisdiction) -> Found:
    """Those of the cases named that the asker may see: what is public, and what a program has sent itself."""
    seen = public(ref, where).filter(pk__in=numbers)
    if key is None:
        return Found(seen)
    own = set(Case.objects.filter(pk__in=numbers, resident_reports__open311__key=key).values_list("pk", flat=True))
    private = frozenset(own - set(seen.values_list("pk", flat=True))) if own else frozenset()
    if not private:
        return Found(seen)
    return Found(Case.objects.filter(Q(pk__in=seen.order_by().values("pk")) | Q(pk__in=private)), private)


def narrowed(rows: QuerySet[Case], args: Arguments, ref: Reference) -> QuerySet[Case]:
    """The cases that pass the filters of kind, place and words."""
    rows = _by_place(_by_kind(rows, args, ref), args)
    if args.get("q", "lat", "long", "bbox"):  # nobody finds a voided case by what is withheld of it
        rows = rows.exclude(state="voided")
    text = args.get("q")[:100]
    return _by_words(rows, text, ref) if text else rows


def within(rows: QuerySet[Case], span: Span) -> QuerySet[Case]:
    """Cases reported in a stretch of time; moments are shown without fractions, so the last second belongs to it whole."""
    return rows.filter(reported_at__gte=span.start, reported_at__lt=span.end + timedelta(seconds=1))


def _by_kind(rows: QuerySet[Case], args: Arguments, ref: Reference) -> QuerySet[Case]:
    codes = args.words("service_code")
    if codes:
        known = services_of(ref).by_code
        rows = rows.filter(category_id__in=[known[code].id for code in codes if code in known])
    states = {word.lower() for word in args.words("status")}
    if states - {OPEN, CLOSED}:
        raise wrong("status", _("open or closed is expected"))
    if len(states) == 1:
        rows = rows.filter(ended_at__isnull=states == {OPEN})
    agency = args.get("agency_responsible")
    if agency:
        units = [one.id for one in ref.org.units.values() if agency in (one.code, one.name)]
        rows = rows.filter(unit_id__in=units)
    door = args.get("interface_used")
    if door:  # a program by its name, or a source of the house by its key
        sent = Open311Request.objects.filter(report__case=OuterRef("pk"), key__client__iexact=door[:100])
        rows = rows.filter(Exists(sent) | Q(source=door.lower()[:20]))
    has_photo = args.flag("has_photo")
    if has_photo is not None:
        shown = Exists(ReportPhoto.objects.filter(report__case=OuterRef("pk"), state="accepted"))
        rows = rows.filter(shown if has_photo else ~shown)
    return rows


def _by_words(rows: QuerySet[Case], text: str, ref: Reference) -> QuerySet[Case]:
    """The cases that hold the words in what everybody reads of them. The house's own index knows the texts as they were typed: who
    asks for a name or a number plate would hear where it is spoken of, though no answer shows it.
    """
    words = set(query_tokens(text))
    if not words:
        return rows.none()
    rows = rows.filter(search.condition(text))
    told = list(rows.order_by().values_list("pk", "category_id", "address", "description")[: MOST_LOOKED_THROUGH + 1])
    if len(told) > MOST_LOOKED_THROUGH:
        raise wrong("q", _("too many requests hold this; ask for a rarer word or a shorter stretch of time"))
    masked = [
        number for number, category, address, description in told
        if not (is_harmless(address) and is_harmless(description))
        and not words.issubset(_open_words(ref.categories.by_id(category), address, description))
    ]  # fmt: skip
    return rows.exclude(pk__in=listed(masked)) if masked else rows


def _open_words(category: CategoryInfo, address: str, description: str) -> set[str]:
    """The words of a case (`cases.actions.intake.search_words`) in what everybody reads of it."""
    texts = (for_everybody(address), category.name, category.name_en, for_everybody(description))
    return set(search_tokens(" ".join(texts)).split())


def _by_change(rows: QuerySet[Case], args: Arguments) -> QuerySet[Case]:
    """By `updated_datetime`: the end of a case that has ended, else its last step. Each change is a step, found by their index."""
    after, before = args.moment("updated_after"), args.moment("updated_before")
    if after is not None:
        since = CaseStep.objects.filter(name__in=EVERY_STEP, at__gte=after)
        rows = rows.filter(Q(ended_at=None) | Q(ended_at__gte=after), pk__in=since.order_by().values("case"))
    if before is not None:
        end = before + timedelta(seconds=1)
        later = CaseStep.objects.filter(case=OuterRef("pk"), at__gte=end)
        rows = rows.filter(Q(ended_at__lt=end) | Q(ended_at=None) & ~Exists(later))
    if before is not None and after is None:
        rows = rows.filter(reported_at__gte=before - timedelta(days=DAYS))
    return rows


def _by_place(rows: QuerySet[Case], args: Arguments) -> QuerySet[Case]:
    place, box = args.place(), args.box()
    if place is not None:
        radius = args.decimal("radius")
        radius = USUAL_RADIUS if radius is None else radius
        if not 0 < radius <= FURTHEST:
            raise wrong("radius", _("metres are expected, at most %(most)s") % {"most": int(FURTHEST)})
        rows = _around(rows, *place, radius)
    if box is not None:
        west, south, east, north = box
        wide: dict[str, Any] = {"lon__gte": west, "lon__lte": east}
        rows = _in_ranges(rows, ranges_for_bbox(*box)).filter(lat__gte=south, lat__lte=north)
        rows = rows.filter(**wide) if west <= east else rows.filter(Q(lon__gte=west) | Q(lon__lte=east))
    return rows


def _around(rows: QuerySet[Case], lon: float, lat: float, metres: float) -> QuerySet[Case]:
    """Within so many metres: exact enough on so small a piece of the globe, and plain arithmetic for every database."""
    narrow = math.cos(math.radians(lat))
    east, north = (F("lon") - lon) * narrow, F("lat") - lat
    off = ExpressionWrapper(east * east + north * north, output_field=FloatField())
    rows = _in_ranges(rows, ranges_around(lon, lat, metres))
    return rows.alias(off=off).filter(off__lte=math.degrees(metres / EARTH_RADIUS_M) ** 2)


def _in_ranges(rows: QuerySet[Case], ranges: list[tuple[int, int]]) -> QuerySet[Case]:
    return rows.at_place(ranges)  # type: ignore[attr-defined, no-any-return]
