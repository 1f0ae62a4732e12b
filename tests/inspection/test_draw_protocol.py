"""Commit, draw, seal, publish, verify: what each step shows, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from civicloop.inspection import actions, published, queries
from civicloop.inspection.models import Draw
from civicloop.inspection.rules import frame
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.models import Point
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City
from tests.inspection.stage import SECRET, WEEK, Stage, at, set_stage

LATER = {"opens_on": WEEK[2]}


@pytest.fixture
def stage(city: City) -> Stage:
    return set_stage(city)


def lines_of(draw: Draw) -> str:
    return json.dumps(list(LedgerLine.objects.filter(kind="draw", uid=draw.uid).values_list("verb", "data")))


def test_the_ledger_knows_the_commitment_first_and_the_secret_last(stage: Stage) -> None:
    draw = stage.commit()
    assert draw.commitment in lines_of(draw)
    assert draw.frame_digest in lines_of(draw)

    actions.perform_draw(draw=draw, by=None, at=MONDAY_NINE)
    assert SECRET not in lines_of(draw)

    actions.publish_draw(draw=draw, by=None, at=MONDAY_NINE)
    assert SECRET in lines_of(draw)
    assert [line.verb for line in LedgerLine.objects.filter(uid=draw.uid)] == [
        "draw.commit",
        "draw.perform",
        "draw.publish",
    ]


def test_a_secret_of_the_house_is_new_each_time(stage: Stage) -> None:
    one, other = stage.commit(secret=None), stage.commit(secret=None)

    assert one.secret != other.secret
    assert len(one.secret) == 64
    assert (one.code, other.code) == ("W48-1", "W48-2")


def test_what_changes_after_the_commitment_changes_nothing_in_the_draw(stage: Stage) -> None:
    first = stage.commit(code="A")
    again = stage.commit(code="B")
    Point.objects.update(point_type="STATION", active=False)

    one, other = (actions.perform_draw(draw=draw, by=None, at=MONDAY_NINE) for draw in (first, again))

    assert one.result_digest == other.result_digest
    assert one.drawn.filter(role="main").count() == 12


def test_a_frame_that_was_exchanged_is_found_at_the_draw(stage: Stage) -> None:
    draw = stage.commit()
    places = frame.decode(frame.unpack(draw.frame))
    draw.frame = frame.pack(frame.encode(places[1:]))
    draw.save(update_fields=["frame"])

    with pytest.raises(Conflict) as refused:
        actions.perform_draw(draw=draw, by=None, at=MONDAY_NINE)

    assert refused.value.code == "draw_tampered"


def test_nobody_reads_the_result_before_its_day(stage: Stage) -> None:
    draw, ref = stage.draw(**LATER), reference.now()
    for name in ("supervisor", "auditor"):
        actor = ref.actor(stage.city.people[name], WEEK[0])
        page = queries.draw_page(draw, actor, MONDAY_NINE)
        assert (page.sealed, page.drawn, page.secret) == (True, (), "")
        assert sum(stratum.drawn for stratum in page.strata) == 12
        with pytest.raises(Conflict) as refused:
            queries.drawn_points(draw, actor, MONDAY_NINE)
        assert refused.value.code == "draw_sealed"
    with pytest.raises(Conflict) as refused:
        actions.publish_draw(draw=draw, by=None, at=at(WEEK[2], 0) - timedelta(seconds=1))
    assert refused.value.code == "draw_sealed"


def test_from_its_day_on_the_citys_desks_read_it_and_others_do_not(stage: Stage) -> None:
    draw, ref = stage.draw(**LATER), reference.now()

    page = queries.draw_page(draw, ref.actor(stage.city.auditor, WEEK[2]), at(WEEK[2], 0))

    assert len(page.drawn) == 12
    assert page.secret == ""
    with pytest.raises(NotAllowed):
        queries.drawn_points(draw, ref.actor(stage.city.handler, WEEK[2]), at(WEEK[2]))


def test_a_draw_page_needs_few_statements(stage: Stage, django_assert_max_num_queries: Callable[[int], Any]) -> None:
    draw = stage.draw()
    actor = reference.now().actor(stage.city.supervisor, WEEK[0])
    with django_assert_max_num_queries(4):
        queries.draw_page(draw, actor, MONDAY_NINE)
    with django_assert_max_num_queries(1):
        queries.rounds()
    with django_assert_max_num_queries(3):
        queries.round_page(stage.round)


@pytest.mark.parametrize("name", ["handler", "leader", "dispatcher", "auditor", "system_admin"])
def test_only_a_supervisor_of_the_city_draws(stage: Stage, name: str) -> None:
    with pytest.raises(NotAllowed):
        stage.commit(by=stage.city.people[name])
    assert stage.commit(by=stage.city.supervisor).committed_by == stage.city.supervisor


def test_a_draw_is_made_once(stage: Stage) -> None:
    draw = stage.draw()

    with pytest.raises(Conflict) as refused:
        actions.perform_draw(draw=draw, by=None, at=MONDAY_NINE)

    assert refused.value.code == "draw_not_in_state"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"design": {"size": 5, "types": ["STATION"]}}, "frame_empty"),
        ({"design": {"allocation": "quota", "quota": {"STATION": 3}}}, "frame_empty"),
        ({"design": {"allocation": "quota", "quota": {"STREAT": 3}}}, "point_type_unknown"),
        ({"opens_on": WEEK[0] - timedelta(days=1)}, "lies_in_the_past"),
        ({"secret": "abc"}, "secret_malformed"),
        ({"design": {"size": 5, "beacon_source": "lottery"}, "beacon": "7"}, "beacon_comes_later"),
    ],
)
def test_a_commitment_that_makes_no_sense_is_refused(stage: Stage, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        stage.commit(**given)

    assert refused.value.code == code


def test_a_public_value_named_beforehand_must_come_and_changes_the_draw(stage: Stage) -> None:
    design = {"size": 12, "beacon_source": "double-colour ball of 24 November"}
    one, other = stage.commit(design=design), stage.commit(design=design)
    with pytest.raises(Invalid) as refused:
        actions.perform_draw(draw=one, by=None, at=MONDAY_NINE)
    assert refused.value.code == "beacon_needed"
    with pytest.raises(Invalid):
        actions.perform_draw(draw=stage.commit(), beacon="7", by=None, at=MONDAY_NINE)

    one = actions.perform_draw(draw=one, beacon="03 11 17", by=None, at=MONDAY_NINE)
    other = actions.perform_draw(draw=other, beacon="04 11 17", by=None, at=MONDAY_NINE)

    assert one.result_digest != other.result_digest


def test_the_panel_of_the_last_draw_stays_in_part(stage: Stage) -> None:
    stage.draw(code="OCT")

    now = stage.draw(design={"size": 12, "panel_share": 0.3, "panel_from": "OCT"}, secret="7a" * 32)

    before = set(Draw.objects.get(code="OCT").drawn.filter(in_use=True).values_list("point", flat=True))
    kept = set(now.drawn.filter(role="panel").values_list("point", flat=True))
    assert kept
    assert kept <= before
    assert not before & set(now.drawn.filter(role="main", stratum__startswith="STREET").values_list("point", flat=True))
    with pytest.raises(Conflict) as refused:
        stage.commit(design={"size": 12, "panel_share": 0.3, "panel_from": "SEP"})
    assert refused.value.code == "panel_not_drawn"


def test_a_cancelled_draw_stays_in_sight_and_draws_no_more(stage: Stage) -> None:
    draw = stage.commit()
    with pytest.raises(Invalid):
        actions.cancel_draw(draw=draw, reason=" ", by=None, at=MONDAY_NINE)

    actions.cancel_draw(draw=draw, reason="frame was out of date", by=None, at=MONDAY_NINE)

    assert "frame was out of date" in lines_of(draw)
    with pytest.raises(Conflict):
        actions.perform_draw(draw=draw, by=None, at=MONDAY_NINE)
    assert [one.state for one in queries.round_page(stage.round).draws] == ["cancelled"]


def test_a_round_ends_only_when_all_is_public_and_then_takes_nothing_more(stage: Stage) -> None:
    draw = stage.draw()
    with pytest.raises(Conflict) as refused:
        actions.close_round(round=stage.round, by=None, at=MONDAY_NINE)
    assert refused.value.code == "draws_not_published"
    actions.publish_draw(draw=draw, by=None, at=MONDAY_NINE)

    actions.close_round(round=stage.round, by=stage.city.supervisor, at=MONDAY_NINE)

    with pytest.raises(Conflict) as refused:
        stage.commit()
    assert refused.value.code == "round_closed"


def test_a_round_that_makes_no_sense_is_refused(stage: Stage) -> None:
    plain = {
        "code": "W49", "title": "第49周", "kind": "weekly_visit", "edition_id": stage.edition.pk,
        "organiser_id": stage.city.office.pk, "starts_on": WEEK[0], "ends_on": WEEK[1], "by": None, "at": MONDAY_NINE,
    }  # fmt: skip
    for wrong, code in (
        ({"kind": "stroll"}, "round_kind_unknown"), ({"code": ""}, "required"), ({"code": "W" * 31}, "too_long"),
        ({"ends_on": WEEK[0] - timedelta(days=1)}, "ends_before_start"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            actions.plan_round(**{**plain, **wrong})
        assert refused.value.code == code
    with pytest.raises(Conflict):
        actions.plan_round(**{**plain, "code": "W48"})
    with pytest.raises(NotFound):
        queries.get_round("W99")


# ── the published folder ──


@pytest.fixture
def folder(stage: Stage, tmp_path: Path) -> Path:
    draw = actions.publish_draw(draw=stage.draw(), by=None, at=MONDAY_NINE)
    published.write(draw, tmp_path)
    return tmp_path


def codes(folder: Path, **given: str) -> set[str]:
    return {fault.code for fault in published.check_folder(folder, **given).differences}


def test_the_folder_is_enough_to_draw_again(folder: Path, django_assert_num_queries: Callable[[int], Any]) -> None:
    with django_assert_num_queries(0):
        found = published.check_folder(folder)

    assert found.same
    assert found.drawn == 12
    assert codes(folder, commitment=found.commitment) == set()
    assert codes(folder, commitment="0" * 64) == {"verify_other_commitment"}


def test_nothing_is_written_before_publication(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        published.write(stage.draw(), tmp_path / "out")


@pytest.mark.parametrize("name", ["frame.csv", "result.csv", "draw.json", "README.md", "README.zh.md"])
def test_a_change_in_any_file_is_found(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    changed = text.replace("第48周", "第49周") if name == "draw.json" else text.replace("1", "2", 1)
    assert changed != text
    (folder / name).write_text(changed, encoding="utf-8")

    assert "verify_file_changed" in codes(folder)


@pytest.mark.parametrize("name", ["frame.csv", "result.csv", "draw.json", "README.md"])
def test_a_missing_file_is_found(folder: Path, name: str) -> None:
    (folder / name).unlink()

    assert codes(folder) == {"verify_file_missing"}


def test_a_swapped_point_is_named_even_when_all_digests_are_made_anew(folder: Path) -> None:
    about = json.loads((folder / "draw.json").read_text(encoding="utf-8"))
    lines = (folder / "result.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    order, code, *rest = lines[1].split(",")
    lines[1] = ",".join([order, "P999", *rest])
    forged = "".join(lines).encode()
    (folder / "result.csv").write_bytes(forged)
    about["files"]["result.csv"] = about["result_sha256"] = frame.digest(forged)
    about["sha256"] = published._own_digest(about)
    (folder / "draw.json").write_text(json.dumps(about), encoding="utf-8")

    found = published.check_folder(folder).differences

    assert [fault.code for fault in found] == ["verify_digest_differs", "verify_line_differs"]
    assert found[1].params["line"] == 2
    assert code in found[1].params["drawn"]


def test_another_secret_is_found_by_its_commitment(folder: Path) -> None:
    about = json.loads((folder / "draw.json").read_text(encoding="utf-8"))
    about["secret"] = "7a" * 32
    about["sha256"] = published._own_digest(about)
    (folder / "draw.json").write_text(json.dumps(about), encoding="utf-8")

    assert {"verify_not_the_secret", "verify_seed_differs", "verify_line_differs"} <= codes(folder)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"algorithm": "dice"}', '{"algorithm": "civicloop-draw-1"}'])
def test_a_file_of_something_else_is_told_and_not_a_traceback(folder: Path, text: str) -> None:
    (folder / "draw.json").write_text(text, encoding="utf-8")

    assert codes(folder) <= {"verify_unreadable", "verify_other_algorithm"}
    assert codes(folder)


def test_the_rows_of_the_house_are_checked_against_files_and_ledger(stage: Stage) -> None:
    draw = actions.publish_draw(draw=stage.draw(), by=None, at=MONDAY_NINE)
    assert published.check_draw(draw).same

    row = draw.drawn.get(order=1)
    row.chance = 0.123
    row.save(update_fields=["chance"])
    assert [fault.code for fault in published.check_draw(draw).differences] == ["verify_line_differs"]

    Draw.objects.filter(pk=draw.pk).update(design={**draw.design, "size": 11})
    draw.refresh_from_db()
    assert "verify_not_in_ledger" in {fault.code for fault in published.check_draw(draw).differences}
