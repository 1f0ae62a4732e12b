"""The standard taken apart: how many projects, contents and criteria, and how many of them have a unit that leads."""

from __future__ import annotations

from dataclasses import dataclass

from civicloop.documents.figures.frame import Frame
from civicloop.kernel.refusal import NotFound
from civicloop.standards import editions
from civicloop.standards.rules.assessment import Criterion


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard in figures. `led`: criteria whose function (条) an active unit carries; `open`: those without one."""

    title: str
    projects: int
    contents: int
    criteria: int
    led: int
    by_method: tuple[tuple[str, int], ...]
    point_types: int
    checklists: int
    items: int

    @property
    def open(self) -> int:
        """Criteria nobody leads yet."""
        return self.criteria - self.led


METHODS = {"site": "实地", "document": "材料", "survey": "问卷"}


def standard(frame: Frame, pack: str = "wenming") -> Standard | None:
    """The edition in force; None where no standard was loaded. One statement, and one when its book is not in memory."""
    try:
        book = editions.book(editions.current(pack).pk)
    except NotFound:
        return None
    contents = [content for project in book.projects for content in project.contents]
    criteria: list[Criterion] = [criterion for content in contents for criterion in content.criteria]
    methods = tuple((METHODS[key], sum(one.method == key for one in criteria)) for key in METHODS)
    return Standard(
        f"《{book.title}》（{book.name}）", len(book.projects), len(contents), len(criteria),
        sum(bool(one.line and frame.ref.org.for_line(one.line)) for one in criteria), methods, len(book.point_types),
        len(book.checklists), len(book.items),
    )  # fmt: skip
