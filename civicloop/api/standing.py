"""What stands still: categories, units, grids, points and people."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from civicloop.api import render, shapes
from civicloop.api.asking import Asked, asked
from civicloop.api.describing import PROBLEMS, reply
from civicloop.api.filters import Paged, Word, grid_of, uid_of, unit_of
from civicloop.api.paging import listed, page_of, place_of
from civicloop.api.reading import check_names
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Person, Point
from civicloop.organisation.models.people import ROLE_LABELS

router = Router(tags=["reference"])
Find = Annotated[str, Field(max_length=100)]


class CategoryListing(Paged):
    pack: Word | None = None
    kind: Word | None = None
    q: Find | None = Field(None, description="Part of a code or name.")


class UnitListing(Paged):
    kind: Word | None = None
    under: Word | None = Field(None, description="Code or public id: this unit and those below it.")
    q: Find | None = Field(None, description="Part of a code or name.")


class GridListing(Paged):
    unit: Word | None = Field(None, description="Code or public id of the responsible unit; units below it count.")
    q: Find | None = Field(None, description="Part of a code or name.")


class PointListing(Paged):
    point_type: Word | None = None
    grid: Word | None = Field(None, description="Code or public id of a grid.")
    unit: Word | None = Field(None, description="Code or public id of the responsible unit; units below it count.")
    q: Find | None = Field(None, description="Part of a code, name or address.")


class PersonListing(Paged):
    unit: Word | None = Field(None, description="Code or public id of a unit; units below it count.")
    q: Find | None = Field(None, description="Beginning of a name or of its pinyin initials.")


@router.get("/categories", response={200: shapes.CategoryPage, **PROBLEMS}, operation_id="list_categories")
def categories(request: HttpRequest, given: Query[CategoryListing]) -> HttpResponse:
    """Kinds of problem, in order of code."""
    check_names(request, CategoryListing.model_fields)
    ref = asked(request).ref
    # A code may stand in several packs and kinds: the public id ends the key and makes it unique.
    found = sorted(
        (
            one
            for one in ref.categories.all()
            if given.pack in (None, one.pack)
            and given.kind in (None, one.kind)
            and _says(given.q, one.code, one.name, one.name_en)
        ),
        key=_category_key,
    )
    return _from_memory(request, given, found, _category_key, render.category_out)


@router.get("/categories/{word}", response={200: shapes.CategoryDetail, **PROBLEMS}, operation_id="get_category")
def category(request: HttpRequest, word: Word, pack: str | None = None) -> HttpResponse:
    """One category, by public id or code, with its conditions, limits and questions."""
    check_names(request, ["pack"])
    book = asked(request).ref.categories
    uid = uid_of(word)
    found = (book.by_uid(uid) if uid else None) or book.by_code(word, pack)
    if found is None:
        raise NotFound("category", word)
    return reply(render.category_detail(found))


@router.get("/units", response={200: shapes.UnitPage, **PROBLEMS}, operation_id="list_units")
def units(request: HttpRequest, given: Query[UnitListing]) -> HttpResponse:
    """Units, in order of code; `parent` makes the tree."""
    check_names(request, UnitListing.model_fields)
    ref = asked(request).ref
    under = None if given.under is None else ref.org.subtree(unit_of(ref, given.under, "under").id)
    found = sorted(
        (
            unit
            for unit in ref.org.units.values()
            if given.kind in (None, unit.kind)
            and (under is None or unit.id in under)
            and _says(given.q, unit.code, unit.name)
        ),
        key=lambda unit: unit.code,
    )
    return _from_memory(request, given, found, lambda unit: unit.code, lambda unit: render.unit_out(unit, ref))


@router.get("/grids", response={200: shapes.GridPage, **PROBLEMS}, operation_id="list_grids")
def grids(request: HttpRequest, given: Query[GridListing]) -> HttpResponse:
    """Unit grids, in order of code."""
    check_names(request, GridListing.model_fields)
    ref = asked(request).ref
    within = None if given.unit is None else ref.org.subtree(unit_of(ref, given.unit).id)
    found = sorted(
        (
            grid
            for grid in ref.grids.grids.values()
            if (within is None or grid.unit_id in within) and _says(given.q, grid.code, grid.name)
        ),
        key=lambda grid: grid.code,
    )
    return _from_memory(request, given, found, lambda grid: grid.code, lambda grid: render.grid_out(grid, ref))


@router.get("/points", response={200: shapes.PointPage, **PROBLEMS}, operation_id="list_points")
def points(request: HttpRequest, given: Query[PointListing]) -> HttpResponse:
    """Points, in order of code."""
    check_names(request, PointListing.model_fields)
    ref = asked(request).ref
    rows = Point.objects.order_by("code")
    if given.point_type:
        rows = rows.filter(point_type=given.point_type)
    if given.grid:
        rows = rows.filter(grid=grid_of(ref, given.grid))
    if given.unit:
        rows = rows.filter(unit__in=ref.org.subtree(unit_of(ref, given.unit).id))
    if given.q:
        rows = rows.filter(Q(code__startswith=given.q) | Q(name__contains=given.q) | Q(address__contains=given.q))
    fields = ("uid", "code", "name", "point_type", "address", "lon", "lat", "active", "grid_id", "unit_id")
    page = page_of(rows, fields, place=place_of(given.cursor, given.page == "last"), limit=given.limit)

    def show(row: dict[str, Any]) -> dict[str, Any]:
        named = {"grid": render.grid_named(ref, row["grid_id"]), "unit": render.unit_named(ref, row["unit_id"])}
        return {name: row[name] for name in fields[:8]} | named

    return reply(page.body(request, show))


@router.get("/people", response={200: shapes.PersonPage, **PROBLEMS}, operation_id="list_people")
def people(request: HttpRequest, given: Query[PersonListing]) -> HttpResponse:
    """People at work in the campaign with the posts they hold today. Phones are masked."""
    check_names(request, PersonListing.model_fields)
    who = asked(request)
    rows = Person.objects.filter(is_active=True).order_by("name", "id")
    if given.unit:
        within = who.ref.org.subtree(unit_of(who.ref, given.unit).id)
        today = timezone.localdate(who.at)
        posted = [
            person for person, posts in who.ref.org.posts.items()
            if any(post.unit_id in within and post.holds_on(today) for post in posts)
        ]  # fmt: skip
        rows = rows.filter(pk__in=posted)
    if given.q:
        rows = rows.filter(Q(name__startswith=given.q) | Q(initials__startswith=given.q.lower()))
    place = place_of(given.cursor, given.page == "last")
    page = page_of(rows, ("id", "uid", "name", "phone"), place=place, limit=given.limit)
    return reply(page.body(request, lambda row: person_out(row, who)))


def person_out(row: dict[str, Any], who: Asked) -> dict[str, Any]:
    """A person as everybody at work may see him: the phone masked, the posts of today."""
    posts = who.ref.org.posts_of(row["id"], timezone.localdate(who.at))
    return {
        "uid": row["uid"],
        "name": row["name"],
        "phone": masked(row["phone"]),
        "posts": [
            {
                "role": post.role,
                "role_label": str(ROLE_LABELS.get(post.role, post.role)),
                "unit": render.unit_named(who.ref, post.unit_id),
                "grid": render.grid_named(who.ref, post.grid_id),
            }
            for post in posts
        ],
    }


def masked(phone: str) -> str:
    """138****1234; a number too short for that keeps its last two digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * max(0, len(phone) - 2) + phone[-2:]


def _category_key(one: Any) -> str:
    return f"{one.code} {one.uid}"


def _says(wanted: str | None, *texts: str) -> bool:
    return wanted is None or any(wanted.lower() in text.lower() for text in texts)


def _from_memory(request: HttpRequest, given: Paged, found: list[Any], key: Any, show: Any) -> HttpResponse:
    place = place_of(given.cursor, given.page == "last")
    items, page = listed(found, key, place=place, limit=given.limit)
    return reply(page.body(request, show) | {"items": [show(one) for one in items]})
