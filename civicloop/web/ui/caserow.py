"""A case as a line of a list. What is the same for all lines of an answer is worked out once; what is left for each is short.

A list of fifty cases is most of the work of a page, so its lines are made of words prepared here, not of template tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from civicloop.cases.models import Case
from civicloop.cases.models.case import SOURCE_LABELS, STATE_LABELS
from civicloop.web.desk.asker import Asker
from civicloop.web.ui import timewords
from civicloop.web.ui.casecolumns import Column

BLANK = UUID(int=0)


@dataclass(frozen=True, slots=True)
class TableLine:
    """A case in a table: the cells are those of the columns asked for, in their order."""

    uid: UUID
    path: str
    number: str
    label: str
    tags: SafeString
    place: str
    cells: list[SafeString]


def path_of(name: str, **rest: str) -> Callable[[UUID], str]:
    """The address of a page about one thing, for any of them: the pattern is looked up once."""
    before, _blank, after = reverse(name, kwargs={"uid": BLANK, **rest}).partition(str(BLANK))
    return lambda uid: f"{before}{uid}{after}"


def state_mark(state: str) -> SafeString:
    """A state by colour, shape and word."""
    return format_html('<span class="state state-{}">{}</span>', state, STATE_LABELS.get(state, state))


def left_mark(case: Case, asking: Asker) -> SafeString:
    """还剩 2 工作时（周一 10:30 到期）, coloured and marked by how pressing it is."""
    told = timewords.left(case, asking.at, asking.ref)
    if told.until is None:
        return format_html('<span class="left {}">{}</span>', told.level, told.words)
    until = timewords.short_moment(told.until, asking.at)
    return format_html(
        '<span class="left {}">{}</span> <span class="quiet nowrap small"><time datetime="{}">{}</time></span>',
        told.level, told.words, told.until.isoformat(), until,
    )  # fmt: skip


class Lines:
    """Prepares the words of the cases in one answer, in the reader's language."""

    def __init__(self, asking: Asker) -> None:
        self.asking = asking
        self.path = path_of("desk:case")
        self._states: dict[str, SafeString] = {}
        self._tags: dict[tuple[bool, bool, bool], SafeString] = {}

    def label(self, case: Case) -> str:
        """The name of its category."""
        return self.asking.ref.categories.by_id(case.category_id).label

    def state(self, case: Case) -> SafeString:
        """Its state by colour, shape and word."""
        if case.state not in self._states:
            self._states[case.state] = state_mark(case.state)
        return self._states[case.state]

    def tags(self, case: Case) -> SafeString:
        """Whether it is urgent, supervised, came back."""
        key = case.urgent, case.supervised, case.recurrence_of_id is not None
        if key not in self._tags:
            self._tags[key] = _tags(*key)
        return self._tags[key]

    def left(self, case: Case) -> SafeString:
        """How much time it has."""
        return left_mark(case, self.asking)

    def unit(self, unit_id: int | None) -> str:
        """The name of a unit."""
        unit = self.asking.ref.org.units.get(unit_id) if unit_id is not None else None
        return unit.name if unit else ""


def _tags(urgent: bool, supervised: bool, back: bool) -> SafeString:
    told = [
        (urgent, "tag urgent", _("urgent")), (supervised, "tag pressed", _("supervised")), (back, "tag", _("came back")),
    ]  # fmt: skip
    made = [format_html(' <span class="{}">{}</span>', kind, word) for wanted, kind, word in told if wanted]
    return mark_safe("".join(made))  # every piece was escaped where it was made


def table_lines(cases: Iterable[Case], columns: Iterable[Column], asking: Asker) -> list[TableLine]:
    """The lines of a table of cases."""
    lines = Lines(asking)
    shown = [(CELLS[column.key], str(column.word)) for column in columns]
    return [
        TableLine(
            case.uid, lines.path(case.uid), case.number, lines.label(case), lines.tags(case), case.address,
            [cell(lines, case, word) for cell, word in shown],
        )
        for case in cases
    ]  # fmt: skip


Cell = Callable[[Lines, Case, str], SafeString]


def _beside(value: Callable[[Lines, Case], SafeString]) -> Cell:
    """A cell that explains itself and stands beside the others on a phone."""
    return lambda lines, case, _word: format_html('<td class="beside">{}</td>', value(lines, case))


def _named(value: Callable[[Lines, Case], object], kind: str = "") -> Cell:
    """A cell that repeats the word of its column on a phone, where there is no head."""
    said = f'<td class="{kind}" data-label="{{}}">{{}}</td>' if kind else '<td data-label="{}">{}</td>'
    return lambda lines, case, word: format_html(said, word, value(lines, case))


def _owner(lines: Lines, case: Case, word: str) -> SafeString:
    """Who must act; nobody has to once it has ended."""
    return _UNIT_OF_OWNER(lines, case, word) if case.ended_at is None else mark_safe('<td class="nothing"></td>')


def _grid_code(lines: Lines, case: Case) -> str:
    grid = lines.asking.ref.grids.info(case.grid_id) if case.grid_id is not None else None
    return grid.code if grid else ""


_UNIT_OF_OWNER = _named(lambda lines, case: lines.unit(case.owner_id))
# How each column of `casecolumns` is written.
CELLS: Mapping[str, Cell] = {
    "state": _beside(lambda lines, case: lines.state(case)),
    "time": _beside(lambda lines, case: lines.left(case)),
    "owner": _owner,
    "unit": _named(lambda lines, case: lines.unit(case.unit_id)),
    "grid": _named(_grid_code, "nowrap"),
    "category": _named(lambda lines, case: lines.asking.ref.categories.by_id(case.category_id).code, "nowrap"),
    "source": _named(lambda _lines, case: SOURCE_LABELS.get(case.source, case.source)),
    "due": _named(lambda _lines, case: timewords.moment(case.due_at), "nowrap"),
    "reported": _named(lambda _lines, case: timewords.moment(case.reported_at), "nowrap"),
    "returned": _named(lambda _lines, case: case.returned_count + case.sent_back_count, "figure"),
}
