"""Surveys at the desk: the list with the latest rates, a new one, how far one has come, its results."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import include, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.kernel.text import safe_cell
from civicloop.organisation.rules.roles import UnitKind
from civicloop.sentences import sentence
from civicloop.surveys import actions, policy, queries
from civicloop.surveys.actions import StratumRow
from civicloop.surveys.models import Questionnaire
from civicloop.surveys.models.surveys import SHARED
from civicloop.surveys.rules.questionnaire import read
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.paging import Order, page_of
from civicloop.web.desk.rounds import read_day
from civicloop.web.desk.surveys_results import lines_of_file, results_of_page
from civicloop.web.refusals import keep
from civicloop.web.ui import surveywords
from civicloop.web.ui.intervals import axis_of

MOST_QUESTIONNAIRES = 60
LATEST = Order(("made_at", "pk"), ("made_at", "pk"), newest_first=True)
FIELDS = (
    "title",
    "questionnaire",
    "starts_on",
    "ends_on",
    "margin",
    "allocation",
    "aim",
    "response",
    "group",
    "strata",
    "per_cluster",
    "alike",
)
RAKING = "raking"
BOM = "\ufeff"


@login_required
@require_GET
def surveys(request: HttpRequest) -> HttpResponse:
    """All surveys, the one planned last first, a page at a time, under the rates as they stand."""
    asking = asker(request)
    policy.require(asking.actor, "survey.read", by=asking.person)
    reads = policy.may(asking.actor, "survey.read_results")
    rates = list(queries.latest_rates().values()) if reads else []
    told = {
        "page": page_of(queries.listing().select_related("questionnaire"), LATEST, request.GET),
        "rates": [_card(surveywords.MEASURES[one.measure], one.share, one.low, one.high, one.answers, one) for one in rates],
        "axis": axis_of([100 * end for one in rates for end in (one.low, one.high)]) if rates else None,
        "may_plan": policy.may(asking.actor, "survey.plan"), "reads": reads,
    }  # fmt: skip
    return render(request, "desk/survey_list.html", told)


@login_required
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """The form of a new survey."""
    asking = asker(request)
    if request.method == "GET":
        policy.require(asking.actor, "survey.plan", by=asking.person)
        return _form(request, asking, None)
    try:
        made = actions.plan_survey(**_given(request.POST, asking), by=asking.person, at=asking.at, ref=asking.ref)
    except Refused as refused:
        keep(request, refused)
        return _form(request, asking, request.POST, refused)
    messages.success(request, _("The survey is planned. Make the invitations, then open it."))
    return redirect("desk:survey", made.uid)


@login_required
@require_GET
def survey(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One survey: how far it has come, what may be done, and once it has closed its results."""
    asking = asker(request)
    policy.require(asking.actor, "survey.read", by=asking.person)
    found = queries.get(uid)
    standing = queries.standing(found)
    reads, many = policy.may(asking.actor, "survey.read_results"), queries.channels(found)
    told = {
        "survey": found, "standing": standing, "opened": sum(many.get(name, 0) for name in SHARED),
        "answers": sum(one.answers for one in standing),
        "wanted": sum(one.stratum.wanted for one in standing), "people": sum(one.stratum.population for one in standing),
        "design": {name: 100 * float(found.design.get(name, 0)) for name in ("margin", "reached", "response")},
        "clusters": {name: found.design.get(name, 1) for name in ("per_cluster", "alike", "effect")},
        "channels": [(name, word, many.get(name, 0), name in SHARED) for name, word in surveywords.CHANNEL_LABELS.items()],
        "may_plan": policy.may(asking.actor, "survey.plan"), "may_interview": policy.may(asking.actor, "survey.interview"),
        "reads": reads,
    }  # fmt: skip
    if found.results and reads:
        told |= results_of_page(found, request.GET.get("q", ""), request.GET.get("by", ""))
    return render(request, "desk/survey_page.html", told)


@login_required
@require_POST
def step(request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
    """Open, close or give up a survey."""
    asking = asker(request)
    told: dict[str, Any] = {"survey_uid": uid, "by": asking.person, "at": asking.at}
    if step == "open":
        actions.open_survey(**told)
        messages.success(request, _("The survey is open."))
    elif step == "close":
        actions.close_survey(**told, ref=asking.ref)
        messages.success(request, _("The survey has closed; its results will not change any more."))
    elif step == "cancel":
        actions.cancel_survey(**told, reason=request.POST.get("reason", ""))
        messages.success(request, _("The survey was given up."))
    else:
        raise NotFound("step", step)
    return redirect("desk:survey", uid)


@login_required
@require_GET
def export(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The results as CSV: rates and groups that may be shown, no answer of a person."""
    asking = asker(request)
    policy.require(asking.actor, "survey.read_results", by=asking.person)
    found = queries.get(uid)
    text = StringIO()
    writer = csv.writer(text)
    head = (
        _("question"),
        _("measure"),
        _("group"),
        _("share"),
        _("lower bound"),
        _("upper bound"),
        _("answers"),
        _("remark"),
    )
    writer.writerow([safe_cell(str(one)) for one in head])
    for row in lines_of_file(found):
        writer.writerow([safe_cell(one) for one in row])
    response = HttpResponse(BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="survey-{found.ends_on:%Y%m%d}.csv"'
    return response


def _card(word: Any, share: float, low: float, high: float, answers: int, one: Any) -> dict[str, Any]:
    return {"word": word, "share": 100 * share, "low": 100 * low, "high": 100 * high, "answers": answers, "of": one}


def _form(request: HttpRequest, asking: Asker, typed: QueryDict | None, refused: Refused | None = None) -> HttpResponse:
    towns = [one.name for one in asking.ref.org.units.values() if one.kind == UnitKind.TOWN and one.active]
    today = timezone.localdate(asking.at)
    usual = {
        "margin": "5",
        "response": "60",
        "per_cluster": "1",
        "alike": "0.05",
        "strata": "\n".join(f"{name} " for name in towns),
        "starts_on": today.isoformat(),
    }
    questionnaires = list(Questionnaire.objects.all()[:MOST_QUESTIONNAIRES])
    told = {
        "typed": {name: typed.get(name, "") for name in FIELDS} if typed is not None else usual,
        "questionnaires": questionnaires, "features": list(_features(questionnaires, typed)), "raking": RAKING,
        "fault": sentence(refused) if refused else "", "field": refused.field if isinstance(refused, Invalid) else "",
    }  # fmt: skip
    return render(request, "desk/survey_new.html", told, status=refused.status if refused else 200)


def _features(questionnaires: Iterable[Questionnaire], typed: QueryDict | None) -> Iterator[dict[str, Any]]:
    """The questions about the person, by which answers may be raked; of several versions the newest."""
    seen: set[str] = set()
    for one in questionnaires:
        for question in read(one.content).about:
            if question.code not in seen:
                seen.add(question.code)
                names = [(f"m.{question.code}.{c.code}", surveywords.said(c.text, c.text_en)) for c in question.choices]
                yield {
                    "text": surveywords.said(question.text, question.text_en),
                    "choices": [(name, word, typed.get(name, "") if typed is not None else "") for name, word in names],
                }


def _given(typed: QueryDict, asking: Asker) -> dict[str, Any]:
    uid = typed.get("questionnaire", "")
    try:
        questionnaire = Questionnaire.objects.filter(uid=UUID(uid)).first()
    except ValueError:
        questionnaire = None
    if questionnaire is None:
        raise Invalid("questionnaire", "required", field="questionnaire")
    group = typed.get("group", "")
    raking = group == RAKING
    codes = [one.code for one in _choices_of(questionnaire, "" if raking else group)]
    return {
        "title": typed.get("title", ""), "questionnaire": questionnaire, "starts_on": read_day(typed, "starts_on"),
        "ends_on": read_day(typed, "ends_on"), "margin": _percent(typed, "margin"), "response": _percent(typed, "response"),
        "allocation": typed.get("allocation", ""), "aim": typed.get("aim", ""), "group": "" if raking else group,
        "margins": _margins(typed, questionnaire) if raking else {}, "per_cluster": _whole(typed, "per_cluster"),
        "alike": _share(typed, "alike"), "strata": list(_strata(typed.get("strata", ""), codes, asking)),
    }  # fmt: skip


def _margins(typed: QueryDict, questionnaire: Questionnaire) -> dict[str, dict[str, int]]:
    """The people by feature; a feature of which nothing was typed is left out. Raises Invalid where nothing was typed at all."""
    found: dict[str, dict[str, int]] = {}
    for question in read(questionnaire.content).about:
        for choice in question.choices:
            text = typed.get(f"m.{question.code}.{choice.code}", "").strip()
            if not text:
                continue
            if not text.isdecimal() or len(text) > 9:
                raise Invalid("margins", "not_a_whole_number", value=text[:40])
            found.setdefault(question.code, {})[choice.code] = int(text)
    if not found:
        raise Invalid("margins", "required", field="margins")
    return found


def _choices_of(questionnaire: Questionnaire, group: str) -> Any:
    question = read(questionnaire.content).about_named(group) if group else None
    return question.choices if question else ()


def _strata(text: str, codes: list[str], asking: Asker) -> Any:
    """Lines of a name, its people, and the people of each group in the order of the questionnaire."""
    units = {one.name: one.id for one in asking.ref.org.units.values()}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.replace(",", " ").replace("，", " ").split()
        if len(words) < 2:
            continue
        name, *counts = words
        if not all(one.isdecimal() and len(one) < 10 for one in counts) or len(counts) > 1 + len(codes):
            raise Invalid("strata", "calendar_line_unreadable", line=number, value=line[:60])
        people, *groups = map(int, counts)
        yield StratumRow(name, people, units.get(name), dict(zip(codes, groups, strict=False)))


def _percent(typed: QueryDict, name: str) -> float:
    return _share(typed, name, "") / 100


def _share(typed: QueryDict, name: str, empty: str = "0") -> float:
    try:
        return float(typed.get(name) or empty)
    except ValueError:
        raise Invalid(name, "not_a_number", value=typed.get(name, "")[:40]) from None


def _whole(typed: QueryDict, name: str) -> int:
    text = typed.get(name, "").strip() or "1"
    if not text.isdecimal() or len(text) > 3:
        raise Invalid(name, "not_a_whole_number", value=text[:40])
    return int(text)


urlpatterns = [
    path("surveys", surveys, name="surveys"),
    path("surveys/new", plan, name="survey_new"),
    path("surveys/<uuid:uid>", survey, name="survey"),
    path("surveys/<uuid:uid>.csv", export, name="survey_csv"),
    path("surveys/<uuid:uid>/steps/<slug:step>", step, name="survey_step"),
    path("", include("civicloop.web.desk.surveys_channels")),
    path("", include("civicloop.web.desk.surveys_asking")),
    path("", include("civicloop.web.desk.surveys_opinions")),
]
