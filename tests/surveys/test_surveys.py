"""A survey from its plan to its results, and who may do what with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils.timezone import localtime
from django.utils.translation import override

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.sentences import sentence
from civicloop.surveys import actions, queries
from civicloop.surveys.actions import StratumRow
from civicloop.surveys.models import Invitation, Questionnaire, Response, Survey
from tests.cast import MONDAY_NINE, City
from tests.surveys.conftest import answers
from tests.threads import at_once


def one_token(survey: Survey, city: City, **more: Any) -> str:
    told = {"channel": "household", "many": 1, "stratum_id": survey.strata.first().pk}
    return actions.invite(survey_uid=survey.uid, by=city.supervisor, at=MONDAY_NINE, **{**told, **more})[0].token


def hold(survey: Survey, city: City, yes: int, no: int, *, at: Any = MONDAY_NINE) -> Survey:
    for stratum in survey.strata.all():
        made = actions.invite(
            survey_uid=survey.uid, stratum_id=stratum.pk, channel="household", many=yes + no, by=city.supervisor, at=at
        )
        for place, one in enumerate(made):
            actions.answer(token=one.token, answers=answers("a" if place < yes else "c"), at=at)
    return actions.close_survey(survey_uid=survey.uid, by=city.supervisor, at=at)


def test_a_plan_says_how_many_are_to_be_asked_where(plan: Callable[..., Survey]) -> None:
    survey = plan(response=0.5)
    lotus, willow = survey.strata.all()

    assert survey.design["reached"] <= 0.05
    assert (lotus.wanted, willow.wanted) == (334, 37)
    assert lotus.asked == 2 * lotus.wanted


@pytest.mark.parametrize("person", ["handler", "leader", "grid_worker", "auditor", "filer"])
def test_only_the_citys_desk_plans(person: str, city: City, plan: Callable[..., Survey]) -> None:
    with pytest.raises(NotAllowed) as refused:
        plan(by=city.people[person])
    assert refused.value.who == ("dispatcher", "supervisor")
    assert "督查员" in sentence(refused.value)


def test_groups_that_are_not_the_people_are_refused(city: City, plan: Callable[..., Survey]) -> None:
    with pytest.raises(Invalid) as refused:
        plan(strata=[StratumRow("a", 100, groups={"60+": 99})], group="age")
    assert refused.value.code == "groups_are_not_the_people"


def test_a_questionnaire_is_kept_for_ever_under_its_version(questionnaire: Questionnaire) -> None:
    same = actions.load_questionnaire(content=questionnaire.content, by=None, at=MONDAY_NINE)
    assert same.pk == questionnaire.pk
    with pytest.raises(Conflict):
        actions.load_questionnaire(content={**questionnaire.content, "title": "另一份"}, by=None, at=MONDAY_NINE)


def test_a_token_is_told_once_and_kept_as_a_digest_only(survey: Survey, city: City) -> None:
    token = one_token(survey, city)
    kept = json.dumps(list(Invitation.objects.values_list("digest", flat=True)))
    lines = json.dumps([line.data for line in LedgerLine.objects.filter(kind="survey")])

    assert token not in kept + lines
    assert queries.invitation_by_token(token.lower()[:5] + "-" + token.lower()[5:]) is not None


def test_an_invitation_is_answered_once(survey: Survey, city: City) -> None:
    token = one_token(survey, city)
    actions.answer(token=token, answers=answers(), at=MONDAY_NINE)
    with pytest.raises(Conflict) as refused:
        actions.answer(token=token, answers=answers("c"), at=MONDAY_NINE)
    assert refused.value.code == "invitation_used"
    assert Response.objects.get().answers["know"] == "a"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_is_counted(survey: Survey, city: City) -> None:
    token = one_token(survey, city)
    faults = at_once(*[lambda: actions.answer(token=token, answers=answers(), at=MONDAY_NINE)] * 4)

    assert faults.count(None) == 1
    assert all(one is None or isinstance(one, Conflict) for one in faults), faults
    assert Response.objects.count() == 1


def test_a_poster_takes_as_many_as_agreed_and_no_more(survey: Survey, city: City) -> None:
    token = one_token(survey, city, channel="kiosk", most=3)
    for _ in range(3):
        actions.answer(token=token, answers=answers(), at=MONDAY_NINE)
    with pytest.raises(Conflict):
        actions.answer(token=token, answers=answers(), at=MONDAY_NINE)


def test_a_code_for_many_has_a_limit_of_the_house(survey: Survey, city: City) -> None:
    with pytest.raises(Invalid):
        one_token(survey, city, channel="qr", most=201)
    one_token(survey, city, channel="household", most=5)
    assert Invitation.objects.get().most == 1, "a household answers once, whatever was asked for"


def test_a_revoked_poster_is_answered_no_more(survey: Survey, city: City) -> None:
    token = one_token(survey, city, channel="qr")
    actions.revoke_invitation(survey_uid=survey.uid, serial=1, by=city.supervisor, at=MONDAY_NINE)
    with pytest.raises(Conflict) as refused:
        actions.answer(token=token, answers=answers(), at=MONDAY_NINE)
    assert refused.value.code == "invitation_revoked"


@pytest.mark.parametrize("token", ["", "ABCDEFGHJK", "no such token", "' OR 1=1"])
def test_no_such_token(token: str, survey: Survey) -> None:
    with pytest.raises(NotFound):
        actions.answer(token=token, answers=answers(), at=MONDAY_NINE)


@pytest.mark.parametrize("days", [-30, 10])
def test_outside_its_days_nothing_is_answered(days: int, survey: Survey, city: City) -> None:
    token = one_token(survey, city)
    with pytest.raises(Conflict):
        actions.answer(token=token, answers=answers(), at=MONDAY_NINE + timedelta(days=days))


def test_an_interviewer_takes_answers_down_with_or_without_an_invitation(survey: Survey, city: City) -> None:
    stratum = survey.strata.first()
    one_token(survey, city)
    told = {"survey_uid": survey.uid, "answers": answers(), "by": city.grid_worker, "at": MONDAY_NINE}
    actions.interview(**told, channel="household", serial=1)
    actions.interview(**told, channel="street", stratum_id=stratum.pk)
    with pytest.raises(Conflict):
        actions.interview(**told, channel="household", serial=1)

    assert Response.objects.count() == 2
    assert queries.standing(survey)[0].answers == 2


def test_an_interview_sent_twice_is_one_person_and_other_answers_are_another(survey: Survey, city: City) -> None:
    key, stratum = uuid4(), survey.strata.first()
    told = {
        "survey_uid": survey.uid, "channel": "street", "by": city.grid_worker, "at": MONDAY_NINE, "stratum_id": stratum.pk,
        "sent": key,
    }  # fmt: skip
    first, again = (actions.interview(**told, answers=answers()) for _ in range(2))
    actions.interview(**told, answers=answers("c"))
    actions.interview(**{**told, "cluster": 3}, answers=answers())
    actions.interview(**{**told, "by": city.inspector}, answers=answers())

    assert first == again
    assert Response.objects.count() == Invitation.objects.count() == 4
    assert LedgerLine.objects.filter(verb="survey.answer").count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_an_interview_sent_twice_at_once_one_is_counted(survey: Survey, city: City) -> None:
    told = {
        "survey_uid": survey.uid, "channel": "phone", "by": city.grid_worker, "at": MONDAY_NINE, "answers": answers(),
        "stratum_id": survey.strata.first().pk, "sent": uuid4(),
    }  # fmt: skip
    faults = at_once(*[lambda: actions.interview(**told)] * 4)

    assert faults == [None] * 4
    assert Response.objects.count() == 1


def test_results_come_with_the_end_and_never_change(survey: Survey, city: City) -> None:
    closed = hold(survey, city, 30, 10)
    told = closed.results["questions"][0]

    assert closed.results["answers"] == 80
    assert told["share"] == pytest.approx(0.75)
    assert told["low"] < 0.75 < told["high"]
    assert queries.latest_rates()["awareness"].answers == 80
    with pytest.raises(Conflict):
        actions.close_survey(survey_uid=survey.uid, by=city.supervisor, at=MONDAY_NINE)


def test_weights_bring_the_large_town_back(survey: Survey, city: City) -> None:
    lotus, willow = survey.strata.all()
    for stratum, choice in ((lotus, "a"), (willow, "c")):
        for one in actions.invite(
            survey_uid=survey.uid, stratum_id=stratum.pk, channel="phone", many=20, by=city.supervisor, at=MONDAY_NINE
        ):
            actions.answer(token=one.token, answers=answers(choice), at=MONDAY_NINE)
    closed = actions.close_survey(survey_uid=survey.uid, by=city.supervisor, at=MONDAY_NINE)

    assert closed.results["questions"][0]["share"] == pytest.approx(0.9), "nine of ten people live in Lotus"


def test_a_change_is_told_only_where_intervals_lie_apart(plan: Callable[..., Survey], city: City) -> None:
    surveys = []
    for months, (yes, no) in enumerate([(20, 20), (22, 18), (38, 2)], 1):
        survey = plan(title=f"第{months}次", starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 22 + months))
        actions.open_survey(survey_uid=survey.uid, by=city.supervisor, at=MONDAY_NINE)
        surveys.append(hold(survey, city, yes, no))
    before = queries.earlier(surveys[2])["know"]

    assert [one.change for one in before] == ["higher", "higher"]
    assert [one.change for one in queries.earlier(surveys[1])["know"]] == ["open"]


def test_no_line_of_the_ledger_says_what_somebody_answered(survey: Survey, city: City) -> None:
    actions.answer(token=one_token(survey, city), answers=answers("c"), at=MONDAY_NINE)
    line = LedgerLine.objects.get(kind="survey_response")

    assert line.data == {"survey": str(survey.uid), "channel": "household"}
    assert line.by is None


def test_who_is_asked_has_no_column(db: None) -> None:
    names = {field.name for model in (Invitation, Response) for field in model._meta.get_fields()}

    assert not names & {"name", "phone", "address", "ip", "email", "person"}


def test_the_commands_bring_questionnaires_and_say_sizes(db: None) -> None:
    from click.testing import CliRunner

    from civicloop.surveys.commands import surveys
    from tests.surveys.conftest import FILE

    run = CliRunner().invoke
    assert run(surveys, ["load", str(FILE)]).output.startswith("residents v1")
    assert '"answers": 278' in run(surveys, ["size", "--population", "1000"]).output
    assert run(surveys, ["rates"]).output == ""


def test_the_commands_speak_the_readers_language(survey: Survey, city: City) -> None:
    """Chinese is the house's language; no English word stands between the figures."""
    import re

    from click.testing import CliRunner

    from civicloop.surveys.commands import surveys

    hold(survey, city, 20, 0)
    run = CliRunner().invoke
    with override("zh-hans"):
        sizes = run(surveys, ["size", "--population", "850000"]).output.splitlines()
        rates = run(surveys, ["rates"]).output
    with override("en"):
        english = run(surveys, ["rates"]).output

    assert '"answers": 384' in sizes[0]
    assert not [line for line in sizes[1:] if re.search("[A-Za-z]", line)]
    assert "知晓率 100.0%" in rates
    assert not re.search("[A-Za-z]", rates)
    assert english.startswith("Awareness 100.0% (")


def test_answers_by_posters_stand_beside_the_plan_and_beside_the_rates(survey: Survey, city: City) -> None:
    """A crowd at posters neither fills the plan nor moves a rate, a trend or the four rates."""
    poster = one_token(survey, city, channel="qr")
    for _ in range(30):
        actions.answer(token=poster, answers=answers("c"), at=MONDAY_NINE)
    assert queries.standing(survey)[0].answers == 0
    assert queries.standing(survey)[0].invitations == 0
    assert queries.listing().get().many == 0

    closed = hold(survey, city, 20, 0)
    told = closed.results["questions"][0]
    assert (told["share"], told["answers"], told["open"]["answers"], told["open"]["share"]) == (1.0, 40, 30, 0.0)
    assert queries.latest_rates()["awareness"].share == 1.0


def test_results_of_before_that_held_open_channels_are_compared_with_nothing(
    plan: Callable[..., Survey], city: City
) -> None:
    first, second = (plan(ends_on=date(2026, 11, day)) for day in (24, 28))
    for one in (first, second):
        actions.open_survey(survey_uid=one.uid, by=city.supervisor, at=MONDAY_NINE)
    old = hold(first, city, 20, 10)
    new = hold(second, city, 20, 10)
    assert queries.earlier(new)["know"]
    del old.results["basis"]
    old.results["channels"][0]["open"] = True
    old.save()

    assert queries.earlier(new) == {}
    assert queries.earlier(old) == {}
    assert queries.latest_rates()["awareness"].survey_uid == new.uid


def test_letters_are_shared_among_drawn_buildings_and_numbered_on(survey: Survey, city: City) -> None:
    told = {
        "survey_uid": survey.uid, "stratum_id": survey.strata.first().pk, "by": city.supervisor, "at": MONDAY_NINE,
        "channel": "household",
    }  # fmt: skip
    first, more = actions.invite(**told, many=7, clusters=3), actions.invite(**told, many=2, clusters=2)

    assert [one.cluster for one in first] == [1, 1, 1, 2, 2, 3, 3]
    assert [one.cluster for one in more] == [4, 5]
    for wrong in ({"clusters": 8}, {"channel": "qr", "clusters": 1}):
        with pytest.raises(Invalid):
            actions.invite(**{**told, "many": 7, **wrong})


def test_closing_measures_how_alike_neighbours_answer_and_says_so(survey: Survey, city: City) -> None:
    """In each building everybody says the same: eleven buildings of four are worth little more than eleven answers."""
    for stratum in survey.strata.all():
        made = actions.invite(
            survey_uid=survey.uid, stratum_id=stratum.pk, channel="household", many=44, clusters=11, by=city.supervisor,
            at=MONDAY_NINE,
        )  # fmt: skip
        for one in made:
            actions.answer(token=one.token, answers=answers("a" if one.cluster % 2 else "c"), at=MONDAY_NINE)
    closed = actions.close_survey(survey_uid=survey.uid, by=city.supervisor, at=MONDAY_NINE)
    told, weighting = closed.results["questions"][0], closed.results["weighting"]

    assert (told["clusters"]["measured"], told["clusters"]["many"]) == (True, 22)
    assert told["clusters"]["effect"] == pytest.approx(4, rel=0.15)
    assert told["effective"] < 30
    assert weighting["measured"] == weighting["asked"] == 10


def test_an_interviewer_in_a_drawn_building_notes_its_number(survey: Survey, city: City) -> None:
    told = {"survey_uid": survey.uid, "answers": answers(), "by": city.grid_worker, "at": MONDAY_NINE}
    stratum = survey.strata.first().pk
    kept = actions.interview(**told, channel="household", stratum_id=stratum, cluster=17)

    assert kept.invitation.cluster == 17
    with pytest.raises(Invalid):
        actions.interview(**told, channel="household", stratum_id=stratum, cluster=0)


def test_of_an_interview_the_day_is_kept_and_no_moment_anywhere(survey: Survey, city: City) -> None:
    at = MONDAY_NINE + timedelta(minutes=17, seconds=5)
    told = {"survey_uid": survey.uid, "answers": answers(), "by": city.grid_worker, "at": at}
    kept = actions.interview(**told, channel="street", stratum_id=survey.strata.first().pk)
    row = Invitation.objects.get()

    assert localtime(row.made_at).time() == time(0)
    assert (row.uid.version, kept.uid.version) == (4, 4), "an id of version 7 holds the moment"
    assert localtime(LedgerLine.objects.get(kind="survey_response").at).time() == time(0)
