"""What is left of pasted texts when their time is over: nothing of the undecided, and of the decided only what was chosen."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from click.testing import CliRunner

from civicloop.cases.models import Case
from civicloop.ledger.models import LedgerLine
from civicloop.schedule import SCHEDULES, forget_texts
from civicloop.standards import actions as standards
from civicloop.textintake import actions, queries
from civicloop.textintake.commands import texts
from civicloop.textintake.models import Suggestion
from tests.cast import MONDAY_NINE

ORDER = "莲花镇莲北社区：1、门口垃圾一堆没人清；2、小车违停堵住路口；3、路灯不亮。"
LATER = MONDAY_NINE + timedelta(days=31)


def decided(city: Any) -> list[Suggestion]:
    """Three parts: one filed, one dropped, one left open."""
    rows = actions.take_in(text=ORDER, by=city.filer, at=MONDAY_NINE)
    actions.file(
        uid=rows[0].uid, category_id=city.litter.pk, by=city.filer, at=MONDAY_NINE, description="x", address="莲北路"
    )
    actions.drop(uid=rows[1].uid, by=city.filer, at=MONDAY_NINE)
    return rows


def test_undecided_parts_go_and_of_decided_ones_the_words_go(city: Any) -> None:
    decided(city)
    done = actions.retain(at=LATER)
    first, second = Suggestion.objects.order_by("seq")

    assert done == {"undecided": 1, "decided": 2}
    assert (first.outcome, first.rank, first.text, first.suggested["categories"]) == ("filed", 1, "", [])
    assert (second.outcome, second.text) == ("dropped", "")
    assert "垃圾" not in str([first.suggested, second.suggested])
    assert Case.objects.get().suggestion == first


def test_accuracy_is_counted_as_before(city: Any) -> None:
    decided(city)
    before = queries.accuracy_in_use()
    actions.retain(at=LATER)

    assert queries.accuracy_in_use() == before


def test_a_line_says_how_many_and_a_second_run_says_nothing(city: Any) -> None:
    decided(city)
    actions.retain(at=LATER)
    again = actions.retain(at=LATER)
    line = LedgerLine.objects.get(verb="texts.retain")

    assert again == {"undecided": 0, "decided": 0}
    assert line.data == {"done": {"undecided": 1, "decided": 2}, "days": 30}


def test_before_its_time_nothing_goes_and_the_city_says_when_that_is(city: Any) -> None:
    decided(city)
    assert actions.retain(at=MONDAY_NINE + timedelta(days=29)) == {"undecided": 0, "decided": 0}
    standards.set_parameter(name="texts.keep_days", value=7, by=city.supervisor, at=MONDAY_NINE)

    assert actions.retain(at=MONDAY_NINE + timedelta(days=8), dry_run=True) == {"undecided": 1, "decided": 2}
    assert Suggestion.objects.exclude(text="").count() == 3


def test_an_earlier_text_is_listed_by_what_is_left_of_it(city: Any) -> None:
    rows = actions.take_in(text=ORDER, by=city.filer, at=MONDAY_NINE)
    actions.drop(uid=rows[1].uid, by=city.filer, at=MONDAY_NINE)
    actions.retain(at=LATER)
    (row,) = queries.earlier(by_id=city.filer.pk, most=10)

    assert (row.seq, row.parts, row.undecided) == (2, 1, 0)


def test_the_worker_and_the_command_do_it(city: Any) -> None:
    decided(city)
    told = json.loads(CliRunner().invoke(texts, ["retain", "--dry-run"]).output)

    assert "forget_texts" in SCHEDULES
    assert json.loads(forget_texts()) == told
