"""What a field offers: units, people, conditions, fixed choices; and what is known of the case already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civicloop.cases.given import Field
from civicloop.cases.models import Case
from civicloop.cases.models.side import APPEAL_GROUNDS, VERDICTS, WHISTLE_KINDS
from civicloop.cases.sides import sides_of
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Person
from civicloop.organisation.models.places import CLASS_LABELS
from civicloop.organisation.models.units import KIND_LABELS
from civicloop.standards.models import LIMIT_UNIT_LABELS
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.timewords import limit_words, moment
from civicloop.web.ui.titles import titles

LABELS: Mapping[str, Mapping[str, Any]] = {
    "area_class": CLASS_LABELS,
    "unit_of_time": LIMIT_UNIT_LABELS,
    "whistle_kind": {**WHISTLE_KINDS, "ordinary": gettext_lazy("ordinary whistle")},
    "level": {
        "supervisor": gettext_lazy("by the supervision office"),
        "leader": gettext_lazy("by a leader"),
        "key": gettext_lazy("key matter"),
    },
    "ground": APPEAL_GROUNDS,
    "verdict": VERDICTS,
}
MOST_PEOPLE = 300


@dataclass(frozen=True)
class Choice:
    """A value and the words for it; `group` heads it in a list."""

    value: str
    words: str
    group: str = ""


@dataclass(frozen=True)
class Offer:
    """What can be chosen for one case by one asker."""

    case: Case
    asking: Asker
    # What a link that led here has chosen already, by field.
    wished: Mapping[str, str] = dataclass_field(default_factory=dict)

    def value(self, key: str) -> str:
        """What is known of the case already."""
        if key in self.wished:
            return self.wished[key]
        case, ref = self.case, self.asking.ref
        match key:
            case "category":
                return code_and_name(ref.categories.by_id(case.category_id))
            case "grid":
                grid = ref.grids.info(case.grid_id) if case.grid_id else None
                return grid.code if grid else ""
            case "area_class" | "description" | "address" | "datum":
                return str(getattr(case, key))
            case "lon" | "lat":
                told = getattr(case, key)
                return "" if told is None else f"{told:.6f}"
            case "unit":
                return self._proposed()
            case _:
                return ""

    def choices(self, step: str, key: str, asked: Field) -> list[Choice]:
        """The values offered for a field."""
        match asked.kind:
            case "unit" if step == "score_whistle":
                return self._called_units()
            case "unit" | "units":
                return self._units()
            case "person":
                return self._people()
            case "condition":
                return self._conditions()
            case "forward":
                return self._forwards()
            case _:
                return [Choice(one, str(LABELS.get(key, {}).get(one, one))) for one in asked.choices]

    def category(self, key: str, text: str) -> str:
        """The public id of the category that was typed."""
        return find_category(self.asking, text, key)

    def needs_photo(self, step: str) -> bool:
        """Whether the category wants to see the place afterwards."""
        return step == "rectify" and self.asking.ref.categories.by_id(self.case.category_id).needs_rectify_photo

    def _proposed(self) -> str:
        unit = self.asking.ref.org.by_code((self.case.proposal or {}).get("unit") or "")
        return str(unit.uid) if unit else ""

    def _units(self) -> list[Choice]:
        units = [unit for unit in self.asking.ref.org.units.values() if unit.active]
        order = list(KIND_LABELS)
        units.sort(key=lambda unit: (order.index(unit.kind) if unit.kind in order else len(order), unit.code))
        return [Choice(str(unit.uid), unit.name, str(KIND_LABELS.get(unit.kind, unit.kind))) for unit in units]

    def _forwards(self) -> list[Choice]:
        running = sides_of(self.case).running_forwards
        return [Choice(str(one.uid), f"{one.party} · {moment(one.answer_by)}") for one in running]

    def _called_units(self) -> list[Choice]:
        calls = [call for call in sides_of(self.case).calls if call.score is None]
        return [Choice(str(call.unit.uid), call.unit.name) for call in calls]

    def _people(self) -> list[Choice]:
        """People of the responsible unit and of those below and above it, else everybody."""
        org, today = self.asking.ref.org, timezone.localdate(self.asking.at)
        unit = self.case.unit_id or self.case.owner_id
        near = {*org.subtree(unit), *org.above(unit)}
        held = [
            number for number, posts in org.posts.items() if any(p.unit_id in near and p.holds_on(today) for p in posts)
        ]
        rows = Person.objects.filter(pk__in=held, is_active=True).order_by("username")[:MOST_PEOPLE]
        return [Choice(str(row.uid), row.name) for row in rows]

    def _conditions(self) -> list[Choice]:
        category = self.asking.ref.categories.by_id(self.case.category_id)
        return [Choice(str(one.id), self._condition_words(one)) for one in category.conditions]

    def _condition_words(self, condition: Any) -> str:
        limit = condition.limits.get(self.case.area_class)
        said = condition.text or condition.code
        return f"{said} · {limit_words(limit)}" if limit else said


def code_and_name(category: Any) -> str:
    """How a category is written in a field, and read back."""
    return f"{category.code} {category.label}"


def find_category(asking: Asker, text: str, field: str) -> str:
    """The public id of the category meant by a code, a name, or both."""
    book, words = asking.ref.categories, text.split()
    found = book.by_code(words[0]) if words else None
    if found is None:
        wanted = text.strip().lower()
        found = next((one for one in book.all() if wanted in (one.name.lower(), one.name_en.lower())), None)
    if found is None:
        raise Invalid(field, "unknown_category", category=text[:60])
    return str(found.uid)


def proposal_words(case: Case, asking: Asker) -> tuple[str, list[str]]:
    """The proposed unit's name and the reasons in sentences."""
    kept = case.proposal or {}
    unit = asking.ref.org.by_code(kept.get("unit") or "")
    return (unit.name if unit else "", reasons_in_words(kept.get("reasons", ()), asking))


def reasons_in_words(reasons: Iterable[Mapping[str, Any]], asking: Asker) -> list[str]:
    """Why the dispatch rules proposed a unit, in sentences."""
    return [_reason(one, asking) for one in reasons]


def _reason(reason: Mapping[str, Any], asking: Asker) -> str:
    line = titles(asking.ref).line(reason.get("line", ""))
    match reason.get("code"):
        case "rule":
            return _("A dispatch rule of the city fits this case best.")
        case "line_only":
            return _("It is the only unit that carries the function “%(line)s”.") % {"line": line}
        case "line_nearest":
            return _("Of the units that carry the function “%(line)s” it is the one nearest to the place.") % {
                "line": line
            }
        case "no_line":
            return _("No unit carries the function “%(line)s”.") % {"line": line or "—"}
        case "block_first":
            return _("What nobody's function covers belongs first to the block it lies in.")
        case "no_block":
            return _("The place lies in no unit grid with an owner.")
        case other:
            return str(other)
