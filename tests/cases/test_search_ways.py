"""Search by looking up and search by walking find the same cases."""

from __future__ import annotations

import pytest

from civicloop.cases import search
from civicloop.cases.models import Case
from civicloop.kernel.text import query_tokens, search_tokens
from tests.cast import City

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TEXTS = ("路灯不亮", "路边灯箱破损", "灯 路", "Straßenlaterne 12号", "it's a 100% %s \\ mess")
ASKED = ("路灯", "灯", "灯箱 路边", "12号", "it's", "100", "不存在", "mess s")


@pytest.mark.parametrize("asked", ASKED)
def test_both_ways_find_the_same_cases(city: City, asked: str) -> None:
    cases = [city.report(description=text) for text in TEXTS]
    for case, text in zip(cases, TEXTS, strict=True):
        Case.objects.filter(pk=case.pk).update(search=search_tokens(text))

    tokens = query_tokens(asked)
    looked_up = set(Case.objects.filter(search._looked_up(tokens)).values_list("pk", flat=True))
    walked = set(Case.objects.filter(search._walked(tokens)).values_list("pk", flat=True))

    wanted = {
        case.pk for case, text in zip(cases, TEXTS, strict=True) if set(tokens) <= set(search_tokens(text).split())
    }
    assert looked_up == walked == wanted


def test_without_statistics_nothing_counts_as_common(city: City) -> None:
    assert not search._is_common("路灯")
