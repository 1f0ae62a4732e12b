"""Photos of every kind of loop: who may see the row may see its evidence, and nobody else may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from civicloop.loops.kinds import known_kinds
from civicloop.organisation.actions import make_token
from civicloop.organisation.models import Person
from civicloop.photos import actions as photos
from civicloop.publicity import actions as publicity
from civicloop.publicity.models import Honour, HonourEvidence, HonourStep
from civicloop.volunteers import actions
from civicloop.volunteers.models import Order
from tests.cast import SOUTH, WEST
from tests.fieldwork.phone import named_photo
from tests.inspection.made_up import jpeg
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
SHA = named_photo("a")["sha256"]


@pytest.fixture
def city(corps: Corps) -> Any:
    """Whoever enters a page is of the city with its volunteers."""
    return corps.city


@pytest.fixture(autouse=True)
def folder(tmp_path: Any, settings: Any) -> None:
    """A store of its own for every test."""
    settings.DATA_DIR = tmp_path


def send(person: Any) -> list[dict[str, str]]:
    """Somebody has sent the photo, and names it."""
    photos.store(BytesIO(jpeg("a")), sha256=SHA, by=person, at=timezone.now())
    return [{"sha256": SHA, "kind": "after"}]


def answers(visitor: Callable[..., Any], name: str) -> set[int]:
    """What the desk's address and a program with the person's token are answered."""
    one = visitor(name)
    told = {one.client.get(f"/photos/{SHA}/{size}").status_code for size in ("page", "thumb")}
    person = Person.objects.get(pk=one.client.session["_auth_user_id"])
    token = make_token(person=person, name="photos", by=person, at=timezone.now())[1]
    return told | {Client().get(f"/api/v1/photos/{SHA}", headers={"Authorization": f"Bearer {token}"}).status_code}


@pytest.fixture
def served(corps: Corps) -> Order:
    """An order whose team has given a photo."""
    order = corps.walk("serving", at=timezone.now() - timedelta(hours=3))
    given = {"note": "头发理好了", "photos": send(corps.mulberry_handler)}
    return actions.take(order.uid, "finish", by=corps.mulberry_handler, at=timezone.now(), given=given)


@pytest.mark.parametrize("name", ["order_desk", "supervisor", "auditor", "mulberry_leader", "mulberry_handler"])
def test_who_may_open_an_order_sees_the_photo_of_its_service(
    corps: Corps, served: Order, visitor: Callable[..., Any], name: str
) -> None:
    assert visitor(name).get(f"/volunteers/orders/{served.uid}")[0] == 200
    assert answers(visitor, name) == {200}


@pytest.mark.parametrize("name", ["plum_handler", "bamboo_handler", "other_handler", "system_admin"])
def test_whom_the_order_does_not_concern_finds_no_such_photo(
    corps: Corps, served: Order, visitor: Callable[..., Any], name: str
) -> None:
    assert visitor(name).get(f"/volunteers/orders/{served.uid}")[0] == 404
    assert answers(visitor, name) == {404}


def test_the_photo_of_an_order_shows_the_service_and_nothing_put_right(
    served: Order, visitor: Callable[..., Any]
) -> None:
    text = visitor("order_desk").get(f"/volunteers/orders/{served.uid}")[1]

    assert "<figcaption>photo of the service</figcaption>" in text
    assert "<figcaption>after</figcaption>" not in text


def test_a_display_shows_its_photo_to_its_unit_and_the_city(corps: Corps, visitor: Callable[..., Any]) -> None:
    at = timezone.now()
    made = publicity.plan_display(
        kind="led", code="LED-1", name="屏", unit_id=corps.lotus_north.pk, lon=WEST + 0.005, lat=SOUTH + 0.005,
        photos=send(corps.grid_worker), by=corps.grid_worker, at=at,
    )  # fmt: skip

    assert visitor("supervisor").get(f"/displays/{made.uid}")[0] == 200
    assert answers(visitor, "supervisor") == {200}
    assert answers(visitor, "plum_handler") == {404}


@pytest.mark.parametrize(("kind", "seen_by_all"), [("community", True), ("family", False)])
def test_the_photo_of_a_family_is_for_its_community_and_the_city_and_no_other_for_all(
    corps: Corps, visitor: Callable[..., Any], kind: str, seen_by_all: bool
) -> None:
    at = timezone.now()
    [photo] = send(corps.grid_worker)
    made = Honour.objects.create(
        kind=kind, holder="某某家庭", unit=corps.lotus_north, owner=corps.command, year=2026, grounds="邻里互助",
        state="on_notice", created_at=at, notice_until=(at + timedelta(days=5)).date(),
    )  # fmt: skip
    step = HonourStep.objects.create(
        honour=made, seq=1, name="apply_for", at=at, state_before="", state_after="on_notice"
    )
    HonourEvidence.objects.create(honour=made, step=step, photo_id=photo["sha256"], kind="near")

    assert answers(visitor, "supervisor") == {200}
    assert answers(visitor, "leader") == {200}, "the town above the community"
    assert answers(visitor, "other_handler") == ({200} if seen_by_all else {404})


def test_every_kind_that_keeps_evidence_is_asked(corps: Corps) -> None:
    kept = {kind.name for kind in known_kinds() if kind.evidence is not None}

    assert kept == {"case", "order", "display", "honour"}
