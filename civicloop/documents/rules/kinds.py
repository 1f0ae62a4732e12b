"""What a kind of paper is: how it is collected, and what it is written as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal

from civicloop.documents.rules.body import Document
from civicloop.documents.rules.options import NONE, Option
from civicloop.documents.rules.sheets import Workbook

FileForm = Literal["docx", "pdf", "xlsx", "html", "png"]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `start` and `end`: first and last day, both counted. `as_of`: the moment the figures are told for.

    `unit_id` None: the whole city. `case_id`: papers about one case (notice, letter, whistle). `by_id`: the person who asks.
    `texts`: the editable text blocks, complete: the defaults of `documents/blocks/<kind>.yaml`, changed by the office's own
    (TextBlock), changed by what was typed for this paper. `options`: what else the kind understands.
    """

    kind: str
    start: date
    end: date
    as_of: datetime
    unit_id: int | None = None
    case_id: int | None = None
    by_id: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


Collect = Callable[[Asked, Any], Document | Workbook]
"""From what is asked and the books of the house (`standards.reference.Reference`) to the paper. Reads only."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper.

    `title`: its Chinese name. `collect` gives a Document for forms of DOCX, PDF, HTML and PNG, a Workbook for XLSX.
    `about`: whether it needs a case or a unit; `city_or_case` may be about one case, and is else about the whole period.
    `by_unit`: a unit's leader may prepare it about his own unit. `numbered`: it gets a number 〔2026〕5号 when issued.
    `public`: meant for the public, so its photos must be blurred. `options`: what else may be asked for.
    `period`: the default when none is given: the last whole week or month, this year so far, or the day (`rules.periods`).
    """

    name: str
    title: str
    collect: Collect
    forms: tuple[FileForm, ...] = ("docx", "pdf")
    about: Literal["city", "unit", "case", "city_or_case"] = "city"
    by_unit: bool = False
    numbered: bool = True
    public: bool = False
    period: Literal["week", "month", "year", "day"] = "month"
    options: Mapping[str, Option] = field(default_factory=lambda: NONE)
