"""What there is to answer in a visit."""

from __future__ import annotations

from dataclasses import dataclass

from civicloop.inspection.models import Visit
from civicloop.inspection.rules.judging import LOOK_BACK
from civicloop.inspection.sheets import items_of
from civicloop.standards import editions
from civicloop.standards.editions import StandardBook
from civicloop.standards.rules.assessment import BigQuestion
from civicloop.standards.rules.shapes import Checklist, ChecklistItem


@dataclass(frozen=True, slots=True)
class Asked:
    """One item to answer: what it is, on which list it stands, and which of the five questions it is part of."""

    item: ChecklistItem
    checklist: Checklist | None
    question: BigQuestion | None


@dataclass(frozen=True, slots=True)
class VisitSheet:
    """The questions of a visit in the order of its checklists, by the edition of its round."""

    visit: Visit
    book: StandardBook
    asked: tuple[Asked, ...]


def sheet(visit: Visit) -> VisitSheet:
    """What to answer in a visit. Texts are in the pack's languages: `item.text.in_language(language)`."""
    book = editions.book(visit.round.edition_id)
    return VisitSheet(visit, book, tuple(_asked(item, book) for item in items_of(visit, book)))


def _asked(item: ChecklistItem, book: StandardBook) -> Asked:
    if item.code == LOOK_BACK:
        return Asked(item, None, None)
    known = any(item.aspect in question.aspects for question in book.questions)
    return Asked(item, book.checklist_of(item), book.question_of(item) if known else None)
