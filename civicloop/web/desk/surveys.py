"""Surveys at the desk: the list with the latest rates, a new one, how far one has come, its results."""

from __future__ import annotations

import csv
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
from civicloop.surveys.models import Questionnaire, Survey
from civicloop.surveys.rules.questionnaire import read
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.rounds import read_day
from civicloop.web.refusals import keep
from civicloop.web.ui import surveywords
from civicloop.web.ui.intervals import axis_of
from civicloop.web.ui.trendline import trend_of

MOST = 60
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
)
BOM = "\ufeff"


@login_required
@require_GET
def surveys(request: HttpRequest) -> HttpResponse:
    """All surveys, the latest first, under the rates as they stand."""
    asking = asker(request)
    policy.require(asking.actor, "survey.read", by=asking.person)
    reads = policy.may(asking.actor, "survey.read_results")
    rates = list(queries.latest_rates().values()) if reads else []
    told = {
        "rows": list(queries.listing().select_related("questionnaire")[:MOST]),
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
    reads = policy.may(asking.actor, "survey.read_results")
    told = {
        "survey": found, "standing": standing, "answers": sum(one.answers for one in standing),
        "wanted": sum(one.stratum.wanted for one in standing), "people": sum(one.stratum.population for one in standing),
        "design": {name: 100 * float(found.design.get(name, 0)) for name in ("margin", "reached", "response")},
        "channels": [(surveywords.CHANNEL_LABELS[name], many) for name, many in sorted(queries.channels(found).items())],
        "may_plan": policy.may(asking.actor, "survey.plan"), "may_interview": policy.may(asking.actor, "survey.interview"),
        "reads": reads,
    }  # fmt: skip
    if found.results and reads:
        told |= _results(found, request.GET.get("q", ""))
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
    for row in _lines(found):
        writer.writerow([safe_cell(one) for one in row])
    response = HttpResponse(BOM + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="survey-{found.ends_on:%Y%m%d}.csv"'
    return response


def _lines(found: Survey) -> list[list[Any]]:
    about = {one.code: one for one in read(found.questionnaire.content).about}
    rows: list[list[Any]] = []
    for one in (found.results or {}).get("questions", []):
        text, measure = surveywords.said(one["text"], one["text_en"]), str(surveywords.MEASURES.get(one["measure"], ""))
        groups = [("", {**one, "name": ""})]
        groups += [(table, row) for table, told in one["by"].items() for row in told["rows"]]
        for table, row in groups:
            name = surveywords.group_word(table, row["name"], about) if table else _("all")
            shown = [f"{100 * row[key]:.1f}" for key in ("share", "low", "high")] if "share" in row else ["", "", ""]
            remark = _("too few answers") if row.get("hidden") else ""
            rows.append([text, measure, name, *shown, row.get("answers", ""), remark])
    return rows


def _results(found: Survey, asked: str) -> dict[str, Any]:
    """What the page shows of the results: all rates, and one question by groups."""
    results: dict[str, Any] = found.results or {}
    questions, before = results["questions"], queries.earlier(found)
    shown = [one for one in questions if not one["hidden"]]
    ends = [100 * one[name] for one in shown for name in ("low", "high")]
    chosen = next((one for one in questions if one["code"] == asked), None) or next(iter(shown), None)
    about = {one.code: one for one in read(found.questionnaire.content).about}
    return {
        "results": results, "axis": axis_of(ends) if ends else None,
        "questions": [_row(one, before.get(one["code"], [])) for one in questions],
        "chosen": _row(chosen, []) if chosen else None, "tables": _tables(chosen, about) if chosen else [],
        "trend": _trend(found, chosen, before.get(chosen["code"], [])) if chosen and not chosen["hidden"] else None,
        "choices": [
            (surveywords.said(one["text"], one["text_en"]), 100 * one["share"]) for one in (chosen or {}).get("choices", [])
        ],
    }  # fmt: skip


def _row(one: dict[str, Any], before: list[queries.Before]) -> dict[str, Any]:
    row = {
        "code": one["code"], "text": surveywords.said(one["text"], one["text_en"]), "hidden": one["hidden"],
        "word": surveywords.MEASURES.get(one["measure"], ""), "answers": one.get("answers", 0),
        "before": before[0] if before else None, "before_share": 100 * before[0].share if before else None,
        "change": surveywords.CHANGES[before[0].change] if before else "",
    }  # fmt: skip
    return row if one["hidden"] else row | {name: 100 * one[name] for name in ("share", "low", "high")}


def _tables(chosen: dict[str, Any], about: Any) -> list[dict[str, Any]]:
    tables = []
    for name, told in chosen["by"].items():
        rows = [
            {
                "name": surveywords.group_word(name, row["name"], about), "hidden": row.get("hidden", False),
                **({key: 100 * row[key] for key in ("share", "low", "high")} if "share" in row else {}),
                "answers": row.get("answers"), "rank_low": row.get("rank_low"), "rank_high": row.get("rank_high"),
            }
            for row in told["rows"]
        ]  # fmt: skip
        ends = [row[key] for row in rows for key in ("low", "high") if key in row]
        title = surveywords.TABLES.get(name) or surveywords.said(about[name].text, about[name].text_en)
        tables.append(
            {
                "title": title,
                "rows": rows,
                "axis": axis_of(ends) if ends else None,
                "ranked": told["ranked"],
                "hidden": told["hidden"],
            }
        )
    return [one for one in tables if len(one["rows"]) > 1]


def _trend(found: Survey, chosen: dict[str, Any], before: list[queries.Before]) -> Any:
    rows = [(one.ends_on, 100 * one.share, 100 * one.low, 100 * one.high) for one in reversed(before)]
    rows.append((found.ends_on, *(100 * chosen[key] for key in ("share", "low", "high"))))
    return trend_of(rows, None)


def _card(word: Any, share: float, low: float, high: float, answers: int, one: Any) -> dict[str, Any]:
    return {"word": word, "share": 100 * share, "low": 100 * low, "high": 100 * high, "answers": answers, "of": one}


def _form(request: HttpRequest, asking: Asker, typed: QueryDict | None, refused: Refused | None = None) -> HttpResponse:
    towns = [one.name for one in asking.ref.org.units.values() if one.kind == UnitKind.TOWN and one.active]
    today = timezone.localdate(asking.at)
    usual = {
        "margin": "5",
        "response": "60",
        "strata": "\n".join(f"{name} " for name in towns),
        "starts_on": today.isoformat(),
    }
    told = {
        "typed": {name: typed.get(name, "") for name in FIELDS} if typed is not None else usual,
        "questionnaires": Questionnaire.objects.defer("content")[:MOST], "fault": sentence(refused) if refused else "",
        "field": refused.field if isinstance(refused, Invalid) else "",
    }  # fmt: skip
    return render(request, "desk/survey_new.html", told, status=refused.status if refused else 200)


def _given(typed: QueryDict, asking: Asker) -> dict[str, Any]:
    uid = typed.get("questionnaire", "")
    try:
        questionnaire = Questionnaire.objects.filter(uid=UUID(uid)).first()
    except ValueError:
        questionnaire = None
    if questionnaire is None:
        raise Invalid("questionnaire", "required", field="questionnaire")
    group = typed.get("group", "")
    codes = [one.code for one in _choices_of(questionnaire, group)]
    return {
        "title": typed.get("title", ""), "questionnaire": questionnaire, "starts_on": read_day(typed, "starts_on"),
        "ends_on": read_day(typed, "ends_on"), "margin": _percent(typed, "margin"), "response": _percent(typed, "response"),
        "allocation": typed.get("allocation", ""), "aim": typed.get("aim", ""), "group": group,
        "strata": list(_strata(typed.get("strata", ""), codes, asking)),
    }  # fmt: skip


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
    try:
        return float(typed.get(name, "")) / 100
    except ValueError:
        raise Invalid(name, "not_a_number", value=typed.get(name, "")[:40]) from None


urlpatterns = [
    path("surveys", surveys, name="surveys"),
    path("surveys/new", plan, name="survey_new"),
    path("surveys/<uuid:uid>", survey, name="survey"),
    path("surveys/<uuid:uid>.csv", export, name="survey_csv"),
    path("surveys/<uuid:uid>/steps/<slug:step>", step, name="survey_step"),
    path("", include("civicloop.web.desk.surveys_asking")),
    path("", include("civicloop.web.desk.surveys_opinions")),
]
