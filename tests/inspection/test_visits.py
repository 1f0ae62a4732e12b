"""What was seen becomes observations and cases, in one go; what is open already is recognised."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from civicloop.cases.models import Case, CaseStep
from civicloop.inspection import queries
from civicloop.inspection.models import Observation, Visit
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.organisation.days import day_of
from civicloop.standards import reference
from civicloop.standards.models import Category
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, hours
from tests.inspection.made_up import NOON, Scene, answer, item, make_edition, make_point, make_scene, sheet, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city)


def actor(city: City, name: str, at: Any = NOON) -> Any:
    return reference.now().actor(city.people[name], day_of(at))


PARKING = answer("STREET-03", "not_met", note="占道三辆")


def test_a_failed_item_opens_a_case_at_the_point(scene: Scene) -> None:
    photo = stored(by=scene.city.inspector)
    scene.send(sheet(PARKING | {"photos": [{"sha256": photo.sha256, "kind": "far"}]}))

    case = Case.objects.get()
    assert (case.category, case.source, case.point) == (scene.city.parking, "inspection", scene.visit.point)
    assert (case.lon, case.lat, case.address) == (scene.visit.point.lon, scene.visit.point.lat, "莲花路1号")
    assert case.description == "STREET-03 非机动车停放有序：占道三辆"
    assert (case.reporter, case.reported_at, case.received_at) == (scene.city.inspector, MONDAY_NINE + hours(1), NOON)
    assert [(one.photo, one.kind) for one in case.evidence.all()] == [(photo, "far")]
    seen = Observation.objects.get(item="STREET-03")
    assert (seen.case, seen.case_known) == (case, False)


def test_an_item_that_becomes_nothing_is_only_noted(scene: Scene) -> None:
    scene.send(sheet(answer("STREET-05", "not_met", note="态度生硬")))

    assert not Case.objects.exists()
    assert Observation.objects.get(item="STREET-05").note == "态度生硬"


def test_a_category_the_city_does_not_use_is_noted_and_said(scene: Scene) -> None:
    Category.objects.filter(pk=scene.city.parking.pk).update(active=False)
    from civicloop.organisation.actions import bump

    bump("standards")
    scene.send(sheet(PARKING))

    assert not Case.objects.exists()
    assert LedgerLine.objects.get(verb="visit.judge").data["unfiled"] == ["STREET-03"]


def test_items_of_one_category_are_one_case_with_all_that_was_seen(scene: Scene) -> None:
    photo = {"sha256": stored().sha256}
    failed = answer("STREET-02", "not_met", note="烟头", photos=[photo])
    scene.send(sheet(answer("STREET-01", "not_met", count=0, length_m=500), failed))

    case = Case.objects.get()
    assert case.description == "STREET-01 公益广告间隔不过长（公益广告：0 / 500 m）\nSTREET-02 路面无垃圾：烟头"
    assert list(Observation.objects.filter(case=case, case_known=False).values_list("item", flat=True)) == [
        "STREET-01", "STREET-02",
    ]  # fmt: skip


def test_a_fault_that_is_open_at_the_point_is_recognised(scene: Scene) -> None:
    known = scene.city.report(category="parking", point_id=scene.visit.point_id, at=MONDAY_NINE)
    scene.send(sheet(PARKING))

    seen = Observation.objects.get(item="STREET-03")
    assert (seen.case, seen.case_known) == (known, True)
    assert Case.objects.count() == 1
    assert LedgerLine.objects.get(verb="visit.judge").data["known"] == [known.number]


def test_a_fault_that_is_open_close_by_is_recognised(scene: Scene) -> None:
    point = scene.visit.point
    known = scene.city.report(category="parking", lon=point.lon + 0.0002, lat=point.lat, at=MONDAY_NINE)
    scene.send(sheet(PARKING))

    assert Observation.objects.get(item="STREET-03").case == known


def test_a_fault_farther_off_or_of_another_kind_is_another(scene: Scene) -> None:
    point = scene.visit.point
    scene.city.report(category="parking", lon=point.lon + 0.002, lat=point.lat, at=MONDAY_NINE)
    scene.city.report(category="water", lon=point.lon, lat=point.lat, at=MONDAY_NINE)
    scene.send(sheet(PARKING))

    assert Case.objects.filter(source="inspection").count() == 1


def test_an_inspector_who_may_see_the_open_case_adds_a_word(scene: Scene) -> None:
    known = scene.city.report(category="parking", point_id=scene.visit.point_id, at=MONDAY_NINE)
    # The desk of this inspector is the one that files: the case has reached it.
    scene.send(sheet(PARKING | {"photos": [{"sha256": stored().sha256}]}))

    step = CaseStep.objects.get(case=known, name="comment")
    assert step.note == "STREET-03 非机动车停放有序：占道三辆"
    assert step.evidence.count() == 1


def test_an_inspector_from_elsewhere_leaves_the_link_alone(city: City) -> None:
    scene = make_scene(city, visits=0)
    scene.add(by="town_inspector")
    known = city.report(category="parking", point_id=scene.visit.point_id, at=MONDAY_NINE)
    scene.send(sheet(PARKING), by=city.town_inspector)

    assert Observation.objects.get(item="STREET-03").case == known
    assert not CaseStep.objects.filter(case=known, name="comment").exists()


def test_what_needs_a_photo_elsewhere_needs_none_for_a_known_case(scene: Scene) -> None:
    photo = stored()
    known = scene.city.report(
        category="building", point_id=scene.visit.point_id, at=MONDAY_NINE, photos=[{"sha256": photo.sha256}]
    )
    scene.send(sheet(answer("STREET-04", "not_met")))

    assert Observation.objects.get(item="STREET-04").case == known


def test_a_fault_beside_the_checklist_becomes_a_case_and_is_not_scored(scene: Scene) -> None:
    place = {"lon": WEST + 0.012, "lat": SOUTH + 0.012}
    scene.send(sheet(extra=[{"category": "06010", "description": "桥下垃圾", **place}]))

    seen = Observation.objects.get(item="")
    assert (seen.seq, seen.answer, seen.note) == (7, "not_met", "桥下垃圾")
    assert seen.case is not None
    assert (seen.case.lon, seen.case.description) == (place["lon"], "桥下垃圾")
    assert "" not in [row.item for row in queries.judged_observations(as_of=NOON)]


def test_what_was_done_particularly_well_is_kept(scene: Scene) -> None:
    scene.send(sheet(answer("STREET-05", "met", commended=True, note="主动搀扶")))

    assert Observation.objects.get(commended=True).item == "STREET-05"


def test_all_met_and_none_met(scene: Scene) -> None:
    scene.send()
    assert not Case.objects.exists()

    photo = [{"sha256": stored().sha256}]
    failed = [
        answer("STREET-01", "not_met", count=0, length_m=10), answer("STREET-02", "not_met", photos=photo), PARKING,
        answer("STREET-04", "not_met", photos=photo), answer("STREET-05", "not_met"),
        answer("STREET-06", "not_met", count=9),
    ]  # fmt: skip
    other = scene.add()
    scene.send(sheet(*failed), visit=other)
    assert other.observations.filter(answer="not_met").count() == 6
    assert set(Case.objects.values_list("category__code", flat=True)) == {"06010", "09009", "06001"}


def test_where_the_inspector_stood_is_measured_and_never_blocks(scene: Scene) -> None:
    point = scene.visit.point
    row = scene.send(sheet(lon=point.lon + 0.01, lat=point.lat, accuracy_m=20))
    told = queries.standing(row, reference.now())

    assert row.state == "applied"
    assert told.far
    assert 900 < told.visit.distance_m < 1100


def test_close_to_the_point_is_not_far(scene: Scene) -> None:
    point = scene.visit.point
    row = scene.send(sheet(lon=point.lon + 0.0005, lat=point.lat, accuracy_m=20))

    assert not queries.standing(row, reference.now()).far


def test_a_visit_is_judged_by_the_edition_of_its_round(scene: Scene) -> None:
    make_edition([item("STREET-01", "换了一条")], name="2027")

    assert [asked.item.code for asked in queries.sheet(scene.visit).asked][-1] == "STREET-06"
    assert scene.send().state == "applied"


def test_a_place_without_a_checklist_asks_nothing_but_takes_faults(city: City) -> None:
    scene = make_scene(city, visits=0)
    scene.add(point=make_point(city, 9, point_type="lighthouse"))
    told = {"noted_at": MONDAY_NINE.isoformat(), "extra": [{"category": "06010", "description": "垃圾"}]}

    assert scene.send(told).state == "applied"
    assert Case.objects.count() == 1


# Look-back


@pytest.fixture
def closed(city: City) -> Case:
    return city.walk("closed", at=MONDAY_NINE - timedelta(days=6), category="litter")


def look_back(city: City, case: Case) -> Scene:
    scene = make_scene(city, visits=0)
    scene.add(case=case)
    return scene


def test_a_look_back_asks_one_thing(city: City, closed: Case) -> None:
    scene = look_back(city, closed)

    assert [asked.item.code for asked in queries.sheet(scene.visit).asked] == ["LOOKBACK"]
    scene.send({"noted_at": MONDAY_NINE.isoformat(), "answers": [answer("LOOKBACK")]})
    assert Case.objects.count() == 1


def test_what_came_back_is_a_new_case_that_repeats_the_old_one(city: City, closed: Case) -> None:
    scene = look_back(city, closed)
    photo = [{"sha256": stored().sha256}]
    told = answer("LOOKBACK", "not_met", note="又堆起来了", photos=photo)
    scene.send({"noted_at": MONDAY_NINE.isoformat(), "answers": [told]})

    new = Case.objects.exclude(pk=closed.pk).get()
    assert (new.recurrence_of, new.category) == (closed, closed.category)
    assert "又堆起来了" in new.description
    assert list(queries.judged_observations(as_of=NOON)) == []


def test_what_came_back_must_be_shown(city: City, closed: Case) -> None:
    scene = look_back(city, closed)
    with pytest.raises(Invalid) as wrong:
        scene.send({"noted_at": MONDAY_NINE.isoformat(), "answers": [answer("LOOKBACK", "not_met")]})

    assert (wrong.value.code, wrong.value.params["item"]) == ("item_photo_needed", "LOOKBACK")


# Looking


def test_visits_of_a_later_day_are_sealed(scene: Scene) -> None:
    tomorrow = scene.add(day=MONDAY_NINE.date() + timedelta(days=1))
    person = scene.city.inspector

    assert queries.visits_of(person, MONDAY_NINE.date(), NOON) == [scene.visit]
    for ask in (
        partial(queries.visits_of, person, tomorrow.day, NOON),
        partial(queries.get_visit, tomorrow.uid, actor(scene.city, "inspector"), NOON),
    ):
        with pytest.raises(Conflict) as wrong:
            ask()
        assert wrong.value.code == "draw_sealed"


def test_who_may_look_at_a_visit(scene: Scene) -> None:
    def sees(name: str) -> bool:
        try:
            queries.get_visit(scene.visit.uid, actor(scene.city, name), NOON)
        except NotFound:
            return False
        return True

    before = {name: sees(name) for name in ("inspector", "other_inspector", "supervisor", "auditor", "handler")}
    scene.send()
    after = {name: sees(name) for name in ("handler", "other_handler", "reporter", "system_admin")}

    assert before == {
        "inspector": True, "other_inspector": False, "supervisor": True, "auditor": True, "handler": False,
    }  # fmt: skip
    assert after == {"handler": True, "other_handler": False, "reporter": False, "system_admin": False}


def test_the_page_of_a_visit(scene: Scene, django_assert_max_num_queries: Any) -> None:
    scene.send(sheet(PARKING | {"photos": [{"sha256": stored().sha256}]}))
    ref, asker = reference.now(), actor(scene.city, "inspector")
    queries.sheet(scene.visit)
    with django_assert_max_num_queries(6):
        page = queries.visit_page(scene.visit, asker, NOON, ref)
        told = [(one.item and one.item.code, len(one.photos), one.observation.case) for one in page.seen]

    assert told[2] == ("STREET-03", 1, Case.objects.get())
    assert (len(page.submissions), page.far) == (1, False)


def test_judged_items_are_flat_rows_as_of_a_moment(scene: Scene) -> None:
    second = scene.add(by="other_inspector", twin=scene.visit)
    scene.send()
    scene.send(visit=second, by=scene.city.other_inspector, at=NOON + hours(1))
    rows = list(queries.judged_observations(as_of=NOON + hours(1)))

    assert len(list(queries.judged_observations(as_of=NOON))) == 6
    assert len(rows) == 12
    assert rows[0][2:] == (
        scene.visit.pk, scene.visit.point_id, "street", scene.city.lotus.pk, scene.city.lotus.pk, "STREET-01", "met", NOON,
        0.25, "street", scene.draw.pk, "main", False,
    )  # fmt: skip
    assert {row.second for row in rows if row.visit_id == second.pk} == {True}


def test_a_point_that_changes_its_unit_leaves_what_was_judged(scene: Scene) -> None:
    scene.send()
    scene.visit.point.unit = scene.city.willow
    scene.visit.point.point_type = "market"
    scene.visit.point.save()

    told = next(queries.judged_observations(as_of=NOON))
    assert (told.point_type, told.unit_id) == ("street", scene.city.lotus.pk)


def test_judged_items_are_narrowed_by_round_day_and_point(scene: Scene) -> None:
    scene.send()
    ask = partial(lambda **how: len(list(queries.judged_observations(as_of=NOON, **how))))
    day = MONDAY_NINE.date()

    assert ask(rounds=[scene.round.pk], start=day, end=day, point_ids=[scene.visit.point_id]) == 6
    assert ask(rounds=[]) == ask(start=day + timedelta(1)) == ask(end=day - timedelta(1)) == ask(point_ids=[0]) == 0


def test_a_visit_costs_few_statements(scene: Scene, settings: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    settings.CIVICLOOP_JOBS_RUN = "never"
    queries.sheet(scene.visit)
    with CaptureQueriesContext(connection) as told:
        scene.send()
    plain = [one for one in told.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(plain) <= 16
    assert Visit.objects.get(pk=scene.visit.pk).state == "judged"
