"""The ledger binds the photos a step rests on, so that none can be changed for another later."""

from __future__ import annotations

from typing import Any

from civicloop.ledger.queries import history


def test_a_step_that_brought_photos_names_them_in_the_ledger(city: Any) -> None:
    case = city.walk("rectified")

    lines = {line.verb: line.data for line in history("case", case.uid)}

    assert lines["case.rectify"]["photos"] == [city.photo()["sha256"]]
    assert "photos" not in lines["case.accept"]
