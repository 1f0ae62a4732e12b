"""Phones, pages and jobs at the same moment: a sheet is applied once, and a fault is one case."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from civicloop.cases.models import Case
from civicloop.inspection import actions
from civicloop.inspection.actions.submitting import complete_waiting
from civicloop.inspection.models import Observation, Submission, SubmissionPhoto, Visit
from civicloop.kernel.refusal import Conflict
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from tests.cast import build_city
from tests.inspection.made_up import NOON, Scene, answer, make_scene, named, sheet, stored
from tests.kept import kept
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene() -> Scene:
    return make_scene(kept(build_city), visits=1)


def two_photos(scene: Scene) -> Submission:
    photos = [{"name": "a.jpg"}, {"name": "b.jpg"}]
    return scene.send(sheet(answer("STREET-02", "not_met", photos=photos)))


def once_judged() -> None:
    assert Observation.objects.count() == 6
    assert LedgerLine.objects.filter(verb="visit.judge").count() == 1
    assert Visit.objects.filter(state="judged").count() == 1
    assert list(breaks()) == []


def test_the_same_sheet_sent_thrice_at_once_is_accepted_once(scene: Scene) -> None:
    send: Any = partial(scene.send, sheet(answer("STREET-03", "not_met")), uid=named("a"))
    faults = at_once(send, send, send)

    assert faults == [None] * 3
    assert (Submission.objects.count(), Case.objects.count()) == (1, 1)
    once_judged()


def test_of_two_contents_under_one_id_one_is_a_conflict(scene: Scene) -> None:
    faults = at_once(
        partial(scene.send, sheet(note="甲"), uid=named("a")), partial(scene.send, sheet(note="乙"), uid=named("a"))
    )

    assert [fault.code for fault in faults if isinstance(fault, Conflict)] == ["submission_differs"]
    assert faults.count(None) == 1
    once_judged()


def test_of_two_sheets_for_one_visit_one_is_a_conflict(scene: Scene) -> None:
    faults = at_once(partial(scene.send, sheet(note="甲")), partial(scene.send, sheet(note="乙")))

    assert [fault.code for fault in faults if isinstance(fault, Conflict)] == ["visit_judged"]
    once_judged()


def test_two_last_photos_that_arrive_together_apply_the_sheet_once(scene: Scene) -> None:
    row, by = two_photos(scene), scene.city.inspector
    add: Any = [
        partial(actions.add_photo, submission=row, name=f"{word}.jpg", photo=stored(word), by=by, at=NOON)
        for word in "ab"
    ]
    faults = at_once(*add, add[0])

    assert faults == [None] * 3
    row.refresh_from_db()
    assert (row.state, row.missing, SubmissionPhoto.objects.count()) == ("applied", [], 2)
    once_judged()


def test_two_jobs_that_hear_of_the_last_photo_apply_the_sheet_once(scene: Scene, settings: Any) -> None:
    settings.CIVICLOOP_JOBS_RUN = "never"
    row = two_photos(scene)
    photo = stored("c")
    Submission.objects.filter(pk=row.pk).update(
        content=sheet(answer("STREET-02", "not_met", photos=[{"sha256": photo.sha256}])),
        missing=[{"name": "", "sha256": photo.sha256}],
    )
    faults = at_once(*(partial(complete_waiting, photo.sha256, at=NOON) for _ in range(3)))

    assert faults == [None] * 3
    once_judged()


def test_two_inspectors_at_one_place_find_one_fault(scene: Scene) -> None:
    second = scene.add(by="other_inspector", twin=scene.visit)
    failed = sheet(answer("STREET-03", "not_met"))
    faults = at_once(
        partial(scene.send, failed), partial(scene.send, failed, visit=second, by=scene.city.other_inspector)
    )

    assert faults == [None] * 2
    assert Case.objects.count() == 1
    assert sorted(Observation.objects.filter(item="STREET-03").values_list("case_known", flat=True)) == [False, True]
    assert list(breaks()) == []
