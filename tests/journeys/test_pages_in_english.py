"""Every page in English on a phone: axe finds nothing, nothing sticks out."""

from __future__ import annotations

import pytest

from tests.furnished import Furnished
from tests.journeys.axe import city, judge, made
from tests.journeys.conftest import PHONE, Street

__all__ = ["city", "made"]
pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=120), pytest.mark.django_db(transaction=True)]


def test_axe_finds_nothing_and_nothing_sticks_out(street: Street, made: Furnished) -> None:
    assert judge(street, made, "en", PHONE) == []
