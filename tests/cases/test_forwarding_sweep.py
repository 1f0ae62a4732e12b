"""The sweep of questions to parties outside: one reminder, one word of lateness, whoever sweeps."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from civicloop.cases import actions
from civicloop.cases.forwardsweep import sweep_forwards
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.loops.models import Notice
from tests.cases.test_forwarding import AT, DUE, ENDINGS, _end, asked
from tests.cast import City, build_city, hours
from tests.threads import at_once

# The sweep.


@pytest.mark.django_db
def test_the_unit_is_told_once_that_an_answer_is_due_and_once_that_it_is_late(city: City) -> None:
    forward = asked(city, by="leader")
    Notice.objects.all().delete()
    quiet = sweep_forwards(at=DUE - timedelta(days=1, minutes=1))
    soon = [sweep_forwards(at=DUE - timedelta(hours=23)) for _ in range(2)]
    late = [sweep_forwards(at=DUE + timedelta(minutes=n)) for n in (0, 1, 99999)]

    assert (quiet.reminded, quiet.late) == (0, 0)
    assert [one.reminded for one in soon] == [1, 0]
    assert [one.late for one in late] == [1, 0, 0]
    told = set(Notice.objects.filter(kind="forward.soon").values_list("person__username", flat=True))
    assert told == {"handler", "leader"}
    verbs = LedgerLine.objects.filter(uid=forward.case.uid, verb__startswith="case.forward_").values_list(
        "verb", flat=True
    )
    assert sorted(verbs) == ["case.forward_late", "case.forward_out", "case.forward_soon"]
    assert list(breaks()) == []


@pytest.mark.django_db
def test_who_has_asked_again_by_himself_is_not_reminded_but_hears_of_lateness(city: City) -> None:
    forward = asked(city)
    actions.remind_forward(forward.case.uid, forward=forward.uid, note="电话催过", by=city.handler, at=AT + hours(20))

    assert sweep_forwards(at=DUE - hours(2)).reminded == 0
    assert sweep_forwards(at=DUE + hours(2)).late == 1


@pytest.mark.django_db
@pytest.mark.parametrize("how", ENDINGS)
def test_nobody_is_reminded_of_what_has_ended(city: City, how: str) -> None:
    _end(city, asked(city), how, AT + hours(1))

    assert sweep_forwards(at=DUE + timedelta(days=30)) == sweep_forwards(at=DUE)
    assert not Notice.objects.filter(kind__startswith="forward.").exists()


@pytest.mark.django_db(transaction=True)
def test_workers_who_sweep_at_once_tell_each_forward_once() -> None:
    city = build_city()
    for _ in range(6):
        asked(city)
    faults = at_once(*(partial(sweep_forwards, at=DUE + hours(1)) for _ in range(3)))

    assert faults == [None] * 3
    assert LedgerLine.objects.filter(verb="case.forward_late").count() == 6
    assert Notice.objects.filter(kind="forward.late").count() == 12
    assert list(breaks()) == []
