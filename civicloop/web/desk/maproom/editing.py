"""The grid editor: a form that can be filled by hand, and a map that fills it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound, Refused
from civicloop.organisation import actions
from civicloop.organisation.models import Grid, Unit
from civicloop.organisation.models.people import ROLE_LABELS
from civicloop.organisation.models.places import CLASS_LABELS
from civicloop.organisation.policy import require
from civicloop.organisation.queries import answer_for_new
from civicloop.organisation.rules.roles import BLOCKS
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.maproom import redrawing
from civicloop.web.desk.maproom.redrawing import MAKES_ANEW, NEEDS_ONE, WHATS, Preview, Wanted
from civicloop.web.ui import maproomwords
from civicloop.web.ui.heatmap import heatmap

MOST_LISTED = 40
MOST_FAULTS = 30
WHAT_WORDS = {
    "reshape": gettext_lazy("move edges"), "split": gettext_lazy("split a grid"), "merge": gettext_lazy("merge grids"),
    "draw": gettext_lazy("draw a new one"), "move": gettext_lazy("name, class, unit"),
}  # fmt: skip
FAULT_WORDS = {"overlap": gettext_lazy("held twice"), "gap": gettext_lazy("held by nobody")}
HINTS = {
    "reshape": gettext_lazy("Choose one grid, then drag its corners on the map, or paste its new outline."),
    "split": gettext_lazy(
        "Choose one grid, then draw a line across it. The parts get new codes; the old grid stays in the history. "
        "Whoever answered for it answers for the parts."
    ),
    "merge": gettext_lazy(
        "Choose neighbours of one unit. They become one grid with a new code and the strictest class among them. "
        "Whoever answered for one of them answers for the whole."
    ),
    "draw": gettext_lazy("Draw an outline where no grid is yet."),
    "move": gettext_lazy(
        "Choose one grid and say what changes. Cases keep the unit they were given to; new ones go to the new unit."
    ),
}  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest) -> HttpResponse:
    """Look, preview, save. A preview is reckoned by the server, as saving is."""
    asking = asker(request)
    require(asking.person, "grid.edit", at=asking.at)
    typed = request.POST if request.method == "POST" else request.GET
    form = _form(typed)
    if request.method != "POST":
        return _page(request, asking, form)
    try:
        wanted = _wanted(form)
        if form["do"] != "save":
            found = redrawing.preview(wanted, asking.ref, timezone.localdate(asking.at))
            return _page(request, asking, form, found=found, wanted=wanted)
        told = _save(wanted, form, asking)
    except Refused as refused:
        if refused.status not in (404, 409, 412, 422):
            raise
        kept, of = _still(form, asking)
        return _page(request, asking, form, found=kept, wanted=of, fault=refused)
    messages.success(request, told)
    return redirect(f"{reverse('desk:grids_edit')}?what={wanted.what}")


def _still(form: dict[str, Any], asking: Asker) -> tuple[Preview | None, Wanted | None]:
    """The preview of a refused save, with the codes as they were typed; none where it was refused for its ground."""
    if form["do"] != "save":
        return None, None
    try:
        wanted = _wanted(form)
        return redrawing.preview(wanted, asking.ref, timezone.localdate(asking.at)), wanted
    except Refused:
        return None, None


def _form(typed: Any) -> dict[str, Any]:
    what = typed.get("what", "")
    codes = [one.strip().upper() for one in ",".join(typed.getlist("codes")).replace("，", ",").split(",")]
    found = {
        name: typed.get(name, "").strip() for name in ("geometry", "name", "unit", "area_class", "code", "q", "do")
    }
    return {
        **found, "what": what if what in WHATS else "reshape", "codes": list(dict.fromkeys(one for one in codes if one)),
        "named": [one.strip().upper() for one in typed.getlist("part_code")],
        "fit": bool(typed.get("fit")) or "do" not in typed, "seen": typed.get("seen", ""),
    }  # fmt: skip


def _wanted(form: dict[str, Any]) -> Wanted:
    what, codes = form["what"], tuple(form["codes"])
    if what in NEEDS_ONE and len(codes) != 1:
        raise Invalid("codes", "choose_one_grid")
    if what == "merge" and len(codes) < 2:
        raise Invalid("codes", "merge_needs_two")
    drawn = what in ("reshape", "split", "draw")
    if drawn and not form["geometry"]:
        raise Invalid("geometry", "required", field="geometry")
    return Wanted(
        what, () if what == "draw" else codes, redrawing.geometry_of(form["geometry"]) if drawn else None, form["fit"],
        tuple(form["named"]) if what in MAKES_ANEW else (),
    )  # fmt: skip


def _save(wanted: Wanted, form: dict[str, Any], asking: Asker) -> str:
    """Make the change, and say what came of it."""
    who: dict[str, Any] = {"by": asking.person, "at": timezone.now()}
    seen = _seen(form)
    match wanted.what:
        case "split":
            old = wanted.codes[0]
            made = actions.split_grid(
                code=old, line=wanted.geometry, codes=wanted.named, seen=seen.get(old, ""), **who
            )  # fmt: skip
            return (
                _("Split. The new grids are %(codes)s.") % {"codes": _codes(made)} + " " + _answering(made, who["at"])
            )
        case "merge":
            if len(wanted.named) > 1:
                raise Invalid("code", "codes_for_parts", many=1)
            code = "".join(wanted.named)
            one = actions.merge_grids(codes=wanted.codes, name=form["name"], code=code, seen=seen, **who)
            return _("Merged into %(code)s.") % {"code": one.code} + " " + _answering([one], who["at"])
        case "draw":
            one = actions.draw_grid(
                outline=wanted.geometry, name=form["name"], unit=_unit(form["unit"]), code=form["code"].upper(),
                area_class=form["area_class"] or "B", fit=wanted.fit, **who,
            )  # fmt: skip
            return _("%(code)s was drawn.") % {"code": one.code}
        case "reshape":
            changes: dict[str, Any] = {"outline": wanted.geometry}
        case _:
            changes = {name: form[name] for name in ("name", "area_class") if form[name]}
            changes |= {"unit": _unit(form["unit"])} if form["unit"] else {}
            if not changes:
                raise Invalid("name", "required", field="name")
    code = wanted.codes[0]
    actions.edit_grid(code=code, changes=changes, fit=wanted.fit, seen=seen.get(code, ""), **who)
    return _("%(code)s was changed.") % {"code": code}


def _answering(made: Sequence[Grid], at: datetime) -> str:
    """Whether somebody answers for new grids now."""
    if answer_for_new([one.code for one in made], timezone.localdate(at)):
        return _("Whoever answered before answers on; the security administrator can change that.")
    return _("Nobody is appointed yet: the security administrator names who answers.")


def _seen(form: dict[str, Any]) -> dict[str, str]:
    try:
        found = json.loads(form["seen"] or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _unit(code: str) -> Unit:
    found = Unit.objects.filter(code=code, active=True).first()
    if found is None:
        raise Invalid("unit", "unknown_unit", unit=code[:60])
    return found


def _codes(made: Sequence[Grid]) -> str:
    return ", ".join(one.code for one in made)


def _page(
    request: HttpRequest, asking: Asker, form: dict[str, Any], *, found: Preview | None = None,
    wanted: Wanted | None = None, fault: Refused | None = None,
) -> HttpResponse:  # fmt: skip
    faults = redrawing.faults_now(asking.ref)
    book = asking.ref.grids
    known = [code for code in form["codes"] if book.by_code(code)]
    told = {
        "form": form, "what_words": WHAT_WORDS, "hint": HINTS[form["what"]], "classes": CLASS_LABELS.items(),
        "units": [one for one in asking.ref.org.units.values() if one.active and one.kind in BLOCKS],
        "listed": _listed(asking, form["q"]), "most": MOST_LISTED, "chosen": [book.by_code(code) for code in known],
        "seen": json.dumps(redrawing.seen_of(known)) if known else "{}", "faults": faults[:MOST_FAULTS],
        "faults_all": len(faults), "fault_words": FAULT_WORDS, "words": maproomwords.editor(),
        "fault": sentence(fault) if fault else "", "found": found, "drawing": _drawing(asking, found, wanted),
        "script": _script(form, found, faults),
        "people": [(one.name, ROLE_LABELS.get(role, role), last) for one, role, last in found.people] if found else [],
    }  # fmt: skip
    status = 200 if fault is None else 422 if isinstance(fault, (Invalid, NotFound)) else fault.status
    return render(request, "desk/grids_edit.html", told, status=status)


def _listed(asking: Asker, words: str) -> list[Any]:
    """Grids whose code or name holds the words, with their units."""
    units = asking.ref.org.units
    rows = (one for one in asking.ref.grids.grids.values() if not words or words in one.code or words in one.name)
    shown = sorted(rows, key=lambda one: one.code)[: MOST_LISTED + 1]
    return [(one, units[one.unit_id].name if one.unit_id is not None and one.unit_id in units else "") for one in shown]


def _drawing(asking: Asker, found: Preview | None, wanted: Wanted | None) -> Any:
    """The preview without a map: the new outlines shaded among what lies around them."""
    if found is None or wanted is None:
        return None
    around = Grid.objects.filter(code__in=wanted.codes).values_list("code", "outline")
    before = [(code, outline, None) for code, outline in around]
    return heatmap([*before, *((f"+{at}", one, float(at)) for at, one in enumerate(found.outlines, 1))])


def _script(form: dict[str, Any], found: Preview | None, faults: list[Any]) -> dict[str, Any]:
    def features(rows: Any) -> list[dict[str, Any]]:
        return [{"type": "Feature", "geometry": one.outline, "properties": {"kind": one.kind}} for one in rows]

    outlines = found.outlines if found else ()
    made = [{"type": "Feature", "geometry": one, "properties": {"at": at}} for at, one in enumerate(outlines, 1)]
    return {
        "what": form["what"], "codes": form["codes"], "made": made,
        "faults": features([*faults[:MOST_FAULTS], *(found.brings if found else ())]),
    }  # fmt: skip
