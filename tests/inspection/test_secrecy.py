"""What a curious or a cheating hand tries: to know a sealed draw, to draw until it pleases, to judge what was given away."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from civicloop.inspection import actions, published, queries, tours
from civicloop.inspection.actions import assigning
from civicloop.inspection.actions.drawing import _keep
from civicloop.inspection.models import Draw, DrawnPoint, Observation, Submission, Visit
from civicloop.inspection.policy import knows_inspector, visible_visits
from civicloop.inspection.queries import openly
from civicloop.inspection.roster import Roster, draw_names
from civicloop.inspection.rules import design as designs
from civicloop.inspection.rules import drawing, frame
from civicloop.inspection.rules.routes import Limits
from civicloop.inspection.tours import limits_from
from civicloop.kernel import sampling
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.ledger.models import LedgerLine
from civicloop.organisation import actions as organisation
from civicloop.photos.models import Photo
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SINCE, City
from tests.inspection.made_up import NOON, Scene, answer, make_scene, named, sheet, stored
from tests.inspection.stage import SECRET, WEEK, Stage, at, set_stage

FEW = {"size": 3, "types": ["MARKET"], "reserve_share": 0, "double_share": 0}


@pytest.fixture
def stage(city: City) -> Stage:
    return set_stage(city)


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city)


def refusal_of(asked: Any) -> str:
    with pytest.raises(Refused) as refused:
        asked()
    return refused.value.code


# ── the seal ──


def test_a_small_draw_cannot_be_looked_up_by_the_digest_of_its_result(stage: Stage) -> None:
    """Who knows the points can write down every result there may be; none of them has the digest that was told."""
    draw = stage.draw(design=FEW, opens_on=WEEK[2])
    places, asked = frame.decode(frame.unpack(draw.frame)), designs.read(draw.design)
    seeds = (bytes([one, other]) * 16 for one, other in product(range(32), range(32)))
    possible = {frame.digest(drawing.encode_result(drawing.draw(places, asked, seed).drawn)) for seed in seeds}
    true = drawing.encode_result(drawing.draw(places, asked, sampling.seed_of(SECRET, "", draw.frame_digest)).drawn)
    assert frame.digest(true) in possible

    told = json.dumps(list(LedgerLine.objects.values_list("data", flat=True))) + json.dumps(
        openly.summary(draw), default=str
    )

    assert not [digest for digest in possible if digest in told]
    assert draw.result_digest == sampling.sealed(sampling.seed_of(SECRET, "", draw.frame_digest), true)


def test_a_panel_is_not_kept_from_a_draw_that_is_sealed(stage: Stage) -> None:
    stage.draw(code="OCT", opens_on=WEEK[3])
    kept = {"design": {"size": 12, "panel_share": 0.3, "panel_from": "OCT"}, "secret": "7a" * 32}

    assert refusal_of(lambda: stage.commit(**kept)) == "draw_sealed"
    assert stage.commit(**kept, at=at(WEEK[3]), opens_on=WEEK[3]).state == "committed"


def test_a_draw_is_not_published_while_visits_lie_ahead(stage: Stage) -> None:
    draw = stage.draw()
    people = list(stage.inspectors.values())
    actions.assign_visits(draw=draw, inspectors=people, days=WEEK[:3], by=None, at=MONDAY_NINE)
    last = max(Visit.objects.values_list("day", flat=True))

    for day in WEEK[: WEEK.index(last)]:
        assert refusal_of(lambda day=day: actions.publish_draw(draw=draw, by=None, at=at(day, 18))) == "visits_ahead"
    assert actions.publish_draw(draw=draw, by=None, at=at(last)).state == "published"


def test_a_reserve_is_not_named_by_asking_to_replace_it(stage: Stage) -> None:
    draw = stage.draw(opens_on=WEEK[2])
    spare = DrawnPoint.objects.filter(draw=draw, role="reserve").first()
    assert spare is not None

    assert refusal_of(lambda: actions.substitute(drawn=spare, reason="施工", by=None, at=MONDAY_NINE)) == "draw_sealed"


def test_who_goes_second_does_not_read_what_the_first_saw(stage: Stage) -> None:
    """The inspector of a desk over all units sees his own visits alone."""
    city = stage.city
    person = stage.inspectors["looker_two"]
    organisation.appoint(
        person=person, role="inspector", unit=city.units["office"], starts_on=SINCE, by=None, at=MONDAY_NINE
    )
    root = city.units["office"].parent or city.units["office"]
    organisation.appoint(person=person, role="inspector", unit=root, starts_on=SINCE, by=None, at=MONDAY_NINE)
    draw = stage.draw()
    others = [one for name, one in stage.inspectors.items() if name != "looker_two"]
    actions.assign_visits(draw=draw, inspectors=others, days=[WEEK[0]], by=None, at=MONDAY_NINE)
    Visit.objects.update(state="judged", judged_at=MONDAY_NINE)

    actor = reference.now().actor(person, WEEK[0])

    assert not Visit.objects.filter(visible_visits(actor, at(WEEK[0]))).exists()


def test_the_unit_visited_is_not_told_who_came(stage: Stage) -> None:
    draw = stage.draw()
    actions.assign_visits(
        draw=draw, inspectors=list(stage.inspectors.values()), days=[WEEK[0]], by=None, at=MONDAY_NINE
    )
    visit, ref, city = Visit.objects.select_related("inspector").first(), reference.now(), stage.city
    assert visit is not None

    told = {
        name: knows_inspector(ref.actor(person, WEEK[0]), visit)
        for name, person in {"desk": city.supervisor, "auditor": city.auditor, "unit": city.handler}.items()
    }

    assert told == {"desk": True, "auditor": True, "unit": False}
    assert knows_inspector(ref.actor(visit.inspector, WEEK[0]), visit)


# ── drawing until it pleases ──


def test_a_result_that_may_be_read_is_not_given_up_any_more(stage: Stage) -> None:
    sealed = stage.draw(code="A", opens_on=WEEK[2])
    assert actions.cancel_draw(draw=sealed, reason="frame", by=None, at=at(WEEK[1])).state == "cancelled"

    seen = stage.draw(code="B", opens_on=WEEK[2])

    assert refusal_of(lambda: actions.cancel_draw(draw=seen, reason="frame", by=None, at=at(WEEK[2], 0))) == "draw_open"
    assert actions.publish_draw(draw=seen, by=None, at=at(WEEK[2])).state == "published"


def test_a_draw_given_up_is_in_sight_of_the_units(stage: Stage) -> None:
    actions.cancel_draw(draw=stage.draw(code="A", opens_on=WEEK[2]), reason="frame", by=None, at=MONDAY_NINE)
    actions.publish_draw(draw=stage.draw(code="B"), by=None, at=MONDAY_NINE)
    stage.commit(code="C", opens_on=WEEK[3])
    actor = reference.now().actor(stage.city.handler, WEEK[0])

    told = [(one.code, one.state) for one in openly.draws_of(stage.round, actor)]

    assert told == [("A", "cancelled"), ("B", "published")]


def test_nothing_is_assigned_from_a_draw_that_was_given_up_meanwhile(stage: Stage) -> None:
    """The draw is cancelled while the routes are solved, which happens outside the transaction."""
    draw = stage.draw(opens_on=WEEK[2])
    places = list(draw.drawn.filter(in_use=True).select_related("point", "case", "draw").prefetch_related("visits"))
    people = {person.pk: person for person in stage.inspectors.values()}
    roster = Roster(draw, WEEK[:2], people, Limits(), tours.bars(people, places, WEEK[:1], reference.now()))
    draw_names(roster, places, b"seed", "")

    actions.cancel_draw(draw=draw, reason="frame", by=None, at=MONDAY_NINE)

    assert refusal_of(lambda: assigning._write(roster, by=None, at=MONDAY_NINE)) == "draw_not_in_state"
    assert not Visit.objects.exists()


def test_nobody_is_sent_to_a_day_that_is_over(stage: Stage) -> None:
    """A visit given yesterday's day could be answered within the days of grace by whoever was never there."""
    asked = {"draw": stage.draw(), "inspectors": list(stage.inspectors.values()), "by": None, "at": at(WEEK[1])}

    assert refusal_of(lambda: actions.assign_visits(days=WEEK[:2], **asked)) == "lies_in_the_past"
    assert actions.assign_visits(days=WEEK[1:3], **asked).visits == 13


def test_a_post_that_begins_in_the_middle_of_the_round_is_a_conflict_too(stage: Stage) -> None:
    person = stage.inspectors["looker_two"]
    organisation.appoint(
        person=person, role="inspector", unit=stage.city.units["lotus"], starts_on=WEEK[1], by=None, at=MONDAY_NINE
    )
    draw = stage.draw(design={"size": 30})

    actions.assign_visits(draw=draw, inspectors=[person], days=WEEK[:2], by=None, at=MONDAY_NINE)

    units = set(Visit.objects.values_list("point__unit__code", flat=True))
    assert units
    assert not {
        code
        for code in units
        if code in {stage.city.units[name].code for name in ("lotus", "lotus_north", "lotus_south")}
    }


def test_a_draw_rewritten_altogether_still_contradicts_the_ledger(stage: Stage) -> None:
    """Public value, result and rows exchanged for others that belong together: only the ledger tells."""
    draw = actions.publish_draw(
        draw=actions.perform_draw(
            draw=stage.commit(design={"size": 12, "beacon_source": "lottery"}), beacon="7", by=None, at=MONDAY_NINE
        ), by=None, at=MONDAY_NINE,
    )  # fmt: skip
    assert published.check_draw(draw).same
    DrawnPoint.objects.filter(draw=draw).delete()
    seed = sampling.seed_of(SECRET, "8", draw.frame_digest)
    outcome = drawing.draw(frame.decode(frame.unpack(draw.frame)), designs.read(draw.design), seed)
    _keep(draw, outcome.drawn)
    sealed = sampling.sealed(seed, drawing.encode_result(outcome.drawn))
    Draw.objects.filter(pk=draw.pk).update(beacon="8", result_digest=sealed)
    draw.refresh_from_db()

    found = published.check_draw(draw).differences

    assert {(one.code, one.params.get("what")) for one in found} == {
        ("verify_not_in_ledger", "beacon"), ("verify_not_in_ledger", "result_digest"),
    }  # fmt: skip


# ── what a stranger's file may do ──


@pytest.mark.parametrize("share", ["1e-999999999", "1e999999999", "nan", "0x1", "١", " 0.1", "1/0"])
def test_a_share_is_a_plain_number(share: str) -> None:
    with pytest.raises(Invalid) as refused:
        designs.read({"size": 3, "reserve_share": share})
    assert (refused.value.field, refused.value.code) == ("reserve_share", "design_value_wrong")


@pytest.mark.parametrize("share", [0.1, "0.3", 1, "1/3", 1e-05])
def test_shares_as_offices_write_them_are_read(share: Any) -> None:
    assert designs.read({"size": 3, "reserve_share": share}).reserve_share > 0


@pytest.mark.parametrize(
    ("at_", "value"), [(7, "0"), (7, "-5"), (8, "2"), (9, "x"), (9, "1e99"), (9, "1.5"), (9, "-0.5")]
)
def test_a_frame_with_impossible_numbers_names_its_line(at_: int, value: str) -> None:
    row = ["P1", "STREET", "a", "u", "", "", "-1", "1", "0", "0", ""]
    row[at_] = value
    content = ",".join(frame.COLUMNS) + "\n" + ",".join(row) + "\n"

    with pytest.raises(Invalid) as refused:
        frame.decode(content.encode())

    assert (refused.value.code, refused.value.params["line"]) == ("frame_unreadable", 2)


def test_a_file_nested_without_end_is_told_and_not_a_traceback() -> None:
    files = {"frame.csv": b"", "result.csv": b"", "draw.json": b"[" * 200_000}

    assert [one.code for one in published.check(files).differences] == ["verify_unreadable"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1])
def test_limits_are_finite(value: float) -> None:
    with pytest.raises(Invalid):
        limits_from({"most_minutes": value})


def test_a_huge_minimum_is_lowered_at_once() -> None:
    sizes = {f"T|{number}": 5 for number in range(1000)}

    assert sampling.apportion(2500, sizes, minimum=100_000) == sampling.apportion(2500, sizes, minimum=2)


# ── a visit that was given away ──


def test_a_refused_sheet_does_not_free_a_visit_for_which_another_waits(scene: Scene) -> None:
    shown = answer("STREET-02", "not_met", photos=[{"name": "a.jpg"}])
    first = scene.send(sheet(shown), uid=named("a"))
    assert first.state == "waiting"

    with pytest.raises(Refused):
        _refused_by_the_loop(scene)

    visit = Visit.objects.get(pk=scene.visit.pk)
    assert visit.state == "waiting"
    assert refusal_of(lambda: actions.miss_visit(visit=visit, reason="忘了", by=None, at=NOON)) == "visit_not_planned"


def _refused_by_the_loop(scene: Scene) -> Submission:
    """A sheet the problem loop cannot take: its fault lies outside the city."""
    scene.visit.point.lon = 10.0
    scene.visit.point.save()
    return scene.send(sheet(answer("STREET-03", "not_met")), uid=named("b"))


@pytest.mark.parametrize("state", ["missed", "replaced"])
def test_a_photo_that_comes_late_judges_no_visit_that_was_given_away(scene: Scene, state: str) -> None:
    shown = answer("STREET-02", "not_met", photos=[{"name": "a.jpg"}])
    row = scene.send(sheet(shown), uid=named("a"))
    Visit.objects.filter(pk=scene.visit.pk).update(state=state)
    photo: Photo = stored("a", by=scene.city.inspector)

    row = actions.add_photo(submission=row, name="a.jpg", photo=photo, by=scene.city.inspector, at=NOON)

    assert (row.state, row.refusal and row.refusal["code"]) == ("refused", "visit_not_open")
    assert Visit.objects.get(pk=scene.visit.pk).state == state
    assert not Observation.objects.exists()


def test_the_draw_page_of_a_sealed_draw_has_no_places(stage: Stage) -> None:
    draw = stage.draw(opens_on=WEEK[2])
    page = queries.draw_page(
        draw, reference.now().actor(stage.city.supervisor, WEEK[0]), at(WEEK[2], 0) - timedelta(seconds=1)
    )

    assert (page.drawn, page.reserves, page.secret) == ((), (), "")
