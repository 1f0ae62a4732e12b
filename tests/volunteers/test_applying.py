"""Becoming a volunteer from outside: asked, answered, taken back or lapsed; and what is kept of it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from civicloop.kernel import codes
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, Refused
from civicloop.ledger.models import LedgerLine
from civicloop.loops.models import Notice
from civicloop.standards import reference
from civicloop.volunteers.actions import applying, people
from civicloop.volunteers.actions.applying import Sending
from civicloop.volunteers.models import Application, Volunteer
from civicloop.volunteers.queries.applying import application_by_code, known_phones, volunteer_by_code, waiting_for
from civicloop.volunteers.sweeps import drop_personal_data
from tests.cast import MONDAY_NINE
from tests.threads import at_once
from tests.volunteers.cast import Corps, build_corps
from tests.volunteers.folk import volunteer

LATER = MONDAY_NINE + timedelta(days=1)
SECRETS = ("欧阳小禾", "13912345678", "欧阳长", "13700000000")
GUARDIAN = {"guardian_name": "欧阳长", "guardian_phone": "13700000000", "guardian_consent": True}
CHILD = {"birth_on": date(2016, 1, 1)}


def sent(number: int = 1, **more: Any) -> Sending:
    code = codes.code_of(bytes([number]) * 32)
    return Sending(f"{number:064d}", codes.digest(code), **more)


def code_of(number: int = 1) -> str:
    return codes.code_of(bytes([number]) * 32)


def ask(corps: Corps, *, team: str | None = "mulberry", number: int = 1, **given: Any) -> Application:
    told: dict[str, Any] = {
        "name": "欧阳小禾", "birth_on": date(1990, 5, 1), "phone": "139 1234 5678", "consent": True, "home": corps.lotus_north,
        "skills": [corps.skills["hair"]], "areas": [corps.lotus], "team": corps.teams[team] if team else None,
        "sending": sent(number), "at": MONDAY_NINE,
    }  # fmt: skip
    return applying.apply(**(told | given))


def accept(
    corps: Corps, asked: Application, *, by: str = "mulberry_handler", team: str | None = "mulberry"
) -> Volunteer:
    return applying.accept(
        application=asked,
        unit=corps.centre,
        team=corps.teams[team] if team else None,
        by=corps.city.people[by],
        at=LATER,
    )


def test_who_is_taken_on_is_a_volunteer_in_the_team_who_agreed_when_he_asked(corps: Corps) -> None:
    made = accept(corps, ask(corps))

    assert (made.name, made.phone, made.home, made.unit) == (
        "欧阳小禾",
        "13912345678",
        corps.lotus_north,
        corps.mulberry,
    )
    assert (made.consent_at, made.registered_on) == (MONDAY_NINE, LATER.date())
    assert [one.code for one in made.skills.all()] == ["hair"]
    assert [one.pk for one in made.areas.all()] == [corps.lotus.pk]
    assert made.memberships.get().team == corps.teams["mulberry"]
    assert volunteer_by_code(code_of()) == made


@pytest.mark.parametrize("answer", ["accept", "refuse", "withdraw", "lapse"])
def test_with_the_answer_what_was_told_is_gone_from_the_application(corps: Corps, answer: str) -> None:
    asked = ask(corps, **CHILD, **GUARDIAN)
    if answer == "accept":
        accept(corps, asked)
    elif answer == "refuse":
        applying.refuse(application=asked, reason="暂不招募", by=corps.mulberry_leader, at=LATER)
    elif answer == "withdraw":
        applying.withdraw(application=asked, at=LATER)
    else:
        assert drop_personal_data(at=MONDAY_NINE + timedelta(days=91)) == 1
    asked.refresh_from_db()

    assert asked.state != "waiting"
    assert not [secret for secret in SECRETS if secret in str(vars(asked))]
    assert (asked.birth_on, asked.home, asked.skills.count(), asked.areas.count()) == (None, None, 0, 0)
    assert not [line for line in LedgerLine.objects.all() for secret in SECRETS if secret in str(line.data)]
    with pytest.raises(Conflict) as no:
        applying.withdraw(application=asked, at=LATER)
    assert no.value.code == "application_answered"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"consent": False}, "volunteer_consent_needed"), ({"name": " "}, "required"), ({"phone": ""}, "required"),
        ({"birth_on": None}, "required"), ({"birth_on": date(1800, 1, 1)}, "birth_not_possible"), (CHILD, "guardian_needed"),
        (CHILD | {"guardian_name": "欧阳长", "guardian_consent": True}, "guardian_needed"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_kept(corps: Corps, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as no:
        ask(corps, **wrong)

    assert no.value.code == code
    assert not Application.objects.exists()


def test_sent_twice_it_is_one(corps: Corps) -> None:
    assert ask(corps) == ask(corps)
    assert Application.objects.count() == 1
    assert LedgerLine.objects.filter(verb="volunteer_application.send").count() == 1


def test_who_floods_is_stopped_and_others_are_not(corps: Corps) -> None:
    for number in range(1, applying.MOST_A_DAY + 1):
        ask(corps, sending=sent(number, sender_key="a"))
    with pytest.raises(Invalid) as no:
        ask(corps, sending=sent(99, sender_key="a"))

    assert no.value.code == "too_many_today"
    assert ask(corps, sending=sent(100, sender_key="b"))


def test_a_team_that_is_not_active_cannot_be_wished_for(corps: Corps) -> None:
    corps.teams["plum"].active = False
    with pytest.raises(Invalid) as no:
        ask(corps, team="plum")
    assert no.value.code == "team_not_active"


def test_the_team_answers_its_own_and_the_desk_all(corps: Corps) -> None:
    mine, theirs, nobodys = ask(corps), ask(corps, team="plum", number=2), ask(corps, team=None, number=3)
    seen = {
        name: set(waiting_for(reference.now().actor(corps.city.people[name], LATER.date())))
        for name in ("mulberry_leader", "plum_handler", "order_desk", "reporter")
    }

    assert seen == {
        "mulberry_leader": {mine}, "plum_handler": {theirs}, "order_desk": {mine, theirs, nobodys}, "reporter": set(),
    }  # fmt: skip
    for who, asked in (("plum_handler", mine), ("mulberry_leader", nobodys), ("reporter", mine)):
        with pytest.raises(NotAllowed):
            applying.refuse(application=asked, reason="不", by=corps.city.people[who], at=LATER)
        with pytest.raises(NotAllowed):
            applying.look(application=asked, purpose="看看", by=corps.city.people[who], at=LATER)


def test_a_leader_cannot_put_somebody_into_a_team_that_is_not_his(corps: Corps) -> None:
    asked = ask(corps)
    with pytest.raises(NotAllowed):
        accept(corps, asked, by="mulberry_handler", team="plum")
    asked.refresh_from_db()

    assert asked.state == "waiting"
    assert not Volunteer.objects.exists()
    assert accept(corps, asked, by="order_desk", team="plum").memberships.get().team == corps.teams["plum"]


def test_the_desk_may_take_somebody_on_without_a_team(corps: Corps) -> None:
    made = accept(corps, ask(corps, team=None), by="order_desk", team=None)

    assert (made.unit, made.memberships.count()) == (corps.centre, 0)


def test_those_who_may_answer_hear_of_it(corps: Corps) -> None:
    ask(corps)
    ask(corps, team=None, number=2)
    heard = Notice.objects.filter(kind="volunteer.applied").values_list("person__username", flat=True)

    assert sorted(heard) == ["mulberry_handler", "mulberry_leader", "order_desk", "other_order_desk"]


def test_a_refusal_needs_a_reason_which_stands_under_the_code(corps: Corps) -> None:
    asked = ask(corps)
    with pytest.raises(Invalid):
        applying.refuse(application=asked, reason=" ", by=corps.order_desk, at=LATER)
    applying.refuse(application=asked, reason="队伍已满", by=corps.order_desk, at=LATER)
    found = application_by_code(code_of())

    assert found is not None
    assert (found.state, found.reason) == ("refused", "队伍已满")
    assert volunteer_by_code(code_of()) is None


def test_looking_at_name_and_phone_is_written_down(corps: Corps) -> None:
    asked = ask(corps)
    with pytest.raises(Invalid):
        applying.look(application=asked, purpose=" ", by=corps.mulberry_leader, at=LATER)
    seen = applying.look(application=asked, purpose="电话沟通", by=corps.mulberry_leader, at=LATER)

    assert seen["phone"] == "13912345678"
    line = LedgerLine.objects.get(verb="personal_data.read")
    assert (line.uid, line.data["purpose"]) == (asked.uid, "电话沟通")


def test_a_phone_that_is_known_is_shown_as_such(corps: Corps) -> None:
    volunteer(corps, phone="13912345678", id_number="")
    first, second = ask(corps), ask(corps, number=2, phone="13900008888")

    assert known_phones([first, second]) == {"13912345678"}


def test_who_has_left_is_no_volunteer_by_his_code_any_more(corps: Corps) -> None:
    made = accept(corps, ask(corps))
    people.leave(volunteer=made, reason="", by=None, at=LATER)

    assert volunteer_by_code(code_of()) is None
    assert application_by_code(code_of()) is not None
    assert application_by_code("ZZZZZZZZZZ") is None
    assert application_by_code("not a code") is None


def test_what_waits_no_longer_than_it_may_stays(corps: Corps) -> None:
    asked = ask(corps)
    assert drop_personal_data(at=MONDAY_NINE + timedelta(days=89)) == 0
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_the_database_itself_keeps_nothing_of_who_was_answered(corps: Corps) -> None:
    asked = ask(corps)
    wrong: tuple[dict[str, Any], ...] = (
        {"state": "maybe"}, {"state": "refused"}, {"state": "accepted", "decided_at": LATER},
        {"state": "refused", "decided_at": LATER}, {"decided_at": LATER},
    )  # fmt: skip
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.filter(pk=asked.pk).update(**values)


def test_who_answers_second_is_told_so(corps: Corps) -> None:
    asked = ask(corps)
    accept(corps, asked)
    with pytest.raises(Refused) as no:
        applying.refuse(application=asked, reason="不", by=corps.order_desk, at=LATER)
    assert no.value.code == "application_answered"
    assert Volunteer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_several_who_answer_at_the_same_moment_one_answer_counts() -> None:
    corps = build_corps()
    asked = ask(corps)
    faults = at_once(
        partial(accept, corps, asked), partial(accept, corps, asked, by="order_desk"),
        partial(applying.refuse, application=asked, reason="不", by=corps.order_desk, at=LATER),
        partial(applying.withdraw, application=asked, at=LATER),
    )  # fmt: skip
    asked.refresh_from_db()

    assert [type(fault) for fault in faults].count(type(None)) == 1
    assert {fault.code for fault in faults if isinstance(fault, Conflict)} == {"application_answered"}
    assert Volunteer.objects.count() == (1 if asked.state == "accepted" else 0)


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_several_times_at_once_is_one_application() -> None:
    corps = build_corps()

    assert at_once(*(partial(ask, corps) for _ in range(3))) == [None, None, None]
    assert Application.objects.count() == 1
