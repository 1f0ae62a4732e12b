"""How an entry stands, as the phone is told: ready to show, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from civicloop.cases.models import CaseStep
from civicloop.cases.models.case import STATE_LABELS
from civicloop.fieldwork import queries
from civicloop.fieldwork.models import ENTRY_LABELS, Entry
from civicloop.fieldwork.queries import Now, Standing
from civicloop.fieldwork.refusing import spoken
from civicloop.fieldwork.rules.ordering import STOPPED
from civicloop.kernel.refusal import Refused
from civicloop.kernel.text import mask_name
from civicloop.sentences import sentence
from civicloop.spoken import ROLES
from civicloop.standards.reference import Reference
from civicloop.web.desk.asker import Asker
from civicloop.web.ui.words import STEPS

PLAIN = (
    "uid", "kind", "seq", "digest", "revision", "state", "noted_at", "clock_offset_s", "received_at", "applied_at",
    "changed_at",
)  # fmt: skip


def statuses(rows: Sequence[Entry], who: Asker) -> list[dict[str, Any]]:
    """How entries stand, in the order given."""
    return [_status(one, who.ref) for one in queries.standings(rows, actor=who.actor, at=who.at, ref=who.ref)]


def _status(one: Standing, ref: Reference) -> dict[str, Any]:
    row = one.entry
    code, said = _reason(one)
    refusal: Mapping[str, Any] = row.refusal or {} if row.state in STOPPED else {}
    who = refusal.get("params", {}).get("who", ())
    return {name: getattr(row, name) for name in PLAIN} | {
        "loop": row.loop_uid,
        "label": str(ENTRY_LABELS[row.state]),
        "code": code,
        "sentence": said,
        "who": [str(ROLES[role]) for role in who if role in ROLES],
        "field": refusal.get("field", ""),
        "missing": one.missing,
        "photos": {"wanted": one.wanted, "here": one.wanted - len(one.missing)},
        "behind": one.behind,
        "now": _now(one.now, ref) if one.now else None,
        "may": one.may,
        "warnings": [_warning(told) for told in row.result.get("warnings", ())],
        "result": _result(row) if row.state == "applied" else None,
    }


def _reason(one: Standing) -> tuple[str, str]:
    row = one.entry
    if row.state in STOPPED and row.refusal:
        return row.refusal["code"], spoken(row.refusal)
    if row.state == "waiting":
        return "photos_missing", sentence(Refused("entry_photos_missing", count=len(one.missing)))
    if row.state == "held":
        if one.unknown:
            return "predecessor_missing", sentence(Refused("entry_held"))
        if one.behind:
            return "predecessor_not_applied", sentence(Refused("entry_held"))
        return "not_yet_tried", sentence(Refused("entry_not_yet_tried"))
    return "", ""


def _result(row: Entry) -> dict[str, Any]:
    kept = {name: value for name, value in row.result.items() if name != "warnings"}
    if kept.get("case"):
        kept["case"] = _case(kept["case"])
    kept["cases"] = [_case(one) for one in kept.get("cases", ())]
    label = STATE_LABELS.get(kept.get("state", "")) if row.kind != "visit" else None
    return {"case": None, "version": None, "duplicates": [], "recurrence_of": None, **kept} | {
        "state_label": str(label) if label else ""
    }


def _case(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "url": reverse("desk:case", args=[one["uid"]])}


def _warning(told: Mapping[str, Any]) -> dict[str, Any]:
    sentences = {
        "far": _("This was noted %(metres)s m from the place.") % {"metres": told.get("metres", "")},
        "changed_meanwhile": _("Others have worked on this case since you saw it. Your step fitted and was taken."),
        "clock": _("The phone's clock was wrong by %(minutes)s minutes; the times were put right.")
        % {"minutes": round(abs(told.get("seconds", 0)) / 60)},
    }
    return {**told, "sentence": sentences.get(told["code"], "")}


def _now(now: Now, ref: Reference) -> dict[str, Any]:
    case = now.case
    return {
        "uid": case.uid,
        "number": case.number,
        "state": case.state,
        "state_label": str(STATE_LABELS[case.state]),
        "version": case.version,
        "unit": unit_named(case.unit_id, ref),
        "steps": now.steps,
        "since": [_step(step) for step in now.since],
    }


def _step(step: CaseStep) -> dict[str, Any]:
    return {
        "step": step.name,
        "label": str(STEPS.get(step.name, step.name)),
        "at": step.at,
        "unit": step.unit.name if step.unit else "",
        "by": mask_name(step.by.name) if step.by else "",
        "version": step.seq,
    }


def unit_named(unit_id: int | None, ref: Reference) -> dict[str, str] | None:
    """A unit by code and name."""
    if unit_id is None:
        return None
    unit = ref.org.unit(unit_id)
    return {"code": unit.code, "name": unit.name}
