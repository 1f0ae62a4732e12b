"""Who speaks with the server in these tests."""

from __future__ import annotations

import pytest

from tests.cast import City
from tests.fieldwork.phone import Phone


@pytest.fixture
def phone(city: City) -> Phone:
    """The phone of the handler."""
    return Phone(city.handler)
