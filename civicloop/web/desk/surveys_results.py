"""What the page and the file of a survey show of its results. What is hidden is not in the results, so it cannot be shown here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from civicloop.surveys import queries
from civicloop.surveys.models import Survey
from civicloop.surveys.models.surveys import SHARED
from civicloop.surveys.rules.questionnaire import read
from civicloop.surveys.rules.results import DRAWN as SAMPLE
from civicloop.web.ui import surveywords
from civicloop.web.ui.intervals import axis_of
from civicloop.web.ui.trendline import trend_of


def lines_of_file(found: Survey) -> list[list[Any]]:
    """The rows of the CSV file: each rate for the city and for every group that may be shown."""
    about = {one.code: one for one in read(found.questionnaire.content).about}
    rows: list[list[Any]] = []
    for one in (found.results or {}).get("questions", []):
        text, measure = surveywords.said(one["text"], one["text_en"]), str(surveywords.MEASURES.get(one["measure"], ""))
        groups = [("", {**one, "name": ""})]
        groups += [(table, row) for table, told in one["by"].items() for row in told["rows"]]
        beside = one.get("open") or {"channels": []}
        for table, row in groups:
            name = surveywords.group_word(table, row["name"], about) if table else _("all")
            shown = [f"{100 * row[key]:.1f}" for key in ("share", "low", "high")] if "share" in row else ["", "", ""]
            remark = _("too few answers") if row.get("hidden") else ""
            rows.append([text, measure, name, *shown, row.get("answers", ""), remark])
        if "share" in beside:
            rows.append([text, measure, _("open channels, together"), *_beside(beside)])
        for row in beside["channels"]:
            rows.append([text, measure, surveywords.group_word("channel", row["name"], about), *_beside(row)])
    return rows


def _beside(row: dict[str, Any]) -> list[Any]:
    """What stands in the file of people nobody drew: a share and a count, no bounds."""
    if "share" not in row:
        return ["", "", "", "", _("too few answers")]
    return [
        f"{100 * row['share']:.1f}",
        "",
        "",
        row["answers"],
        _("open channel: in no rate, without a margin of error"),
    ]


def results_of_page(found: Survey, asked: str, by: str) -> dict[str, Any]:
    """What the page shows of the results: all rates, one question by groups, and what each group of one feature chose."""
    results: dict[str, Any] = found.results or {}
    questions, before = results["questions"], queries.earlier(found)
    shown = [one for one in questions if not one["hidden"]]
    ends = [100 * one[name] for one in shown for name in ("low", "high")]
    chosen = next((one for one in questions if one["code"] == asked), None) or next(iter(shown), None)
    chosen = chosen or next((one for one in questions if one.get("open")), None)
    about = {one.code: one for one in read(found.questionnaire.content).about}
    return {
        "results": results, "uncovered": surveywords.listed(results.get("uncovered", [])), "axis": axis_of(ends) if ends else None,
        "questions": [_row(one, before.get(one["code"], [])) for one in questions],
        "chosen": _row(chosen, []) if chosen else None, "tables": _tables(chosen, about) if chosen else [],
        "crosses": _crosses(chosen, about) if chosen else [], "cross": _cross(chosen, by, about) if chosen else None,
        "weighting": _weighting(results.get("weighting"), about),
        "open": surveywords.listed(
            str(surveywords.CHANNEL_LABELS.get(one["name"], one["name"])) for one in results["channels"] if one.get("open")
        ),
        "sampled": results.get("basis") == SAMPLE, "beside": _beside_of_page(chosen, found) if chosen else None,
        "trend": _trend(found, chosen, before.get(chosen["code"], [])) if chosen and not chosen["hidden"] else None,
        "choices": [
            (surveywords.said(one["text"], one["text_en"]), 100 * one["share"]) for one in (chosen or {}).get("choices", [])
        ],
    }  # fmt: skip


def _beside_of_page(chosen: dict[str, Any], found: Survey) -> dict[str, Any] | None:
    """What open channels said to the question that is opened: no interval, no rank."""
    told = chosen.get("open")
    if not told or told["hidden"]:
        return {"hidden": True} if told else None
    asked = next(one for one in read(found.questionnaire.content).questions if one.code == chosen["code"])
    words = {one.code: surveywords.said(one.text, one.text_en) for one in asked.choices}
    return {
        "hidden": False, "answers": told["answers"], "share": 100 * told["share"],
        "choices": [(words[one["code"]], 100 * one["share"]) for one in told["choices"]],
        "channels": [
            {
                "word": surveywords.CHANNEL_LABELS.get(one["name"], one["name"]), "hidden": one["hidden"],
                **({} if one["hidden"] else {"answers": one["answers"], "share": 100 * one["share"]}),
            }
            for one in told["channels"]
        ],
    }  # fmt: skip


def _row(one: dict[str, Any], before: list[queries.Before]) -> dict[str, Any]:
    row = {
        "code": one["code"], "text": surveywords.said(one["text"], one["text_en"]), "hidden": one["hidden"],
        "word": surveywords.MEASURES.get(one["measure"], ""), "answers": one.get("answers", 0),
        "effective": one.get("effective"), "effect": one.get("effect"), "clusters": one.get("clusters"), "open": _share_beside(one),
        "before": before[0] if before else None, "before_share": 100 * before[0].share if before else None,
        "change": surveywords.CHANGES[before[0].change] if before else "",
    }  # fmt: skip
    return row if one["hidden"] else row | {name: 100 * one[name] for name in ("share", "low", "high")}


def _share_beside(one: dict[str, Any]) -> dict[str, Any] | None:
    told = one.get("open")
    if not told:
        return None
    return (
        {"hidden": True}
        if told["hidden"]
        else {"hidden": False, "share": 100 * told["share"], "answers": told["answers"]}
    )


def _tables(chosen: dict[str, Any], about: Any) -> list[dict[str, Any]]:
    tables = []
    for name, told in chosen["by"].items():
        rows = [
            {
                "name": surveywords.group_word(name, row["name"], about), "hidden": row.get("hidden", False),
                **({key: 100 * row[key] for key in ("share", "low", "high")} if "share" in row else {}),
                "open": name == "channel" and row["name"] in SHARED, "answers": row.get("answers"),
                "rank_low": row.get("rank_low"), "rank_high": row.get("rank_high"),
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


def _weighting(told: dict[str, Any] | None, about: Any) -> dict[str, Any] | None:
    """How answers were weighted, with the features in words; None for results of before this was kept."""
    if not told:
        return None
    by = [surveywords.said(about[name].text, about[name].text_en) for name in told["margins"] if name in about]
    return told | {"by": surveywords.listed(by), "apart_points": 100 * told["apart"]}


def _table_word(name: str, about: Any) -> str:
    return str(surveywords.TABLES.get(name) or surveywords.said(about[name].text, about[name].text_en))


def _crosses(chosen: dict[str, Any], about: Any) -> list[tuple[str, str]]:
    """The features by which the choices of a question can be told apart."""
    tables = chosen.get("cross", {})
    return [(name, _table_word(name, about)) for name, told in tables.items() if len(told["rows"]) > 1 or told["rest"]]


def _cross(chosen: dict[str, Any], by: str, about: Any) -> dict[str, Any] | None:
    """The choices of a question in each group of one feature; the first feature where none was asked for."""
    names = [name for name, _word in _crosses(chosen, about)]
    if not names:
        return None
    name = by if by in names else next((one for one in names if one in about), names[0])
    told = chosen["cross"][name]
    words = {one["code"]: surveywords.said(one["text"], one["text_en"]) for one in chosen["choices"]}
    rows = [{**row, "name": surveywords.group_word(name, row["name"], about)} for row in told["rows"]]
    rest = [{**told["rest"], "name": _("groups too small, together")}] if told["rest"] else []
    return {
        "by": name, "title": _table_word(name, about), "choices": [words[code] for code in told["choices"]],
        "rows": [
            {"name": row["name"], "answers": row["answers"], "shares": [100 * share for share in row["shares"]]}
            for row in [*rows, *rest]
        ],
    }  # fmt: skip
