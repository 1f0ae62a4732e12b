"""Sentences about the standard taken apart."""

from __future__ import annotations

from typing import Protocol

from civicloop.documents.rules.sentences.numerals import joined


class Taken(Protocol):
    """A standard in figures."""

    @property
    def title(self) -> str: ...
    @property
    def projects(self) -> int: ...
    @property
    def contents(self) -> int: ...
    @property
    def criteria(self) -> int: ...
    @property
    def led(self) -> int: ...
    @property
    def by_method(self) -> tuple[tuple[str, int], ...]: ...
    @property
    def checklists(self) -> int: ...
    @property
    def items(self) -> int: ...


def taken_apart(standard: Taken) -> str:
    """Into how many projects, contents and criteria, and how many have a unit that leads; then the checklists."""
    told = ""
    if standard.criteria:
        methods = "、".join(f"{name}{many}条" for name, many in standard.by_method if many)
        told = f"对照{standard.title}，分解测评项目{standard.projects}个、测评内容{standard.contents}项、"
        told += f"测评标准{standard.criteria}条（{methods}）。"
        left = standard.criteria - standard.led
        told += (
            "各条标准均已明确牵头单位。" if not left else joined(f"已明确牵头单位{standard.led}条", f"待明确{left}条")
        )
    if standard.items:
        lead = "并" if told else f"对照{standard.title}，"
        told += f"{lead}编制检查清单{standard.checklists}份、检查内容{standard.items}条。"
    return told
