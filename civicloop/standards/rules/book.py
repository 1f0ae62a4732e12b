"""A standard as those who inspect and score read it: an edition with its checklists looked up by type, item and aspect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from civicloop.standards.rules.assessment import (
    AssessmentSample,
    BigQuestion,
    Disorder,
    NegativeClause,
    Project,
    ScoringRules,
)  # fmt: skip
from civicloop.standards.rules.restore import restored
from civicloop.standards.rules.shapes import Checklist, ChecklistItem, Indicator, PointType
from civicloop.standards.rules.words import Text

# What leaders ask in every city; a pack with its own section `questions` replaces them.
FIVE_QUESTIONS = (
    BigQuestion("public_order", Text("公共秩序", "Public order"), ("order",)),
    BigQuestion("public_environment", Text("公共环境", "Environment"), ("environment",)),
    BigQuestion("service_windows", Text("窗口服务", "Service windows"), ("service",)),
    BigQuestion("public_facilities", Text("公共设施", "Facilities"), ("facilities",)),
    BigQuestion("civic_practice", Text("文明实践", "Civic practice"), ("conduct", "publicity")),
)
PLAIN_SCORING = ScoringRules(methods={"site": 1.0}, sure="low")


@dataclass(frozen=True)
class StandardBook:
    """One edition of a pack. `id` is the row of the edition, `pack` the code of the pack, `name` the edition's name.

    `digest` is the SHA-256 of what the edition says, so that a score can name the standard it was reckoned by.
    """

    id: int
    pack: str
    name: str
    digest: str
    title: str
    point_types: Mapping[str, PointType]
    checklists: tuple[Checklist, ...]
    projects: tuple[Project, ...] = ()
    questions: tuple[BigQuestion, ...] = FIVE_QUESTIONS
    disorders: tuple[Disorder, ...] = ()
    scoring: ScoringRules = PLAIN_SCORING
    sample: AssessmentSample | None = None
    negative_list: Mapping[str, NegativeClause] = field(default_factory=dict)
    indicators: tuple[Indicator, ...] = ()

    @cached_property
    def items(self) -> Mapping[str, ChecklistItem]:
        """Every item by its code; codes stand once in a pack."""
        return {item.code: item for checklist in self.checklists for item in checklist.items}

    @cached_property
    def _home(self) -> Mapping[str, Checklist]:
        return {item.code: checklist for checklist in self.checklists for item in checklist.items}

    @cached_property
    def _asked(self) -> Mapping[str, BigQuestion]:
        return {aspect: question for question in self.questions for aspect in question.aspects}

    @cached_property
    def _lists(self) -> Mapping[str, tuple[Checklist, ...]]:
        own = {code: tuple(one for one in self.checklists if code in one.applies_to) for code in self.point_types}
        return {code: own[self._like(code, own)] for code in self.point_types}

    def _like(self, code: str, own: Mapping[str, tuple[Checklist, ...]]) -> str:
        """The first type along `like` that has checklists of its own."""
        seen = [code]
        while not own[code] and (like := self.point_types[code].like) in own and like not in seen:
            seen.append(code := like)
        return code

    def checklists_for(self, point_type: str) -> tuple[Checklist, ...]:
        """What is looked at in places of a type: its own lists, or else those of the type it is like.

        Raises KeyError for a type this edition does not have.
        """
        return self._lists[point_type]

    def items_for(self, point_type: str) -> tuple[ChecklistItem, ...]:
        """All items judged in places of a type, in the order of the lists. Raises KeyError."""
        return tuple(item for checklist in self.checklists_for(point_type) for item in checklist.items)

    def checklist_of(self, item: ChecklistItem | str) -> Checklist:
        """The checklist that an item, or an item's code, stands on. Raises KeyError."""
        return self._home[item if isinstance(item, str) else item.code]

    def question_of(self, item: ChecklistItem | str) -> BigQuestion:
        """Which of the five questions an item answers. Raises KeyError."""
        aspect = (self.items[item] if isinstance(item, str) else item).aspect
        return self._asked[aspect]


def book_from(content: Mapping[str, Any], *, edition_id: int, digest: str) -> StandardBook:
    """The book of an edition as it is kept: the plain data of its pack."""
    types: tuple[PointType, ...] = _all(PointType, content.get("point_types"))
    clauses: tuple[NegativeClause, ...] = _all(NegativeClause, content.get("negative_list"))
    sample, scoring = content.get("sample"), content.get("scoring")
    return StandardBook(
        id=edition_id,
        pack=content["name"],
        name=content["edition"],
        digest=digest,
        title=content["title"]["zh_Hans"],
        point_types={one.code: one for one in types},
        checklists=_all(Checklist, content.get("checklists")),
        projects=_all(Project, content.get("projects")),
        questions=_all(BigQuestion, content.get("questions")) or FIVE_QUESTIONS,
        disorders=_all(Disorder, content.get("disorders")),
        scoring=restored(ScoringRules, scoring) if scoring else PLAIN_SCORING,
        sample=restored(AssessmentSample, sample) if sample else None,
        negative_list={one.code: one for one in clauses},
        indicators=_all(Indicator, content.get("indicators")),
    )


def _all(kind: Any, data: Iterable[Any] | None) -> tuple[Any, ...]:
    return tuple(restored(kind, one) for one in data or ())
