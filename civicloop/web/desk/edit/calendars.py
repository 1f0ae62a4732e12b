"""Working calendars: hours, single days, and the year as the State Council announced it."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation import actions, policy
from civicloop.organisation.models import CalendarDay, WorkCalendar
from civicloop.organisation.uids import named_uid
from civicloop.web.desk.asker import asker
from civicloop.web.desk.edit.form import Form, run
from civicloop.web.desk.edit.history import history_of
from civicloop.web.ui.choices import Choice
from civicloop.web.ui.editing import Asked

YEARS_AROUND = 2
WORKS, OFF = "work", "off"


@dataclass(frozen=True)
class Cell:
    """One day of the year's sheet."""

    day: date
    works: bool
    special: CalendarDay | None


@login_required
@require_GET
def calendars(request: HttpRequest) -> HttpResponse:
    """The calendar of one year on one sheet: working days, days off, make-up days, and what is provisional."""
    asking = asker(request)
    rows = list(WorkCalendar.objects.order_by("code"))
    chosen = next((one for one in rows if one.code == request.GET.get("code")), rows[0] if rows else None)
    year = _year(request.GET.get("year", ""), timezone.localdate(asking.at).year)
    shown: dict[str, Any] = {
        "rows": rows, "calendar": chosen, "year": year, "may": policy.may(asking.person, "calendar.change", at=asking.at)
    }  # fmt: skip
    if chosen is not None:
        shown |= {
            "months": _sheet(chosen, year), "announced": year in chosen.announced_years,
            "history": history_of("calendar", named_uid(f"calendar:{chosen.code}")),
        }  # fmt: skip
    return render(request, "edit/calendars.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest, code: str) -> HttpResponse:
    """The daily working hours."""
    asking, found = asker(request), _find(code)
    policy.require(asking.person, "calendar.change", at=asking.at)

    def act(given: dict[str, Any]) -> None:
        actions.set_hours(calendar=found, hours=given["hours"], by=asking.person, at=asking.at)

    field = Asked("hours", _("Working hours"), "hours", required=True, hint=_("For example 08:30-12:00 14:30-18:00."))
    return run(request, Form(
        _("Hours of %(what)s") % {"what": found.name}, [field], act, _back(found), _("Save"),
        _("The hours are set; running clocks are counted again."), now={"hours": found.hours},
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def day(request: HttpRequest, code: str) -> HttpResponse:
    """One day that differs from the weekly rule."""
    asking, found = asker(request), _find(code)
    policy.require(asking.person, "calendar.change", at=asking.at)

    def act(given: dict[str, Any]) -> None:
        works = {WORKS: True, OFF: False}.get(given["kind"])
        actions.set_day(
            calendar=found, day=given["day"], is_working=works, name=given["name"], by=asking.person, at=asking.at
        )

    kinds = [Choice(WORKS, _("working day")), Choice(OFF, _("day off")), Choice("rule", _("as the weekly rule says"))]
    fields = [
        Asked("day", _("Day"), "date", required=True),
        Asked("kind", _("It is a"), "choice", required=True, choices=kinds),
        Asked("name", _("Name"), most=60, hint=_("For example Spring Festival; may be empty.")),
    ]
    wanted = _day(request.GET.get("day", ""))
    known = found.days.filter(day=wanted).first() if wanted else None
    now: dict[str, Any] = {"day": wanted}
    if known:
        now |= {"kind": WORKS if known.is_working else OFF, "name": known.name}
    return run(request, Form(
        _("One day of %(what)s") % {"what": found.name}, fields, act, _back(found), _("Save"),
        _("The day is set; running clocks are counted again."), now=now, only_changes=False,
    ))  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest, code: str) -> HttpResponse:
    """A year as it was announced: all its special days at once. The year is provisional no more."""
    asking, found = asker(request), _find(code)
    policy.require(asking.person, "calendar.change", at=asking.at)
    year = _year(request.GET.get("year", ""), timezone.localdate(asking.at).year)
    rows = found.days.filter(day__year=year).order_by("day")
    text = "\n".join(f"{one.day} {'班' if one.is_working else '休'} {one.name}".rstrip() for one in rows)

    def act(given: dict[str, Any]) -> None:
        days, names = read_days(given["days"])
        actions.announce_year(
            calendar=found, year=given["year"], days=days, names=names, by=asking.person, at=asking.at
        )

    fields = [
        Asked("year", _("Year"), "integer", required=True, most=2100),
        Asked("days", _("Special days"), "text", required=True,
              hint=_("One per line: the day, 休 or off, 班 or work, and a name if you like. 2027-02-06 休 春节")),
    ]  # fmt: skip
    return run(request, Form(
        _("Enter an announced year"), fields, act, _back(found), _("Enter the year"),
        _("The year is entered; due times that lie in it are counted again."), now={"year": year, "days": text}, only_changes=False,
        lead=_("All special days of that year are replaced by these."),
    ))  # fmt: skip


def read_days(text: str) -> tuple[dict[date, bool], dict[date, str]]:
    """Lines of day, 休|off or 班|work, and a name. Raises Invalid naming the line."""
    days: dict[date, bool] = {}
    names: dict[date, str] = {}
    kinds = {"休": False, "off": False, "班": True, "work": True}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split(None, 2)
        if not parts:
            continue
        found = _day(parts[0])
        if found is None or len(parts) < 2 or parts[1] not in kinds:
            raise Invalid("days", "calendar_line_unreadable", line=number, value=line[:40])
        days[found] = kinds[parts[1]]
        names[found] = parts[2][:60] if len(parts) > 2 else ""
    return days, names


def _sheet(found: WorkCalendar, year: int) -> list[tuple[date, list[list[Cell | None]]]]:
    """Twelve months of weeks of seven days; None where a week reaches into another month."""
    special = {one.day: one for one in found.days.filter(day__year=year)}
    sheet = []
    for month in range(1, 13):
        weeks = [
            [_cell(found, one, special) if one.month == month else None for one in week]
            for week in months.Calendar().monthdatescalendar(year, month)
        ]
        sheet.append((date(year, month, 1), weeks))
    return sheet


def _cell(found: WorkCalendar, one: date, special: dict[date, CalendarDay]) -> Cell:
    row = special.get(one)
    return Cell(one, row.is_working if row else one.weekday() in found.weekdays, row)


def _find(code: str) -> WorkCalendar:
    found = WorkCalendar.objects.filter(code=code).first()
    if found is None:
        raise NotFound("calendar", code)
    return found


def _back(found: WorkCalendar) -> str:
    return f"{reverse('desk:edit_calendars')}?code={found.code}"


def _year(text: str, otherwise: int) -> int:
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else otherwise
    return min(max(year, 2000), 2100)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
