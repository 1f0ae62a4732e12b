"""The queue is lent out and taken back with one statement each, and nothing in it is lost or lent twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ

from civicloop.jobs.lending import Lending

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Lending:
    monkeypatch.setattr(Conf, "POLL", 0)
    return Lending(list_key="here")


def queued(many: int, key: str = "here", *, ago: int = 1) -> list[int]:
    lock = timezone.now() - timedelta(seconds=ago)
    return [OrmQ.objects.create(key=key, payload=f"job {number}", lock=lock).pk for number in range(many)]


def test_the_oldest_jobs_are_lent_first_and_only_once(broker: Lending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conf, "BULK", 2)
    first, second, third = queued(3)

    assert broker.dequeue() == [(first, "job 0"), (second, "job 1")]
    assert broker.dequeue() == [(third, "job 2")]
    assert broker.dequeue() is None


def test_a_job_that_was_not_taken_back_in_time_is_lent_again(broker: Lending) -> None:
    (number,) = queued(1)
    broker.dequeue()
    assert broker.lock_size() == 1

    OrmQ.objects.update(lock=timezone.now() - timedelta(seconds=1))

    assert broker.dequeue() == [(number, "job 0")]


def test_a_job_taken_back_is_gone_and_the_others_stay(broker: Lending) -> None:
    done, waiting = queued(2)

    broker.acknowledge(done)

    assert list(OrmQ.objects.values_list("pk", flat=True)) == [waiting]


def test_another_queue_is_left_alone(broker: Lending) -> None:
    queued(1, key="elsewhere")

    assert broker.dequeue() is None


@pytest.mark.parametrize("many", [1, 40])
def test_lending_costs_the_same_for_many_jobs_as_for_one(broker: Lending, many: int) -> None:
    queued(many)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        broker.dequeue()

    assert len(asked) <= 2


def test_the_settings_name_this_broker() -> None:
    from django_q.brokers import get_broker

    assert isinstance(get_broker(), Lending)
