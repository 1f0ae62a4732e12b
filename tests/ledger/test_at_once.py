"""Several people write about the same object at once: every line is kept, and the chain holds."""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from civicloop.kernel.refusal import NotAllowed
from civicloop.ledger.actions import HOUSE, record, record_reading, record_refusal
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks, history
from tests.cast import MONDAY_NINE
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ONE = UUID(int=1)


@pytest.mark.parametrize("inside", [True, False], ids=["in a transaction", "without one"])
def test_nobody_loses_a_line(inside: bool) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            if inside:
                with transaction.atomic():
                    record("case", ONE, "case.note", by=None, at=MONDAY_NINE, data={"who": number, "turn": turn})
            else:
                record("case", ONE, "case.note", by=None, at=MONDAY_NINE, data={"who": number, "turn": turn})

    assert at_once(*(partial(write, number) for number in range(4))) == [None] * 4
    lines = list(history("case", ONE))
    assert [line.seq for line in lines] == list(range(1, 21))
    assert {(line.data["who"], line.data["turn"]) for line in lines} == {(w, t) for w in range(4) for t in range(5)}
    assert list(breaks()) == []


def test_refusals_and_readings_of_one_object_at_once_are_all_kept() -> None:
    def write(number: int) -> None:
        if number % 2:
            record_reading(by=uuid4(), at=MONDAY_NINE, kind="person", uid=ONE, fields=["phone"], purpose="电话核实")
        else:
            record_refusal(NotAllowed("case.report", "takes_part"), at=MONDAY_NINE)

    assert at_once(*(partial(write, number) for number in range(4))) == [None] * 4
    assert LedgerLine.objects.filter(uid=ONE, verb="personal_data.read").count() == 2
    assert LedgerLine.objects.filter(kind="house", uid=HOUSE, verb="refused").count() == 2
    assert list(breaks()) == []
