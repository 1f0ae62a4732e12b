"""The answer sheet of one visit: its form, and what is done with what comes back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from civicloop.inspection.actions.submitting import submit
from civicloop.inspection.models import Visit
from civicloop.inspection.sheets import items_of
from civicloop.kernel.ids import new_uid
from civicloop.kernel.refusal import Invalid, Refused
from civicloop.photos import actions as photos
from civicloop.sentences import sentence
from civicloop.standards.editions import book
from civicloop.standards.rules.shapes import ChecklistItem
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.desk.standards import by_aspect
from civicloop.web.refusals import keep
from civicloop.web.ui import sheetform
from civicloop.web.ui.sheetform import Typed

COMPONENT = "component"
HEX = frozenset("0123456789abcdef")


def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The empty form."""
    return _form(request, visit, Typed(QueryDict()))


def take(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Judge the visit; when it is refused, everything typed and every photo stays."""
    asking, items = asker(request), items_of(visit)
    stored, faults = _photos(request, items, asking)
    content = sheetform.content_of(items, request.POST, stored)
    faults |= {key: told for key, told in sheetform.find_faults(items, content).items() if key not in faults}
    if faults:
        return _form(request, visit, Typed(request.POST, stored, faults), status=422)
    try:
        submit(
            visit=visit, uid=_uid(request), content=content, by=asking.person, at=asking.at, door="desk", ref=asking.ref
        )
    except Refused as refused:
        keep(request, refused)
        told = sentence(refused)
        where = sheetform.place_of(refused, content) if isinstance(refused, Invalid) else ""
        typed = Typed(request.POST, stored, {where: [told]} if where else {})
        return _form(request, visit, typed, "" if where else told, status=refused.status)
    messages.success(request, _("The visit is judged."))
    return redirect("desk:visit", visit.uid)


def _form(request: HttpRequest, visit: Visit, typed: Typed, fault: str = "", status: int = 200) -> HttpResponse:
    asking, items = asker(request), items_of(visit)
    told = book(visit.round.edition_id)
    rows = {one.item.code: one for one in sheetform.entries(items, typed)}
    shown: dict[str, Any] = {
        "visit": visit,
        "book": told,
        "groups": [(one, [rows[item.code] for item in one.items]) for one in by_aspect(told, items)],
        "extras": sheetform.extras(typed),
        "uid": typed.data.get("uid") or new_uid(),
        "started_at": typed.data.get("started_at") or asking.at.isoformat(),
        "typed": typed.data,
        "fault": fault,
        "faulty": [rows[code] for code in rows if rows[code].faults],
        "matters": sorted(
            (one for one in asking.ref.categories.all() if one.kind != COMPONENT), key=lambda one: one.code
        ),
        "many": len(items),
    }
    return render(request, "desk/visit_sheet.html", shown, status=status)


def _photos(
    request: HttpRequest, items: tuple[ChecklistItem, ...], asking: Asker
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The photos of a form by item, those an earlier try has stored first; and what is wrong with others."""
    stored: dict[str, list[str]] = {}
    faults: dict[str, list[str]] = {}
    for key in sheetform.keys(items):
        found = [one for one in request.POST.getlist(f"{key}.kept") if len(one) == 64 and HEX.issuperset(one)]
        for file in request.FILES.getlist(f"{key}.photos"):
            try:
                stream: Any = file.file or file
                photo = photos.store(stream, sha256=None, by=asking.person, at=asking.at)
                found.append(photo.sha256)
            except Invalid as refused:
                faults.setdefault(key, []).append(sentence(refused))
        if found:
            stored[key] = list(dict.fromkeys(found))
    return stored, faults


def _uid(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("uid", ""))
    except ValueError:
        raise Invalid("uid", "not_a_uid") from None
