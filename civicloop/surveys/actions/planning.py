"""A survey from its plan to its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.surveys import policy, reckoning
from civicloop.surveys.models import Questionnaire, Stratum, Survey
from civicloop.surveys.rules.design import PROPORTIONAL, WHOLE, Design, plan
from civicloop.surveys.rules.questionnaire import Paper, read

KIND = "survey"
MOST_STRATA = 200


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A street or town of a survey: who lives there, and how many belong to each group the answers are weighted by."""

    name: str
    population: int
    unit_id: int | None = None
    groups: Mapping[str, int] = field(default_factory=dict)


@transaction.atomic
def plan_survey(
    *, title: str, questionnaire: Questionnaire, starts_on: date, ends_on: date, strata: Sequence[StratumRow], margin: float,
    by: Person, at: datetime, allocation: str = PROPORTIONAL, aim: str = WHOLE, response: float = 1.0, group: str = "",
    margins: Mapping[str, Mapping[str, int]] | None = None, per_cluster: int = 1, alike: float = 0.0,
    ref: Reference | None = None,
) -> Survey:  # fmt: skip
    """Plan a survey: how many answers each stratum needs for this margin.

    Answers are weighted by stratum and either `group`, a question about the person whose people are known in each stratum, or
    `margins`, the people by answer to several such questions in the whole city (raking). `per_cluster` answers come from each
    building or residents' group, whose people think `alike`. Raises Invalid, NotAllowed.
    """
    ref = ref or reference.now()
    policy.require(ref.actor(by, day_of(at)), "survey.plan", by=by)
    told = clean_text(title, limit=100, field="title")
    if not told:
        raise Invalid("title", "required", field="title")
    if ends_on < starts_on:
        raise Invalid("ends_on", "ends_before_start")
    paper = read(questionnaire.content)
    names = _check_strata(strata, paper, group)
    raked = _check_margins(margins or {}, paper, group)
    people = {name: row.population for name, row in zip(names, strata, strict=True)}
    made = plan(people, margin=margin, how=allocation, aim=aim, response=response, per_cluster=per_cluster, alike=alike)
    asked_for = {
        "margin": margin, "allocation": allocation, "aim": aim, "response": response, "reached": round(made.margin, 5),
        "per_cluster": per_cluster, "alike": alike, "effect": round(made.effect, 5),
    }  # fmt: skip
    survey = Survey.objects.create(
        title=told, questionnaire=questionnaire, starts_on=starts_on, ends_on=ends_on, design=asked_for, group=group, margins=raked,
        made_by=by, made_at=at,
    )  # fmt: skip
    _keep_strata(survey, names, strata, made)
    data = {"title": told, "questionnaire": f"{paper.code} v{paper.version}", **asked_for, "answers": made.answers}
    record("survey", survey.uid, "survey.plan", by=by.uid, at=at, data=data, new=True)
    return survey


def _keep_strata(survey: Survey, names: Sequence[str], strata: Sequence[StratumRow], made: Design) -> None:
    Stratum.objects.bulk_create(
        Stratum(
            survey=survey, name=name, unit_id=row.unit_id, population=row.population, groups=dict(row.groups),
            wanted=made.parts[name].answers, asked=made.parts[name].asked,
        )
        for name, row in zip(names, strata, strict=True)
    )  # fmt: skip


def open_survey(*, survey_uid: UUID, by: Person, at: datetime) -> Survey:
    """Let it be answered from now on. Raises NotFound, NotAllowed, Conflict."""
    return _move(survey_uid, "survey.open", {"draft"}, {"state": "open"}, by, at)


def cancel_survey(*, survey_uid: UUID, reason: str, by: Person, at: datetime) -> Survey:
    """Give a survey up; what was answered is kept and never becomes a rate. Raises NotFound, NotAllowed, Conflict, Invalid."""
    told = clean_text(reason, limit=1000, multiline=True, field="reason")
    if not told:
        raise Invalid("reason", "required", field="reason")
    return _move(survey_uid, "survey.cancel", {"draft", "open"}, {"state": "cancelled"}, by, at, {"reason": told})


@transaction.atomic
def close_survey(*, survey_uid: UUID, by: Person, at: datetime, ref: Reference | None = None) -> Survey:
    """End it and reckon its results, which never change afterwards. Raises NotFound, NotAllowed, Conflict."""
    survey = locked(survey_uid)
    ref = ref or reference.now()
    policy.require(ref.actor(by, day_of(at)), "survey.close", by=by, about=(KIND, str(survey.uid)))
    if survey.state != "open":
        raise Conflict("survey_not_open", state=survey.state)
    survey.results = reckoning.results_of(survey, least=int(ref.parameters["surveys.smallest_group"]))
    survey.state, survey.closed_at = "closed", at
    survey.save(update_fields=["state", "closed_at", "results"])
    data = {"answers": survey.results["answers"], "least": survey.results["least"]}
    record("survey", survey.uid, "survey.close", by=by.uid, at=at, data=data)
    return survey


def locked(uid: UUID) -> Survey:
    """The survey, locked until the transaction ends. Raises NotFound."""
    found = Survey.objects.select_for_update(of=("self",)).select_related("questionnaire").filter(uid=uid).first()
    if found is None:
        raise NotFound(KIND, uid)
    return found


@transaction.atomic
def _move(
    uid: UUID, verb: str, origin: set[str], changes: Mapping[str, Any], by: Person, at: datetime,
    data: Mapping[str, Any] | None = None,
) -> Survey:  # fmt: skip
    survey = locked(uid)
    policy.require(reference.now().actor(by, day_of(at)), verb, by=by, about=(KIND, str(uid)))
    if survey.state not in origin:
        raise Conflict("survey_not_open" if survey.state != "draft" else "survey_not_begun", state=survey.state)
    for name, value in changes.items():
        setattr(survey, name, value)
    survey.save(update_fields=list(changes))
    record("survey", survey.uid, verb, by=by.uid, at=at, data={"state": survey.state, **(data or {})})
    return survey


def _check_margins(margins: Mapping[str, Mapping[str, int]], paper: Paper, group: str) -> dict[str, dict[str, int]]:
    """The margins without answers of which no people are known; each needs two at least, or it weighs nothing."""
    if margins and group:
        raise Invalid("group", "one_way_of_weighting")
    kept = {}
    for name, people in margins.items():
        question = paper.about_named(name)
        if question is None:
            raise Invalid("margins", "unknown_choice", value=name[:40])
        unknown = sorted(set(people) - {one.code for one in question.choices})
        if unknown:
            raise Invalid("margins", "unknown_choice", value=unknown[0][:40])
        kept[name] = {one.code: int(people[one.code]) for one in question.choices if people.get(one.code, 0) > 0}
        if len(kept[name]) < 2 or min(people.values()) < 0:
            raise Invalid("margins", "margin_needs_two", name=question.text[:60])
    return kept


def _check_strata(strata: Sequence[StratumRow], paper: Paper, group: str) -> list[str]:
    if not strata:
        raise Invalid("strata", "required", field="strata")
    if len(strata) > MOST_STRATA:
        raise Invalid("strata", "too_many", limit=MOST_STRATA)
    names = [clean_text(row.name, limit=60, field="strata") for row in strata]
    twice = next((name for name in names if not name or names.count(name) > 1), None)
    if twice is not None:
        raise Invalid("strata", "code_twice", value=twice)
    question = paper.about_named(group) if group else None
    if group and question is None:
        raise Invalid("group", "unknown_choice", value=group[:40])
    known = {one.code for one in question.choices} if question else set()
    for row in strata:
        unknown = sorted(set(row.groups) - known)
        if unknown:
            raise Invalid("strata", "unknown_choice", value=unknown[0][:40])
        if row.groups and (min(row.groups.values()) < 0 or sum(row.groups.values()) != row.population):
            raise Invalid("strata", "groups_are_not_the_people", name=row.name[:60])
    return names
