"""A paper whose writing is broken off offers no file, and is written whole by the next worker."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from civicloop.documents import actions, queries
from civicloop.documents.models import Counter, Paper, PaperFile
from civicloop.jobs import no_jobs
from tests.cast import MONDAY_NINE, City, build_city, hours
from tests.documents.stores import FullDisk
from tests.jobs.test_worker_killed import wait_for, worker
from tests.kept import kept
from tests.threads import at_once

OCTOBER = {"start": date(2026, 10, 1), "end": date(2026, 10, 31)}


def test_a_full_disk_in_the_middle_offers_nothing_until_all_is_whole(city: City, settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "photos": {"BACKEND": "tests.documents.stores.FullDisk"}}
    FullDisk.full = True
    with no_jobs():
        paper = actions.prepare(kind="bulletin", by=city.supervisor, at=MONDAY_NINE, **OCTOBER)
    with pytest.raises(OSError, match="No space"):
        actions.build(paper.uid)
    paper.refresh_from_db()
    assert (paper.state, paper.failure, queries.files_of(paper)) == ("failed", {"code": "paper_failed"}, [])
    assert not PaperFile.objects.exists()

    FullDisk.full = False
    actions.build(paper.uid)

    paper.refresh_from_db()
    assert (paper.state, paper.progress, paper.failure) == ("ready", 100, {})
    assert [one.form for one in queries.files_of(paper)] == ["docx", "pdf"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_no_broken_file_and_the_next_one_writes_the_paper(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = kept(build_city)
    settings.CIVICLOOP_JOBS_RUN = "queue"
    settings.DATA_DIR = tmp_path / "data"
    monkeypatch.setenv("CIVICLOOP_DATA_DIR", str(settings.DATA_DIR))
    log = tmp_path / "log"
    paper = actions.prepare(kind="bulletin", by=city.supervisor, at=MONDAY_NINE, **OCTOBER)
    with worker(log) as kill:
        wait_for(lambda: Paper.objects.get().state == "building", log)
        kill()
    paper.refresh_from_db()
    assert (paper.state, queries.files_of(paper)) == ("building", [])

    with worker(log):
        wait_for(lambda: Paper.objects.get().state == "ready", log)
    paper.refresh_from_db()
    offered = queries.files_of(paper)
    assert [one.form for one in offered] == ["docx", "pdf"]
    for one in offered:
        with queries.open_file(one) as file:
            assert hashlib.sha256(file.read()).hexdigest() == one.sha256


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_numbers_given_at_once_have_no_gap_and_no_double(settings: Any) -> None:
    city = kept(build_city)
    settings.CIVICLOOP_JOBS_RUN = "none"
    asked = {"kind": "bulletin", "by": city.supervisor, "at": MONDAY_NINE, "blocks": {"sign": "朝办"}, **OCTOBER}
    built = [actions.build(actions.prepare(**asked).uid) for _ in range(6)]

    def issue(paper: Paper) -> None:
        actions.issue(paper=paper, by=city.supervisor, at=MONDAY_NINE + hours(1))

    assert at_once(*(partial(issue, paper) for paper in built)) == [None] * 6
    assert sorted(Paper.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Counter.objects.get().last == 6
