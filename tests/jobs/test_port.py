"""The queue is part of the database: a job exists if, and only if, what it belongs to was committed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django_q.models import OrmQ

from civicloop.cases import actions
from civicloop.cases.models import Case
from civicloop.jobs import Task, enqueue
from civicloop.jobs.port import perform
from civicloop.kernel.refusal import StepRefused
from civicloop.wiring import LISTENERS
from tests.cast import MONDAY_NINE, City, hours
from tests.jobs.errands import write_down

ERRAND = "tests.jobs.errands.write_down"


@pytest.fixture
def queue(settings: Any, db: None) -> None:
    settings.CIVICLOOP_JOBS_RUN = "queue"


def waiting() -> list[tuple[str, dict[str, Any]]]:
    return [(one.task["args"][0], json.loads(one.task["args"][1])) for one in OrmQ.objects.order_by("id")]


@pytest.mark.usefixtures("queue")
def test_a_job_waits_in_the_table_with_its_plain_data(tmp_path: Path) -> None:
    write_down.enqueue(path=str(tmp_path / "out"), word="莲花")
    assert waiting() == [(ERRAND, {"path": str(tmp_path / "out"), "word": "莲花"})]
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("queue")
def test_what_is_rolled_back_leaves_no_job() -> None:
    with transaction.atomic():
        write_down.enqueue(path="x", word="y")
        assert OrmQ.objects.count() == 1
        transaction.set_rollback(True)
    assert OrmQ.objects.count() == 0


@pytest.mark.usefixtures("queue")
def test_a_step_queues_one_job_for_each_who_listens_and_a_refused_one_queues_none(city: City) -> None:
    OrmQ.objects.all().delete()  # what building the city has queued
    case = city.report()
    assert [path for path, _ in waiting()] == ["civicloop.cases.tasks.propose_unit_for"]
    OrmQ.objects.all().delete()
    case = city.walk("dispatched", case=case)
    assert [path.rpartition(".")[2] for path, _ in waiting()] == ["tell_step", "tell_unit"]
    OrmQ.objects.all().delete()

    with pytest.raises(StepRefused):
        actions.verify(case.uid, note="好", by=city.verifier, at=MONDAY_NINE + hours(1))
    assert waiting() == []
    assert Case.objects.get(pk=case.pk).state == "dispatched"


@pytest.mark.parametrize(
    "path",
    ["tests.jobs.errands.not_a_job", "os.system", "subprocess.run", "builtins.eval", "tests.jobs.errands.Path"],
)
def test_only_what_is_marked_as_a_job_is_run(path: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="is not a task"):
        perform(path, json.dumps({"path": str(tmp_path / "out")}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["tests.jobs.errands.nothing", "no.such.module", ""])
def test_a_job_that_is_not_there_is_an_error(path: str) -> None:
    with pytest.raises(ImportError):
        perform(path, "{}")


def test_a_job_runs_here_and_now_where_there_is_no_queue(tmp_path: Path) -> None:
    enqueue(ERRAND, path=str(tmp_path / "out"), word="now")
    assert (tmp_path / "out").read_text() == "now\n"


@pytest.mark.parametrize("data", [{"a": object()}, {"a": MONDAY_NINE}, {"a": {1, 2}}], ids=["object", "moment", "set"])
def test_only_plain_data_is_queued(data: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        enqueue(ERRAND, **data)


def test_every_listener_of_the_house_is_a_job_that_can_be_found_by_its_name() -> None:
    from django.utils.module_loading import import_string

    listeners = [one for group in LISTENERS.values() for one in group]
    assert listeners
    assert all(isinstance(one, Task) and import_string(one.path) is one for one in listeners)
