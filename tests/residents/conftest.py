"""Residents in front of the actions: short ways to send what they send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from civicloop.api.open311.rows import photos_of
from civicloop.photos.actions import store
from civicloop.residents import actions
from civicloop.residents.actions import Contact, Problem, Received
from tests.cast import MONDAY_NINE, SOUTH, WEST, City

Send = Callable[..., Received]


@pytest.fixture
def send(city: City) -> Send:
    """`send()` is a report of litter in the first grid by somebody whose device did its work; name what is different."""
    count = iter(range(1, 10_000))

    def sent(*, at: datetime = MONDAY_NINE, key: str = "", proved: bool = True, **given: Any) -> Received:
        contact = given.pop("contact", None)
        sender = given.pop("sender", "203.0.113.7")
        category = city.categories[given.pop("category", "litter")]
        usual: dict[str, Any] = {"description": "公交站旁有垃圾", "lon": WEST + 0.005, "lat": SOUTH + 0.005}
        problem = Problem(category.pk, **{**usual, **given})
        key = key or f"key-of-a-form-{next(count):06d}"
        return actions.receive(problem, sent_key=key, contact=contact, sender=sender, proved=proved, at=at)

    return sent


def photo(colour: str = "#284") -> str:
    """A stored photo with a file, as the portal stores it: sent by nobody we know."""
    out = BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return store(BytesIO(out.getvalue()), sha256=None, by=None, at=MONDAY_NINE).sha256


def shown_outside(case_id: int) -> list[str]:
    """The photos of a case as Open311 tells them."""
    return [sha256 for sha256, *_ in photos_of([case_id]).get(case_id, [])]


CONTACT = Contact("林某某", "138 0013 8000", "Lin.Test@example.org", agreed=True)
