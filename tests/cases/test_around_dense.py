"""Where many cases lie close together, those are read that would be told first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from civicloop.cases import around
from civicloop.organisation.days import day_of
from civicloop.standards import reference


def test_an_open_case_of_the_same_category_is_told_however_many_newer_ones_lie_around(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(around, "LOOKED_AT", 3)
    now = timezone.now()
    case = city.report(at=now - timedelta(days=3))
    same = city.report(at=now - timedelta(days=2))
    for hours in range(1, 6):
        city.report(at=now - timedelta(hours=hours), category="parking")

    found = around.around(case, reference.now().actor(city.filer, day_of(now)), most=8)

    assert found.neighbours[0].case.pk == same.pk
    assert len(found.neighbours) == 3
