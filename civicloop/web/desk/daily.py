"""Daily dispatch (每日调度): what each unit received, owes today, is late with and did yesterday; printed for the morning."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from civicloop.insight import counted
from civicloop.insight import today as numbers
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.book import UnitInfo
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.ui.lenswords import HOW, LENSES, LEVELS, list_of

COLUMNS = ("received", "due_today", "overdue", "sent_back", "done", "open")


@dataclass(frozen=True)
class Cell:
    """A number of one unit with the list behind it."""

    key: str
    word: str
    many: int
    address: str

    @property
    def level(self) -> str:
        """How pressing it is."""
        return LEVELS.get(self.key, "") if self.many else ""


@dataclass(frozen=True)
class Row:
    """A unit with all below it. `opens` when there are units below to look at."""

    unit: UnitInfo
    cells: list[Cell]
    line: numbers.Line
    judged: str
    opens: bool


@login_required
@require_GET
def daily_dispatch(request: HttpRequest) -> HttpResponse:
    """The units of the asker's scope, or those below one of them. Units with nothing at all are counted, not shown."""
    asking = asker(request)
    units = numbers.scope_of(asking.actor, asking.ref)
    heads = _heads(asking, units, request.GET.get("unit", ""))
    below = sorted(
        (unit for unit in asking.ref.org.units.values() if unit.parent_id in {head.id for head in heads}),
        key=lambda unit: (unit.kind, unit.code),
    )
    day = numbers.day_at(asking.at, asking.ref)
    shown = [*heads, *below] if units is None or units else []
    counts = counted.all_of(day, units)
    lines = numbers.dispatch_lines([unit.id for unit in shown], counts.by_unit, counts.as_of, asking.ref)
    rows = [_row(line, asking) for line in lines]
    sums, parts = rows[: len(heads)], rows[len(heads) :]
    told = {
        "as_of": counts.as_of,
        "sums": sums,
        "rows": [row for row in parts if any(row.line.numbers.values())],
        "idle": sum(not any(row.line.numbers.values()) for row in parts),
        "columns": [(key, LENSES[key], HOW[key]) for key in COLUMNS],
        "how_judged": HOW["judged"],
        "up": _above(heads, asking, units),
        "drilled": bool(request.GET.get("unit")),
    }
    return render(request, "desk/daily_dispatch.html", told)


def _heads(asking: Asker, units: numbers.Units | None, asked: str) -> list[UnitInfo]:
    """The units whose parts are shown. Raises NotFound for a unit the asker does not look at."""
    org = asking.ref.org
    if asked:
        found = org.by_uid(UUID(asked)) if _is_uid(asked) else None
        if found is None or (units is not None and found.id not in units):
            raise NotFound("unit", asked[:60])
        return [found]
    if units is None:
        return [unit for unit in org.units.values() if unit.parent_id is None]
    return [org.unit(number) for number in sorted(units) if not set(org.above(number)) & units]


def _is_uid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _above(heads: list[UnitInfo], asking: Asker, units: numbers.Units | None) -> UnitInfo | None:
    """The unit over the one shown, where the asker looks at it too."""
    over = heads[0].parent_id if len(heads) == 1 else None
    return asking.ref.org.unit(over) if over is not None and (units is None or over in units) else None


def _row(line: numbers.Line, asking: Asker) -> Row:
    unit = asking.ref.org.unit(line.unit_id)
    cells = [Cell(key, str(LENSES[key]), line.numbers[key], list_of(key, unit.code)) for key in COLUMNS]
    return Row(unit, cells, line, list_of("judged", unit.code), len(asking.ref.org.subtree(unit.id)) > 1)
