"""Which cases the world may see by Open311.

Public is a case from a source the city opens (`open311.sources`; residents' reports unless it says otherwise) whose category is not
private and which its sender has not marked private. What a moderator holds back is no case yet.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from civicloop.cases.models import Case
from civicloop.residents.models import Open311Key, Open311Request
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference


def is_private(category: CategoryInfo, ref: Reference) -> bool:
    """Whether reports of this category are for the city alone (`open311.private`: codes, or kind:code)."""
    private = ref.parameters["open311.private"]
    return category.code in private or f"{category.kind}:{category.code}" in private


def public_cases(ref: Reference) -> QuerySet[Case]:
    """The cases the world may see."""
    rows = Case.objects.filter(source__in=list(ref.parameters["open311.sources"]))
    hidden = [one.id for one in ref.categories.categories.values() if is_private(one, ref)]
    if hidden:
        rows = rows.exclude(category_id__in=hidden)
    return rows.filter(~Exists(Open311Request.objects.filter(report__case=OuterRef("pk"), private=True)))


def sent_privately(cases: Iterable[int]) -> set[int]:
    """Those of the cases that their sender wants to be seen by the city alone."""
    rows = Open311Request.objects.filter(report__case__in=list(cases), private=True)
    return {number for number in rows.values_list("report__case_id", flat=True) if number}


def sent_as(key: Open311Key, cases: Iterable[int]) -> dict[int, str]:
    """Under which id of its own a client sent each of these cases; only what it sent itself, and gave an id."""
    rows = Open311Request.objects.filter(key=key, report__case__in=list(cases)).exclude(sent_as=None)
    return {case_id: own for case_id, own in rows.values_list("report__case_id", "sent_as") if own}
