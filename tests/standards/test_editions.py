"""Editions of packs stay, side by side, and rule what was planned with them."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any

import pytest

from civicloop.kernel.refusal import NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.standards import actions, editions
from civicloop.standards.models import Edition, Pack
from civicloop.standards.rules import shapes
from civicloop.standards.rules.difference import pack_digest, plain
from civicloop.standards.rules.pack import load_packs, shipped_packs
from civicloop.standards.rules.restore import restored

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, tzinfo=timezone(timedelta(hours=8)))
LATER = AT + timedelta(days=14)


@cache
def packs() -> dict[str, shapes.Pack]:
    return load_packs(shipped_packs())


def load(name: str, at: datetime = AT, **changes: Any) -> Pack:
    return actions.load_pack(pack=dataclasses.replace(packs()[name], **changes), by=None, at=at)


def test_nothing_is_in_force_before_a_pack_is_loaded() -> None:
    with pytest.raises(NotFound):
        editions.current()
    with pytest.raises(NotFound):
        editions.book(999)
    assert editions.editions("wenming") == []


def test_loading_a_pack_keeps_its_edition_and_makes_it_the_one_in_force() -> None:
    load("wenming")
    edition = editions.current()
    assert (edition.name, edition.digest) == ("2021", pack_digest(packs()["wenming"]))
    book = editions.book(edition.pk)
    assert (book.id, book.pack, book.name, book.digest) == (edition.pk, "wenming", "2021", edition.digest)
    assert book.point_types["WM09"].name.zh_Hans == "主次干道、商业大街"
    assert book.checklists == packs()["wenming"].checklists
    assert book.projects == packs()["wenming"].projects
    assert book.scoring == packs()["wenming"].scoring
    assert book.sample == packs()["wenming"].sample
    assert book.items_for("WM09") == book.checklists_for("WM09")[0].items
    assert book.checklist_of("LANE-01").code == "LANE"


def test_a_type_without_a_list_of_its_own_has_that_of_the_type_it_is_like() -> None:
    load("wenming")
    book = editions.book(editions.current().pk)
    assert book.checklists_for("WM43") == book.checklists_for("WM19")
    assert [one.code for one in book.checklists_for("WM43")] == ["WINDOW"]
    with pytest.raises(KeyError):
        book.checklists_for("WM99")


def test_the_same_pack_loaded_twice_is_kept_once() -> None:
    load("wenming")
    load("wenming", LATER)
    assert Edition.objects.count() == 1
    assert LedgerLine.objects.filter(verb="pack.load").count() == 1


def test_an_edition_loaded_later_is_in_force_and_the_earlier_one_says_what_it_said() -> None:
    load("wenming@2018")
    old = editions.current()
    load("wenming", LATER)
    assert editions.current().name == "2021"
    assert [one.name for one in editions.editions("wenming")] == ["2021", "2018"]
    assert len(editions.book(old.pk).point_types) == 54
    assert len(editions.book(editions.current().pk).point_types) == 59
    assert Pack.objects.get(code="wenming").edition == "2021"


def test_an_edition_loaded_again_is_in_force_again_and_is_the_one_it_was() -> None:
    load("wenming@2018")
    old = editions.current()
    load("wenming", LATER)
    load("wenming@2018", LATER + timedelta(days=1))
    assert editions.current().pk == old.pk
    assert Edition.objects.count() == 2


def test_a_pack_changed_in_mid_month_is_another_edition_and_the_old_one_stays() -> None:
    load("wenming")
    old = editions.current()
    lists = packs()["wenming"].checklists
    heavier = dataclasses.replace(
        lists[0], items=(dataclasses.replace(lists[0].items[0], weight=9.0), *lists[0].items[1:])
    )
    load("wenming", LATER, checklists=(heavier, *lists[1:]))
    code = lists[0].items[0].code
    assert editions.current().pk != old.pk
    assert editions.book(old.pk).items[code].weight == lists[0].items[0].weight
    assert editions.book(editions.current().pk).items[code].weight == 9


def test_a_book_costs_one_statement_once(django_assert_num_queries: Any) -> None:
    load("wenming")
    pk = editions.current().pk
    with django_assert_num_queries(1):
        editions.book(pk)
    with django_assert_num_queries(0):
        editions.book(pk)


def test_the_edition_in_force_costs_one_statement(django_assert_num_queries: Any) -> None:
    load("wenming")
    with django_assert_num_queries(1):
        editions.current()


def test_a_database_from_before_editions_gets_its_first_at_the_next_loading() -> None:
    load("wenming")
    Edition.objects.all().delete()
    load("wenming", LATER)
    assert editions.current().loaded_at == LATER


@pytest.mark.parametrize("name", sorted(packs()))
def test_a_pack_comes_back_from_its_kept_content_as_it_was(name: str) -> None:
    assert restored(shapes.Pack, plain(packs()[name])) == packs()[name]


def test_what_an_earlier_release_did_not_keep_has_its_default() -> None:
    told = plain(packs()["wenming"].checklists[0].items[0])
    for later in ("weight", "photo", "observe"):
        del told[later]
    item = restored(shapes.ChecklistItem, told)
    assert (item.weight, item.photo, item.observe) == (1.0, "when_failed", None)
