"""Questions about surveys: the list, how far one has come, its results beside earlier ones, the latest rates, opinions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from civicloop.kernel import codes
from civicloop.kernel.refusal import Conflict, NotFound
from civicloop.standards.reference import Actor
from civicloop.surveys import policy
from civicloop.surveys.models import DoorOpinion, Invitation, Response, Stratum, Survey
from civicloop.surveys.models.opinions import OPEN
from civicloop.surveys.models.surveys import SHARED
from civicloop.surveys.rules.comparing import compare
from civicloop.surveys.rules.estimating import Estimate
from civicloop.surveys.rules.questionnaire import MEASURES
from civicloop.surveys.rules.results import DRAWN as SAMPLE

DRAWN = ~Q(channel__in=SHARED)
"""Of answers and invitations: those of the drawn sample."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One of the four rates as of the last survey that has closed; shares between 0 and 1."""

    measure: str
    share: float
    low: float
    high: float
    answers: int
    survey_uid: UUID
    title: str
    ends_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a stratum has come."""

    stratum: Stratum
    answers: int
    invitations: int


@dataclass(frozen=True, slots=True)
class Before:
    """A rate in an earlier survey, and whether the present one is `higher`, `lower` or `open`."""

    title: str
    ends_on: date
    share: float
    low: float
    high: float
    change: str


def listing() -> QuerySet[Survey]:
    """All surveys, the latest first, each with its `many` answers of the drawn sample and `wanted` ones."""
    answers = (
        Response.objects.filter(DRAWN, survey=OuterRef("pk"))
        .order_by()
        .values("survey")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Survey.objects.defer("results").annotate(
        many=Coalesce(Subquery(answers, output_field=IntegerField()), 0), wanted=Subquery(_wanted(), output_field=IntegerField())
    )  # fmt: skip


def get(uid: UUID) -> Survey:
    """One survey with its questionnaire. Raises NotFound."""
    found = Survey.objects.select_related("questionnaire", "made_by").filter(uid=uid).first()
    if found is None:
        raise NotFound("survey", uid)
    return found


def standing(survey: Survey) -> list[Standing]:
    """Answers and invitations of each stratum in the drawn sample, which is what a plan wants. Three statements."""
    answers = dict(_counted(survey.responses.filter(DRAWN).order_by()))
    invitations = dict(_counted(survey.invitations.filter(DRAWN).order_by()))
    return [
        Standing(one, answers.get(one.pk, 0), invitations.get(one.pk, 0))
        for one in survey.strata.select_related("unit")
    ]


def standing_of_channel(survey: Survey, channel: str) -> list[Standing]:
    """Answers and invitations of each stratum by one channel. Three statements."""
    answers = dict(_counted(survey.responses.filter(channel=channel).order_by()))
    invitations = dict(_counted(survey.invitations.filter(channel=channel).order_by()))
    return [Standing(one, answers.get(one.pk, 0), invitations.get(one.pk, 0)) for one in survey.strata.all()]


def codes_of(survey: Survey, channel: str) -> QuerySet[Invitation]:
    """The invitations of a channel, the latest first, each with how many answers were `used`."""
    rows = survey.invitations.filter(channel=channel).select_related("stratum")
    return rows.annotate(used=Count("responses")).order_by("-made_at", "-pk")


def channels(survey: Survey) -> dict[str, int]:
    """How many answered by which channel."""
    rows = survey.responses.order_by().values_list("channel").annotate(n=Count("pk"))
    return dict(rows)


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation whose token this is, with its survey and what is asked."""
    code = codes.read_code(token)
    if code is None:
        return None
    rows = Invitation.objects.select_related("survey__questionnaire", "stratum").annotate(used=Count("responses"))
    return rows.filter(digest=codes.digest(code)).first()


def require_answerable(row: Invitation, survey: Survey, *, used: int, on: date) -> None:
    """Raise Conflict where an invitation can no longer be answered: it was used, taken back, or the survey does not run."""
    if survey.state != "open" or on > survey.ends_on:
        raise Conflict("survey_not_open", state=survey.state)
    if on < survey.starts_on:
        raise Conflict("survey_not_begun", day=survey.starts_on.isoformat())
    if row.revoked_at is not None:
        raise Conflict("invitation_revoked")
    if used >= row.most:
        raise Conflict("invitation_used")


def earlier(survey: Survey, most: int = 8) -> dict[str, list[Before]]:
    """What surveys by the same questionnaire said before, by code of the question, the latest first. One statement."""
    now = {one["code"]: one for one in _rates(survey.results)}
    rows = Survey.objects.filter(
        state="closed", questionnaire__code=survey.questionnaire.code, ends_on__lt=survey.ends_on
    )
    found: dict[str, list[Before]] = {}
    for one in rows.order_by("-ends_on", "-id").only("title", "ends_on", "results")[:most]:
        for told in _rates(one.results):
            if told["code"] in now:
                change = compare(_estimate(now[told["code"]]), _estimate(told))
                before = Before(one.title, one.ends_on, told["share"], told["low"], told["high"], change)
                found.setdefault(told["code"], []).append(before)
    return found


def latest_rates() -> dict[str, Rate]:
    """The four rates (awareness, support, participation, satisfaction), each from the last survey that asked it, of the twelve that
    have closed last. One statement."""
    found: dict[str, Rate] = {}
    rows = Survey.objects.filter(state="closed").order_by("-ends_on", "-id").only("uid", "title", "ends_on", "results")
    for survey in rows[:12]:
        for told in _rates(survey.results):
            measure = told["measure"]
            if measure in MEASURES and measure not in found:
                found[measure] = Rate(
                    measure, told["share"], told["low"], told["high"], told["answers"], survey.uid, survey.title, survey.ends_on
                )  # fmt: skip
    return {measure: found[measure] for measure in MEASURES if measure in found}


def opinions(actor: Actor, *, state: str = "", late: datetime | None = None) -> QuerySet[DoorOpinion]:
    """The opinions a person may read, the latest first; those something should have come of before `late`, where it is given."""
    rows = DoorOpinion.objects.filter(policy.visible_opinions(actor)).select_related(
        "unit", "passed_to", "case", "noted_by"
    )
    if late is not None:
        rows = rows.filter(state__in=OPEN, act_by__lt=late)
    return rows.filter(state=state) if state else rows


def opinion(uid: UUID, actor: Actor) -> DoorOpinion:
    """One opinion. NotFound where there is none, or none that the person may read."""
    found = opinions(actor).filter(uid=uid).first()
    if found is None:
        raise NotFound("door_opinion", uid)
    return found


def _wanted() -> Any:
    from_strata = Stratum.objects.filter(survey=OuterRef("pk")).order_by().values("survey")
    return from_strata.annotate(n=Coalesce(Sum("wanted"), 0)).values("n")


def _counted(rows: Any) -> Sequence[tuple[int, int]]:
    return list(rows.values_list("stratum").annotate(n=Count("pk")))


def _rates(results: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The questions of which a rate may be told. Results of an earlier version that hold answers by open channels tell none that
    could stand beside another: their rates rest on no sample."""
    told = results or {}
    if told.get("basis") != SAMPLE and any(one.get("open") for one in told.get("channels", [])):
        return []
    return [one for one in told.get("questions", []) if not one["hidden"]]


def _estimate(told: Mapping[str, Any]) -> Estimate:
    return Estimate(told["share"], told["low"], told["high"], told["answers"], told["effective"])
