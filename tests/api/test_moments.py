"""Moments near the ends of the calendar are refused by name; they cannot be put into another zone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.test_cases import REPORT
from tests.api.test_door import assert_problem

pytestmark = pytest.mark.django_db
ENDS = ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z"]


@pytest.mark.parametrize("moment", ENDS)
def test_moments_out_of_reach_are_refused(program: Any, moment: str) -> None:
    walker = program("walker")
    case = walker.post("/cases", REPORT).json()["case"]
    assert_problem(walker.post("/cases", {**REPORT, "noted_at": moment}), 422, "invalid")
    assert_problem(
        walker.post(f"/cases/{case['uid']}/steps/comment", {"note": "看", "noted_at": moment}), 422, "invalid"
    )
    assert_problem(walker.get("/cases?" + urlencode({"due_before": moment})), 422, "invalid")
