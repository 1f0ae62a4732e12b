"""The demo city as it stands in the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.test import override_settings

from civicloop.cases.models import Appeal, Case, CaseEvidence, CaseStep, Extension, Suspension, Whistle
from civicloop.cases.rules.lifecycle import OPEN, State
from civicloop.demo.build import Recipe, build, built_before
from civicloop.demo.commands import demo
from civicloop.demo.digest import PUBLIC_ID, contents, digest
from civicloop.demo.history.plan import histories, last_moment
from civicloop.demo.people import ACCOUNTS, PASSWORD
from civicloop.kernel.refusal import Conflict
from civicloop.organisation.models import Grid, Person, Point, Unit
from civicloop.residents.models import Feedback
from civicloop.residents.queries.desk import how_content
from civicloop.standards import reference
from civicloop.volunteers.models import Order, OrderStep, PracticeSite, ServiceKind, Team
from civicloop.volunteers.queries.measures import measures
from civicloop.volunteers.rules.lifecycle import OrderState

pytestmark = pytest.mark.once

UNTIL = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
SMALL = Recipe(seed=7, until=UNTIL, cases=900, orders=240)


@pytest.fixture(scope="module")
def city(own_database: None, django_db_blocker: Any) -> Iterator[Any]:
    """A small demo city, built once for this file and rolled back."""
    with django_db_blocker.unblock(), override_settings(CIVICLOOP_JOBS_RUN="none"), transaction.atomic():
        yield build(SMALL, at=NOW)
        transaction.set_rollback(True)


def test_everything_is_there_in_the_promised_numbers(city: Any) -> None:
    assert 98 <= Unit.objects.count() <= 112
    assert 600 <= Grid.objects.count() <= 800
    assert Point.objects.count() == 1200
    assert Case.objects.filter(external_key__startswith="demo-").count() == SMALL.cases


def test_on_the_last_day_cases_stand_at_every_stage(city: Any) -> None:
    standing = set(Case.objects.values_list("state", flat=True))

    assert standing == set(State)


def test_all_that_can_happen_to_a_case_has_happened(city: Any) -> None:
    names = set(CaseStep.objects.values_list("name", flat=True))

    assert names >= {
        "report", "file", "dispatch", "accept", "rectify", "verify", "close", "return", "send_back", "suspend", "resume", "void",
        "merge", "extend", "grant_extension", "whistle", "report_in", "plan_jointly", "score_whistle", "end_whistle",
        "supervise", "answer_supervision", "comment", "appeal", "decide_appeal",
    }  # fmt: skip
    for side in (Extension, Suspension, Whistle, Appeal):
        assert side.objects.exists()
    assert Case.objects.filter(recurrence_of__isnull=False).exists()
    assert Case.objects.filter(merged_into__isnull=False).exists()


def test_orders_stand_in_every_state_and_no_team_has_more_than_it_can(city: Any) -> None:
    assert set(Order.objects.values_list("state", flat=True)) == set(OrderState)
    assert Order.objects.filter(rated_by_time=True).exists()
    assert not Order.objects.filter(created_at__gte=last_moment(UNTIL)).exists()
    assert (ServiceKind.objects.count(), Team.objects.count()) == (25, 23)
    assert PracticeSite.objects.filter(level="station").count() == 139
    for team in Team.objects.all():
        back = OrderStep.objects.filter(name="not_served", order__team=team).count()
        assert team.orders.filter(state__in=["assigned", "accepted", "serving"]).count() <= team.capacity + back


def test_volunteers_have_towns_and_some_have_stars(city: Any) -> None:
    told = measures(start=date(2026, 8, 25), end=UNTIL, ref=reference.now())

    assert len([many for town, many in told.by_area.items() if town != "not_said" and many]) >= 3
    assert told.stars.get("1")
    assert set(Order.objects.exclude(score=None).values_list("as_asked", flat=True)) <= {True, False}


def test_nothing_lies_in_the_future(city: Any) -> None:
    end = last_moment(UNTIL)

    assert not CaseStep.objects.filter(at__gte=end).exists()
    assert not Case.objects.filter(reported_at__gte=end).exists()


def test_some_are_late_and_most_are_not(city: Any) -> None:
    closed = Case.objects.filter(state="closed")
    late = sum(case.rectified_at > case.due_at for case in closed)

    assert 0.03 < late / len(closed) < 0.3
    assert Case.objects.overdue(last_moment(UNTIL)).exists()


def test_desks_and_units_keep_office_hours(city: Any) -> None:
    calendar = reference.now().calendar_for(None)
    desk = {"file", "dispatch", "accept", "verify", "close", "void", "merge", "return", "grant_extension"}
    steps = CaseStep.objects.filter(name__in=desk).values_list("at", flat=True)

    # A moment exactly at closing time still belongs to the day.
    outside = [at for at in steps if not calendar.is_open(at) and calendar.work_seconds(at.replace(second=0), at) == 0]
    assert len(outside) <= len(steps) // 100


def test_nobody_judged_his_own_work(city: Any) -> None:
    handled = set(CaseStep.objects.filter(name__in=["accept", "rectify"]).values_list("case", "by"))
    judged = set(CaseStep.objects.filter(name__in=["verify", "close", "send_back"]).values_list("case", "by"))

    assert not handled & judged


def test_cases_lie_in_the_grid_they_name(city: Any) -> None:
    grids = reference.now().grids

    for case in Case.objects.order_by("pk")[::25]:
        found = grids.locate(case.lon, case.lat)
        assert found is not None
        assert found.id == case.grid_id


def test_pictures_show_before_and_after(city: Any) -> None:
    kinds = set(CaseEvidence.objects.values_list("kind", flat=True))

    assert kinds == {"near", "far", "after"}
    assert CaseEvidence.objects.count() >= 100


@pytest.mark.parametrize(("username", "unit"), [(row[0], row[2]) for row in ACCOUNTS])
def test_printed_accounts_let_one_in(city: Any, username: str, unit: str) -> None:
    person = Person.objects.get(username=username)

    assert person.check_password(PASSWORD)
    assert person.appointments.filter(unit__code=unit).exists()


@pytest.mark.parametrize("code", ["CGJ", "350212001", "ZHB"])
def test_there_is_work_for_the_printed_accounts(city: Any, code: str) -> None:
    waiting = Case.objects.filter(owner__code=code, state__in=sorted(OPEN))

    assert waiting.count() >= 4


def test_the_recipe_is_kept_in_the_ledger(city: Any) -> None:
    assert built_before() == {"seed": 7, "until": "2026-11-22", "cases": 900, "rounds": True, "orders": 240}


def test_the_fingerprint_is_of_everything_told_and_of_no_public_id(city: Any) -> None:
    rows = [repr(row) for row in contents()]

    assert not [row for row in rows if PUBLIC_ID.search(row)]
    for said in ("讲文明 树新风", "三季度居民问卷", "楼上夜里走路声音大。", "第二天又停满了。", "陈一二家庭"):
        assert any(said in row for row in rows), said


def test_residents_whose_reports_were_put_right_say_how_content_they_are(city: Any) -> None:
    told = how_content(at=last_moment(UNTIL))

    assert told["asked"] > told["answered"] >= 6
    assert sum(1 for _grade, _word, many in told["grades"] if many) >= 3
    assert not Feedback.objects.filter(answered_at__gte=last_moment(UNTIL)).exists()


def test_a_house_with_units_is_never_built_upon(city: Any) -> None:
    before = digest()

    with pytest.raises(Conflict):
        build(SMALL, at=NOW)

    assert digest() == before


def test_asked_again_the_command_leaves_the_city_alone_and_prints_the_accounts(city: Any) -> None:
    result = CliRunner().invoke(demo, ["--no-serve", "--seed", "8"])

    assert result.exit_code == 0, result.output
    assert "here already" in result.output
    assert all(row[0] in result.output for row in ACCOUNTS)
    assert PASSWORD in result.output


@pytest.mark.slow(seconds=90)
@pytest.mark.django_db
@override_settings(CIVICLOOP_JOBS_RUN="none")
def test_the_same_recipe_gives_the_same_city() -> None:
    prints = []
    for _ in range(2):
        with transaction.atomic():
            build(Recipe(3, UNTIL, 250, rounds=False, orders=60), at=NOW)
            prints.append(digest())
            transaction.set_rollback(True)

    assert prints[0] == prints[1]


def test_another_seed_tells_other_stories(city: Any) -> None:
    ref = reference.now()
    one, other = (
        [record.description for record in histories(city, ref, seed=seed, until=UNTIL, many=300)]
        for seed in (SMALL.seed, 8)
    )

    assert one != other


@pytest.mark.django_db
def test_a_real_city_is_refused_in_plain_words() -> None:
    Unit.objects.create(code="real", name="Real", kind="command_post")

    result = CliRunner().invoke(demo, ["--no-serve"])

    assert result.exit_code == 1
    assert "Nothing was changed" in result.output
    assert not Case.objects.exists()


def test_what_was_heard_at_doors_stands_in_every_state(city: Any) -> None:
    from civicloop.surveys.models import DoorOpinion
    from civicloop.surveys.models.opinions import KIND_LABELS, STATE_LABELS

    rows = list(DoorOpinion.objects.select_related("case", "passed_to"))
    assert {one.state for one in rows} == set(STATE_LABELS)
    assert {one.kind for one in rows} == set(KIND_LABELS)
    assert all(one.case.address for one in rows if one.state == "case_opened")
    assert all(one.passed_to is not None for one in rows if one.state == "passed_on")


def test_a_survey_says_how_alike_neighbours_answer_and_what_posters_said_beside_it(city: Any) -> None:
    from civicloop.surveys.models import Survey

    for survey in Survey.objects.filter(state="closed"):
        questions = survey.results["questions"]
        assert any(one["clusters"]["measured"] for one in questions)
        assert all(one["open"] for one in questions)
        assert survey.results["weighting"]["measured"]
