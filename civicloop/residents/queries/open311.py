"""Which cases the world may see by Open311.

Public is a case from a source the city opens (`open311.sources`; residents' reports unless it says otherwise) whose category is not
private and which its sender has not marked private. What a moderator holds back is no case yet.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from civicloop.cases.models import Case
from civicloop.residents.models import Open311Request
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
