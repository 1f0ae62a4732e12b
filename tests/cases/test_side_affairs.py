"""What stands beside the seven stages: requests that lapse, whistles, parts, keys, and things given wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from civicloop.cases import actions, queries
from civicloop.cases.models import Case
from civicloop.kernel.refusal import Conflict, Invalid, NotFound, Refused, StepRefused
from civicloop.ledger.models import LedgerLine
from civicloop.organisation import actions as organisation
from civicloop.standards import actions as standards
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, SOUTH, WEST, City, hours

pytestmark = pytest.mark.django_db
AT = MONDAY_NINE + hours(1)


def ask_for_time(city: City, case: Case) -> Case:
    return actions.extend(case.uid, amount=1, unit_of_time="work_hour", reason="等车", by=city.handler, at=AT)


def names_open_to(city: City, who: str, case: Case) -> set[str]:
    ref = reference.now()
    actor = ref.actor(city.people[who], AT.date())
    return {step.name for step in queries.steps_open_to(actor, case, at=AT, ref=ref)}


def test_time_asked_for_by_one_unit_is_not_granted_to_the_next(city: City) -> None:
    case = ask_for_time(city, city.walk("dispatched"))
    case = actions.return_(case.uid, reason="非本辖区", by=city.handler, at=AT)
    case = actions.dispatch(case.uid, unit_id=city.willow.pk, by=city.dispatcher, at=AT)

    with pytest.raises(StepRefused, match="nothing_asked"):
        actions.grant_extension(case.uid, by=city.dispatcher, at=AT)
    asked = case.extensions.get()
    assert (asked.verdict, asked.decided_by) == ("refused", None)
    assert case.steps.get(name="return").data["extension_lapsed"] is True


def test_time_asked_for_lapses_when_the_problem_is_put_right(city: City) -> None:
    case = ask_for_time(city, city.walk("accepted"))
    case = actions.rectify(case.uid, note="好了", photos=[city.photo()], by=city.handler, at=AT)
    case = actions.send_back(case.uid, reason="没净", by=city.verifier, at=AT)

    assert "grant_extension" not in names_open_to(city, "dispatcher", case)
    assert "extend" in names_open_to(city, "handler", case)


def test_the_case_a_step_gives_back_knows_what_the_step_did(city: City) -> None:
    case = ask_for_time(city, city.walk("accepted"))
    assert "extend" not in names_open_to(city, "handler", case)
    assert "grant_extension" in names_open_to(city, "dispatcher", case)
    case = actions.grant_extension(case.uid, by=city.dispatcher, at=AT)
    assert "grant_extension" not in names_open_to(city, "dispatcher", case)


def test_more_time_is_asked_for_once_not_late_and_not_beyond_the_first_limit(city: City) -> None:
    case = city.walk("accepted")
    for amount, unit, code in (
        (5, "work_hour", "extension_too_long"), (1, "work_day", "extension_too_long"), ("0.001", "work_hour", "bad_amount"),
        (0, "work_hour", "bad_amount"), ("1e9", "work_hour", "amount_too_large"), ("x", "work_hour", "not_a_number"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as no:
            actions.take(
                case.uid, "extend", by=city.handler, at=AT,
                given={"amount": amount, "unit_of_time": unit, "reason": "等"},
            )  # fmt: skip
        assert no.value.code == code
    with pytest.raises(StepRefused, match="extend_too_late"):
        actions.extend(
            case.uid, amount=1, unit_of_time="work_hour", reason="等", by=city.handler, at=case.due_at + hours(1)
        )
    ask_for_time(city, case)
    with pytest.raises(Conflict, match="extension_pending"):
        ask_for_time(city, case)
    actions.grant_extension(case.uid, by=city.dispatcher, at=AT)
    with pytest.raises(StepRefused, match="extended_already"):
        ask_for_time(city, case)


def test_a_unit_that_works_no_more_gets_nothing(city: City) -> None:
    case = city.walk("accepted")
    organisation.change_unit(unit=city.urban, changes={"active": False}, by=None, at=AT)
    tries: list[tuple[str, str, dict[str, Any]]] = [
        ("split", "dispatcher", {"units": ["URBAN"]}),
        ("whistle", "handler", {"whistle_kind": "ordinary", "units": ["URBAN"], "place": "路口", "meet_at": AT}),
    ]
    for step, who, given in tries:
        with pytest.raises(Invalid, match="unit_not_active"):
            actions.take(case.uid, step, by=city.people[who], at=AT, given=given)
    other = city.walk("filed")
    with pytest.raises(Invalid, match="unit_not_active"):
        actions.dispatch(other.uid, unit_id=city.urban.pk, by=city.dispatcher, at=AT)


def test_a_key_of_the_source_is_kept_whole_or_refused(city: City) -> None:
    assert city.report(external_key="").external_key is None
    assert city.report(external_key=" ").external_key is None
    city.report(external_key="12345-1")
    with pytest.raises(Conflict, match="case_known"):
        city.report(external_key="12345-1")
    with pytest.raises(Invalid, match="too_long"):
        city.report(external_key="k" * 101)


@pytest.mark.parametrize(
    ("step", "given", "code"),
    [
        ("comment", {"note": "x" * 4001}, "too_long"),
        ("comment", {"note": 5}, "not_text"),
        ("comment", {"note": "看", "photos": "one"}, "not_a_list"),
        ("comment", {"note": "看", "photos": ["zz"]}, "not_a_sha256"),
        ("comment", {"note": "看", "photos": ["0" * 64]}, "photo_not_sent"),
        ("comment", {"note": "看", "photos": [{"sha256": "0" * 64, "kind": "selfie"}]}, "unknown_choice"),
        ("comment", {"note": "看", "photos": [{"sha256": "0" * 64, "accuracy_m": "near"}]}, "not_a_number"),
        ("comment", {"note": "看", "photos": [{"sha256": "0" * 64, "accuracy_m": float("nan")}]}, "not_a_number"),
        ("comment", {"note": "看", "photos": [{"sha256": "0" * 64, "lon": "a", "lat": "b"}]}, "not_a_number"),
        ("comment", {"note": "看", "photos": [{"sha256": "0" * 64, "lon": 118.1}]}, "half_a_place"),
        ("comment", {"note": "看", "photos": ["0" * 64] * 13}, "too_many"),
        ("comment", {"note": "看", "smell": "bad"}, "unknown_field"),
        ("comment", {"note": "看", "unit": "LOTUS"}, "not_asked_for"),
        ("correct", {"place": {"lon": "abc", "lat": "def"}}, "not_a_number"),
        ("correct", {"place": {"lon": [1], "lat": {}}}, "not_a_number"),
        ("correct", {"place": {"lon": 118.1}}, "half_a_place"),
        ("correct", {"place": {"height": 3}}, "not_a_place"),
        ("correct", {"place": {"address": 3}}, "not_text"),
        ("correct", {"grid": "nowhere"}, "unknown_grid"),
        ("correct", {"area_class": "D"}, "unknown_choice"),
        ("correct", {"condition": "x"}, "not_a_number"),
        ("correct", {"condition": 10**8}, "condition_of_another_category"),
        ("file", {"category": "nothing"}, "unknown_category"),
        ("merge", {"into": "A²"}, "unknown_case"),
        ("merge", {"into": "9" * 5000}, "unknown_case"),
        ("merge", {"into": "A999999"}, "unknown_case"),
        ("supervise", {"note": "快", "answer_by": "9999-12-31T23:59:59-12:00"}, "not_a_moment"),
        ("supervise", {"note": "快", "answer_by": "soon"}, "not_a_moment"),
        ("supervise", {"note": "快", "answer_by": "2026-11-01T00:00:00+08:00"}, "lies_in_the_past"),
    ],
    ids=str,
)
def test_what_is_given_wrongly_is_refused_with_its_reason_and_changes_nothing(
    city: City, step: str, given: dict[str, Any], code: str
) -> None:
    case, who = city.report(), {"supervise": "supervisor"}.get(step, "filer")
    with pytest.raises(Refused) as no:
        actions.take(case.uid, step, by=city.people[who], at=AT, given=given)
    assert no.value.code == code
    assert Case.objects.get(pk=case.pk).version == 1


def test_a_merge_names_another_open_case(city: City) -> None:
    case, ended = city.report(), actions.void(city.report().uid, reason="误报", by=city.filer, at=AT)
    for into, code in ((case, "merge_into_itself"), (ended, "merge_into_ended")):
        with pytest.raises(Invalid, match=code):
            actions.merge(case.uid, into=into.uid, by=city.filer, at=AT)


def test_the_number_of_a_case_may_be_given_as_it_is_spoken(city: City) -> None:
    main, twin = city.report(), city.report()
    twin = actions.take(twin.uid, "merge", by=city.filer, at=AT, given={"into": f" {main.number.lower()} "})
    assert twin.merged_into == main


@pytest.mark.parametrize(
    ("datatype", "value", "kept"),
    [
        ("number", "3", 3), ("number", 10**400, None), ("number", "x", None), ("number", float("inf"), None),
        ("string", " 三 ", "三"), ("string", "x" * 201, None),
        ("datetime", "2026-11-23T09:00:00+08:00", "2026-11-23T09:00:00+08:00"),
        ("datetime", "today", None), ("singlevaluelist", "1", "1"), ("singlevaluelist", "9", None),
        ("multivaluelist", ["1", "2"], ["1", "2"]), ("multivaluelist", "2", ["2"]), ("multivaluelist", 5, None),
        ("multivaluelist", ["1", "9"], None),
    ],
    ids=str,
)  # fmt: skip
def test_answers_are_read_by_their_kind(city: City, datatype: str, value: Any, kept: Any) -> None:
    standards.set_question(
        category=city.litter, code="q", text="多少", datatype=datatype, required=True, order=1, by=city.system_admin, at=AT,
        values=[{"key": "1", "name": "少"}, {"key": "2", "name": "多"}],
    )  # fmt: skip
    if kept is None:
        with pytest.raises(Invalid) as no:
            city.report(answers={"q": value})
        assert no.value.field == "answers.q"
    else:
        assert city.report(answers={"q": value}).answers == {"q": kept}


def test_a_required_answer_and_an_unasked_one_are_noticed(city: City) -> None:
    standards.set_question(
        category=city.litter, code="q", text="多少", datatype="string", required=True, order=1, values=[],
        by=city.system_admin, at=AT,
    )  # fmt: skip
    for answers, code in (({}, "required"), ({"q": "多", "z": "1"}, "unknown_question")):
        with pytest.raises(Invalid, match=code):
            city.report(answers=answers)


def test_a_case_nobody_knows_is_not_found_and_a_step_nobody_knows_is_refused(city: City) -> None:
    with pytest.raises(NotFound):
        actions.accept(city.lotus.uid, by=city.handler, at=AT)
    with pytest.raises(StepRefused, match="step_unknown"):
        actions.take(city.report().uid, "fly", by=city.handler, at=AT)


def test_a_report_from_the_spot_brings_the_photo_its_category_needs(city: City) -> None:
    with pytest.raises(Invalid, match="photo_needed"):
        city.report(category="building")
    assert city.report(category="building", source="hotline").state == "reported"
    assert city.report(category="building", photos=[city.photo("near")]).evidence.count() == 1


def test_a_reported_moment_in_the_future_is_taken_as_now(city: City) -> None:
    assert city.report(noted_at=MONDAY_NINE + hours(5)).reported_at == MONDAY_NINE
    early = city.report(noted_at=MONDAY_NINE - hours(5))
    assert (early.reported_at, early.received_at) == (MONDAY_NINE - hours(5), MONDAY_NINE)


def test_a_point_gives_its_place_and_address(city: City) -> None:
    from civicloop.organisation.actions.places import PointRow
    from civicloop.organisation.models import Point

    organisation.bring_in_points(
        rows=[PointRow("P1", "莲北市场", "market", lon=WEST + 0.003, lat=SOUTH + 0.003)], by=None, at=AT
    )
    case = actions.report(category_id=city.litter.pk, by=city.reporter, at=AT, point_id=Point.objects.get().pk).case
    assert (case.address, case.lon, case.grid) == ("莲北市场", WEST + 0.003, city.grids[0])
    with pytest.raises(NotFound):
        city.report(point_id=10**9)


def test_every_report_is_one_line_of_the_ledger_with_what_was_given(city: City) -> None:
    case = city.report(photos=[city.photo("near")])
    line = LedgerLine.objects.get(uid=case.uid)
    assert (line.seq, line.verb, line.by) == (1, "case.report", city.reporter.uid)
    assert line.data["category"] == "06010"
    assert line.data["photos"] == [city.photo("near")["sha256"]]
