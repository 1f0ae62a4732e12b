"""A question to a party outside: it ends once, moves nothing, and tells its unit once when it is due and once when it is late."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civicloop.cases import actions, links, queries
from civicloop.cases.forwardsweep import sweep_forwards
from civicloop.cases.models import Case, CaseStep, Forward
from civicloop.cases.rules.forwarding import GRACE, RUNNING, Standing, expiry, remind_at, standing
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, Refused, StepRefused
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.loops.models import Notice
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City, build_city, hours
from tests.threads import at_once

AT = MONDAY_NINE + hours(2)
DUE = AT + timedelta(days=3)
moments = st.integers(0, 500_000).map(lambda minutes: MONDAY_NINE + timedelta(minutes=minutes))


def asked(
    city: City, *, by: str = "handler", at: datetime = AT, answer_by: datetime = DUE, state: str = "accepted"
) -> Forward:
    case = city.walk(state)
    actions.forward_out(
        case.uid, party="供电公司", contact="95598", note="电杆由谁管？", answer_by=answer_by, by=city.people[by], at=at
    )
    return Forward.objects.select_related("case").get(case=case)


def secret_of(forward: Forward) -> str:
    return links.shown_secret(forward)


# The rules alone.


@given(moments, moments, st.booleans(), st.booleans(), moments)
def test_a_forward_is_in_one_standing_at_every_moment(
    at: datetime, answer_by: datetime, answered: bool, back: bool, when: datetime
) -> None:
    found = standing(
        at, answer_by=answer_by, expires_at=expiry(answer_by), answered_at=when if answered else None,
        taken_back_at=when if back and not answered else None,
    )  # fmt: skip

    assert (found is Standing.ANSWERED) == answered
    assert (found in RUNNING) == (not answered and not back and at < answer_by + GRACE)


@given(moments, st.timedeltas(timedelta(hours=1), timedelta(days=60)))
def test_a_reminder_comes_after_half_the_time_and_at_most_a_day_before_its_end(
    sent: datetime, allowed: timedelta
) -> None:
    told = remind_at(sent, sent + allowed)

    assert sent + allowed / 2 <= told < sent + allowed
    assert sent + allowed - told <= timedelta(days=1)


# Sending.


@pytest.mark.django_db
def test_a_forward_moves_neither_state_nor_owner_nor_clock(city: City) -> None:
    before = Case.objects.values("state", "owner", "unit", "clock", "due_at", "act_by", "alarm_at").get(
        pk=city.walk("accepted").pk
    )
    forward = asked(city)
    actions.answer_by_link(secret_of(forward), answer="归我们管", name="老陈", at=AT + hours(1))

    after = Case.objects.values(*before).get(pk=forward.case_id)
    first = Case.objects.exclude(pk=forward.case_id).values(*before).get()
    assert after == first == before


@pytest.mark.django_db
def test_only_the_digest_of_the_link_is_kept(city: City) -> None:
    forward = asked(city)
    secret = secret_of(forward)

    assert len(secret) == 43
    assert forward.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert links.by_secret(secret) == forward
    assert not LedgerLine.objects.filter(data__icontains=secret).exists()
    assert not CaseStep.objects.filter(data__icontains=secret).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["", "x" * 43, "x" * 42, "../../etc/passwd", "é" * 43, "0" * 4000])
def test_what_is_no_secret_finds_nothing(city: City, wrong: str) -> None:
    asked(city)

    assert links.by_secret(wrong) is None
    with pytest.raises(NotFound):
        actions.open_forward(wrong, at=AT)


@pytest.mark.django_db
def test_a_house_with_a_new_signing_key_shows_no_old_link_but_the_link_works_on(city: City, settings: Any) -> None:
    forward = asked(city)
    secret = secret_of(forward)
    settings.SECRET_KEY = "another key of at least fifty characters, as the house makes them"

    assert links.shown_secret(forward) == ""
    assert actions.open_forward(secret, at=AT).uid == forward.uid


@pytest.mark.django_db
@pytest.mark.parametrize("answer_by", [AT - hours(1), AT, AT + timedelta(minutes=59), AT + timedelta(days=61)])
def test_an_answer_is_asked_for_within_an_hour_and_sixty_days(city: City, answer_by: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        asked(city, answer_by=answer_by)

    assert (refused.value.field, refused.value.code) == ("answer_by", "answer_by_out_of_range")
    assert not Forward.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["other_handler", "verifier", "reporter", "auditor"])
def test_whoever_neither_has_the_case_nor_directs_it_asks_nobody(city: City, who: str) -> None:
    with pytest.raises(NotAllowed):
        asked(city, by=who)


@pytest.mark.django_db
def test_several_parties_are_asked_at_once_and_each_is_told_of_by_name(city: City) -> None:
    forward = asked(city)
    actions.take(
        forward.case.uid, "forward_out", by=city.dispatcher, at=AT,
        given={"party": "自来水公司", "note": "是否漏水？", "answer_by": DUE.isoformat()},
    )  # fmt: skip

    actor, ref = reference.now().actor(city.handler, AT.date()), reference.now()
    steps = {step.name for step in queries.steps_open_to(actor, Case.objects.get(pk=forward.case_id), at=AT, ref=ref)}
    assert {"forward_out", "remind_forward", "answer_forward", "take_back_forward"} <= steps
    assert set(Forward.objects.values_list("party", flat=True)) == {"供电公司", "自来水公司"}


@pytest.mark.django_db
def test_without_a_question_nothing_can_be_answered_or_taken_back(city: City) -> None:
    case = city.walk("accepted")
    actor, ref = reference.now().actor(city.handler, AT.date()), reference.now()
    steps = {step.name for step in queries.steps_open_to(actor, case, at=AT, ref=ref)}

    assert "forward_out" in steps
    assert not {"remind_forward", "answer_forward", "take_back_forward"} & steps


# Answering.


@pytest.mark.django_db
def test_an_answer_by_the_link_is_a_step_of_the_case_with_its_photos_and_news(city: City) -> None:
    forward = asked(city)
    Notice.objects.all().delete()
    actions.answer_by_link(
        secret_of(forward), answer="明天来修", name="老陈", photos=[city.photo("near")], at=AT + hours(5)
    )

    step = CaseStep.objects.get(case=forward.case, name="answer_forward")
    assert (step.by, step.note, step.data["party"]) == (None, "明天来修", "供电公司")
    assert step.evidence.count() == 1
    assert step.seq == Case.objects.get(pk=forward.case_id).version
    told = set(Notice.objects.filter(kind="case.answer_forward").values_list("person__username", flat=True))
    assert told == {"handler", "leader"}
    assert list(breaks()) == []


@pytest.mark.django_db
def test_the_name_of_who_answers_stands_where_it_can_be_mended_and_nowhere_else(city: City) -> None:
    forward = asked(city)
    actions.answer_by_link(secret_of(forward), answer="好", name="陈某某", at=AT + hours(5))

    forward.refresh_from_db()
    assert forward.answered_by == "陈某某"
    assert "陈某某" not in str(list(LedgerLine.objects.values_list("data", flat=True)))
    assert "陈某某" not in str(list(CaseStep.objects.values_list("data", "note")))


@pytest.mark.django_db
def test_a_late_answer_is_taken_until_the_link_expires(city: City) -> None:
    forward = asked(city)
    with pytest.raises(Conflict) as refused:
        actions.answer_by_link(secret_of(forward), answer="好", name="陈", at=DUE + GRACE)
    actions.answer_by_link(secret_of(forward), answer="好", name="陈", at=DUE + GRACE - hours(1))

    assert refused.value.code == "forward_expired"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"answer": " ", "name": "陈"}, "answer"),
        ({"answer": "好", "name": ""}, "answered_by"),
        ({"answer": "好", "name": "陈" * 61}, "answered_by"),
        ({"answer": "好", "name": "陈", "photos": [{"sha256": f"{n:064x}"} for n in range(6)]}, "photos"),
        ({"answer": "好", "name": "陈", "photos": [{"sha256": "0" * 64}]}, "photos"),
    ],
)
def test_half_an_answer_is_refused_and_ends_nothing(city: City, given: dict[str, Any], field: str) -> None:
    forward = asked(city)
    with pytest.raises(Invalid) as refused:
        actions.answer_by_link(secret_of(forward), at=AT, **given)

    assert refused.value.field == field
    assert Forward.objects.get().answered_at is None


@pytest.mark.django_db
def test_a_case_that_has_ended_asks_nobody_any_more_and_one_reopened_asks_again(city: City) -> None:
    forward = asked(city)
    secret = secret_of(forward)
    case = city.walk("closed", case=None, at=MONDAY_NINE)
    Forward.objects.filter(pk=forward.pk).update(case=case)

    with pytest.raises(Conflict) as refused:
        actions.open_forward(secret, at=AT)
    with pytest.raises(StepRefused):
        actions.remind_forward(case.uid, forward=forward.uid, by=city.handler, at=AT)
    actions.reopen(case.uid, reason="又脏了", by=city.verifier, at=AT + hours(1))

    assert refused.value.code == "forward_case_over"
    actions.open_forward(secret, at=AT + hours(2))
    assert Forward.objects.get().opened_at == AT + hours(2)


ENDINGS = ("answer", "note", "back")


@pytest.mark.django_db
@pytest.mark.parametrize("first", ENDINGS)
@pytest.mark.parametrize("second", ENDINGS)
def test_a_forward_ends_once(city: City, first: str, second: str) -> None:
    forward = asked(city)
    _end(city, forward, first, AT + hours(1))
    kept = Forward.objects.values().get()
    lines = LedgerLine.objects.count()

    with pytest.raises(Conflict) as refused:
        _end(city, forward, second, AT + hours(2))

    assert refused.value.code == ("forward_taken_back" if first == "back" else "forward_answered")
    assert Forward.objects.values().get() == kept
    assert LedgerLine.objects.count() == lines


def _end(city: City, forward: Forward, how: str, at: datetime) -> None:
    if how == "answer":
        actions.answer_by_link(secret_of(forward), answer="好", name="陈", at=at)
    elif how == "note":
        actions.answer_forward(forward.case.uid, forward=forward.uid, note="电话说好", by=city.handler, at=at)
    else:
        actions.take_back_forward(forward.case.uid, forward=forward.uid, reason="不用了", by=city.leader, at=at)


@pytest.mark.django_db
def test_a_forward_of_another_case_is_not_touched(city: City) -> None:
    forward, other = asked(city), city.walk("accepted")
    with pytest.raises(Invalid):
        actions.take_back_forward(other.uid, forward=forward.uid, reason="错", by=city.handler, at=AT)

    assert Forward.objects.get().taken_back_at is None


tries = st.lists(
    st.tuples(st.sampled_from(["answer", "note", "back", "remind", "sweep", "open"]), st.integers(1, 400)), max_size=12
)


@pytest.mark.django_db(transaction=True)
@given(tries)
@settings(max_examples=25)
def test_whatever_is_tried_in_whatever_order_it_ends_once_and_the_case_stands_still(
    todo: list[tuple[str, int]],
) -> None:
    city = TOWN.setdefault("city", None) or _town()
    forward, at = asked(city), AT
    held = ("state", "owner_id", "unit_id", "due_at", "act_by", "clock")
    before = Case.objects.values(*held).get(pk=forward.case_id)
    ended: list[str] = []
    for what, quarters in todo:
        at += timedelta(minutes=15 * quarters)
        try:
            _try(city, forward, what, at)
        except Refused:
            continue
        ended += [what] if what in ENDINGS else []

    row = Forward.objects.get(pk=forward.pk)
    assert len(ended) == (row.answered_at is not None) + (row.taken_back_at is not None) <= 1
    assert Case.objects.values(*held).get(pk=forward.case_id) == before
    said = Notice.objects.filter(loop_uid=forward.case.uid, kind__startswith="forward.", person=city.handler)
    assert sorted(said.values_list("kind", flat=True)) == sorted(set(said.values_list("kind", flat=True)))


TOWN: dict[str, Any] = {}


@pytest.fixture(autouse=True)
def _no_town_is_carried_over() -> Any:
    yield
    TOWN.clear()


def _town() -> City:
    TOWN["city"] = build_city()
    return TOWN["city"]  # type: ignore[no-any-return]


def _try(city: City, forward: Forward, what: str, at: datetime) -> None:
    if what in ENDINGS:
        _end(city, forward, what, at)
    elif what == "remind":
        actions.remind_forward(forward.case.uid, forward=forward.uid, by=city.handler, at=at)
    elif what == "sweep":
        sweep_forwards(at=at)
    else:
        actions.open_forward(secret_of(forward), at=at)


@pytest.mark.django_db(transaction=True)
def test_of_an_answer_and_a_taking_back_at_the_same_moment_one_wins() -> None:
    city = build_city()
    for _ in range(3):
        forward = asked(city)
        faults = at_once(
            partial(_end, city, forward, "answer", AT + hours(1)), partial(_end, city, forward, "back", AT + hours(1)),
            partial(_end, city, forward, "answer", AT + hours(1)),
        )  # fmt: skip

        assert [type(fault) for fault in faults].count(type(None)) == 1
        assert {fault.code for fault in faults if isinstance(fault, Conflict)} <= {
            "forward_answered",
            "forward_taken_back",
        }
        row = Forward.objects.get(pk=forward.pk)
        assert (row.answered_at is None) != (row.taken_back_at is None)
        assert CaseStep.objects.filter(case=row.case, name__in=["answer_forward", "take_back_forward"]).count() == 1
    assert list(breaks()) == []
