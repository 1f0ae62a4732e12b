"""What each list is as a workbook: its columns, and its rows as the asker may see them now, one by one: memory stays flat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.cases.models import Case
from civicloop.cases.models.case import SOURCE_LABELS, STATE_LABELS
from civicloop.documents.rules.sheets import Cell, Sheet, SheetColumn, Workbook
from civicloop.inspection.models import Visit
from civicloop.inspection.models.visits import VISIT_LABELS
from civicloop.inspection.policy import visible_visits
from civicloop.kernel.text import clean_text, mask_phone
from civicloop.organisation.models import Point, Unit
from civicloop.web.desk import cases as case_list
from civicloop.web.desk import inbox, numbers, people
from civicloop.web.desk.asker import Asker
from civicloop.web.desk.edit import choosing
from civicloop.web.exports.asked import Asked

AT_ONCE = 2_000
MOMENTS = ("reported_at", "filed_at", "dispatched_at", "due_at", "rectified_at", "closed_at")
CASE_FIELDS = (
    "id", "state", "category_id", "description", "address", "grid_id", "area_class", "unit_id", "owner_id", "source", "urgent",
    "supervised", "act_by", "ended_at", *MOMENTS, "returned_count", "sent_back_count", "reopened_count", "lon", "lat",
)  # fmt: skip
Rows = Iterator[Sequence[Cell]]
Composed = tuple[Sequence[SheetColumn], Rows, int | None]


@dataclass(frozen=True)
class ListKind:
    """A list that can be taken home: its title and how it is put together."""

    title: Any
    compose: Callable[[Asked], Composed]


def workbook_of(kind: str, asked: Asked) -> tuple[Workbook, int | None]:
    """The workbook and how many rows it will have."""
    listed = KINDS[kind]
    columns, rows, whole = listed.compose(asked)
    moment = timezone.localtime(asked.asking.at)
    told = {"moment": f"{moment:%Y-%m-%d %H:%M}", "person": asked.asking.person.name}
    note = _("As of %(moment)s, as %(person)s may see it.") % told
    title = str(listed.title)
    return Workbook(kind, title, (Sheet(title, tuple(columns), rows, title=title, note=note),)), whole


def _cases(asked: Asked) -> Composed:
    found = case_list.found_cases(asked.request)
    return _case_columns(), _case_rows(found, asked.asking), found.order_by().count()


def _inbox(asked: Asked) -> Composed:
    found = inbox.narrowed(asked.asking, asked.typed).order_by("act_by", "pk")
    return _case_columns(), _case_rows(found, asked.asking), found.order_by().count()


def _case_columns() -> list[SheetColumn]:
    told = (
        (_("number"), 11, "text"),
        (_("state"), 9, "text"),
        (_("category"), 16, "text"),
        (_("what is wrong"), 40, "wrap"),
        (_("place"), 24, "wrap"),
        (_("grid"), 18, "text"),
        (_("area class"), 8, "text"),
        (_("responsible unit"), 16, "text"),
        (_("owner"), 16, "text"),
        (_("source"), 10, "text"),
        (_("urgent"), 7, "text"),
        (_("supervised"), 7, "text"),
        (_("overdue"), 7, "text"),
        (_("reported at"), 17, "datetime"),
        (_("filed at"), 17, "datetime"),
        (_("dispatched at"), 17, "datetime"),
        (_("due"), 17, "datetime"),
        (_("rectified at"), 17, "datetime"),
        (_("closed at"), 17, "datetime"),
        (_("times returned"), 8, "int"),
        (_("times sent back"), 8, "int"),
        (_("times reopened"), 8, "int"),
        (_("longitude"), 12, "text"),
        (_("latitude"), 12, "text"),
    )
    return [SheetColumn(str(name), width, form) for name, width, form in told]  # type: ignore[arg-type]


def _case_rows(found: Any, asking: Asker) -> Rows:
    """One statement, however many rows; every name is looked up before the first."""
    named = _namers(asking)
    yes_no = (_("no"), _("yes"))
    for row in found.values(*CASE_FIELDS).iterator(chunk_size=AT_ONCE):
        late = row["ended_at"] is None and row["act_by"] is not None and row["act_by"] < asking.at
        yield [
            f"A{row['id']:06d}",
            *(named[key].get(row[key], "") for key in ("state", "category_id")),
            row["description"],
            row["address"],
            named["grid_id"].get(row["grid_id"], ""),
            row["area_class"],
            *(named[key].get(row[key], "") for key in ("unit_id", "owner_id", "source")),
            *(yes_no[bool(one)] for one in (row["urgent"], row["supervised"], late)),
            *(row[key] for key in MOMENTS),
            *(row[key] for key in ("returned_count", "sent_back_count", "reopened_count")),
            *("" if row[key] is None else f"{row[key]:.6f}" for key in ("lon", "lat")),
        ]


def _namers(asking: Asker) -> dict[str, dict[Any, str]]:
    """The words for each value of a column, by column."""
    units = {key: one.name for key, one in asking.ref.org.units.items()}
    return {
        "state": {key: str(label) for key, label in STATE_LABELS.items()},
        "source": {key: str(label) for key, label in SOURCE_LABELS.items()},
        "category_id": {key: one.label for key, one in asking.ref.categories.categories.items()},
        "grid_id": {key: one.name for key, one in asking.ref.grids.grids.items()},
        "unit_id": units,
        "owner_id": units,
    }


def _visits(asked: Asked) -> Composed:
    asking = asked.asking
    found = Visit.objects.filter(visible_visits(asking.actor, asking.at)).distinct()
    found = found.filter(day=_day(asked.typed.get("day", "")) or timezone.localdate(asking.at))
    types = {one.value: one.words for one in choosing.point_types()}
    states = {key: str(label) for key, label in VISIT_LABELS.items()}

    def rows() -> Rows:
        fields = (
            "round__title",
            "day",
            "point__code",
            "point__name",
            "point__point_type",
            "point__unit__name",
            "state",
            "judged_at",
        )
        for title, on, code, name, kind, unit, state, judged in (
            found.order_by("day", "pk").values_list(*fields).iterator()
        ):
            yield [title, on, code, name, types.get(kind, kind), unit or "", states.get(state, state), judged]

    columns = [
        SheetColumn(_("round of inspection"), 24),
        SheetColumn(_("day"), 12, "date"),
        SheetColumn(_("code"), 12),
        SheetColumn(_("point"), 24),
        SheetColumn(_("point type"), 16),
        SheetColumn(_("responsible unit"), 18),
        SheetColumn(_("state"), 10),
        SheetColumn(_("judged at"), 17, "datetime"),
    ]
    return columns, rows(), found.order_by().count()


def _day(text: str) -> date | None:
    """The day of the filter; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _points(asked: Asked) -> Composed:
    types = {one.value: one.words for one in choosing.point_types()}
    found = Point.objects.order_by("code")
    if words := clean_text(asked.typed.get("q", ""), limit=100, field="q"):
        found = found.filter(Q(name__icontains=words) | Q(code__icontains=words))
    if asked.typed.get("idle") != "1":
        found = found.filter(active=True)

    def rows() -> Rows:
        fields = ("code", "name", "point_type", "unit__name", "grid__code", "address", "lon", "lat", "active")
        for code, name, kind, unit, grid, address, lon, lat, active in found.values_list(*fields).iterator():
            yield [
                code,
                name,
                types.get(kind, kind),
                unit or "",
                grid or "",
                address,
                lon,
                lat,
                _("yes") if active else _("no"),
            ]

    columns = [
        SheetColumn(_("code"), 12),
        SheetColumn(_("name"), 24),
        SheetColumn(_("point type"), 18),
        SheetColumn(_("responsible unit"), 18),
        SheetColumn(_("grid code"), 18),
        SheetColumn(_("address"), 30),
        SheetColumn(_("longitude"), 12),
        SheetColumn(_("latitude"), 12),
        SheetColumn(_("in use"), 8),
    ]
    return columns, rows(), found.count()


def _units(asked: Asked) -> Composed:
    asking = asked.asking
    open_now: dict[int, Any] = {
        row["owner"]: row
        for row in Case.objects.visible_to(asking.actor)
        .open()
        .order_by()
        .values("owner")
        .annotate(many=Count("pk"), late=Count("pk", filter=Q(act_by__lt=asking.at)))
    }

    def rows() -> Rows:
        for unit in Unit.objects.select_related("parent").order_by("code"):
            row = open_now.get(unit.pk, {})
            yield [
                unit.code,
                unit.name,
                str(unit.get_kind_display()),
                unit.parent.name if unit.parent else "",
                unit.phone,
                row.get("many", 0),
                row.get("late", 0),
                _("yes") if unit.active else _("no"),
            ]

    columns = [
        SheetColumn(_("code"), 14),
        SheetColumn(_("name"), 26),
        SheetColumn(_("kind"), 14),
        SheetColumn(_("belongs to"), 22),
        SheetColumn(_("duty phone"), 16),
        SheetColumn(_("open now"), 8, "int"),
        SheetColumn(_("overdue"), 8, "int"),
        SheetColumn(_("in use"), 8),
    ]
    return columns, rows(), Unit.objects.count()


def _people(asked: Asked) -> Composed:
    today = timezone.localdate(asked.asking.at)
    found = people.found_people(people.words_of(asked.typed), today)

    def rows() -> Rows:
        for person in found.iterator(chunk_size=500):
            told = "；".join(f"{one.unit.name} {one.get_role_display()}" for one in person.posts_today)
            yield [person.name, person.username, told, mask_phone(person.phone)]

    columns = [
        SheetColumn(_("name"), 14),
        SheetColumn(_("user name"), 18),
        SheetColumn(_("posts today"), 50, "wrap"),
        SheetColumn(_("phone"), 16),
    ]
    return columns, rows(), found.count()


def _numbers(asked: Asked) -> Composed:
    report, _faults = numbers.report_of(asked.request)
    names = list(numbers.RATES)

    def rows() -> Rows:
        for group in (*report.groups, report.total):
            yield [
                group.code,
                group.name or _("in total"),
                *(
                    cell
                    for name in names
                    for cell in (group.rates[name].value, group.rates[name].numerator, group.rates[name].denominator)
                ),
            ]

    columns = [SheetColumn(_("code"), 14), SheetColumn(_("name"), 24)]
    for name in names:
        columns += [
            SheetColumn(str(numbers.RATES[name]), 10, "percent"),
            SheetColumn(_("of those"), 8, "int"),
            SheetColumn(_("of"), 8, "int"),
        ]
    return columns, rows(), len(report.groups) + 1


KINDS: dict[str, ListKind] = {
    "cases": ListKind(gettext_lazy("Cases"), _cases),
    "inbox": ListKind(gettext_lazy("Inbox"), _inbox),
    "visits": ListKind(gettext_lazy("Visits"), _visits),
    "points": ListKind(gettext_lazy("Inspection points"), _points),
    "units": ListKind(gettext_lazy("Units"), _units),
    "people": ListKind(gettext_lazy("People"), _people),
    "numbers": ListKind(gettext_lazy("Numbers"), _numbers),
}
