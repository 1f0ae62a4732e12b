"""One form of an edit page: show it, read it, act, say what happened. What was typed is never lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, Refused
from civicloop.sentences import sentence
from civicloop.web.desk.edit.history import Line, history_of
from civicloop.web.desk.once import key_of, same_again
from civicloop.web.refusals import keep
from civicloop.web.ui import editing
from civicloop.web.ui.editing import Asked


@dataclass
class Form:
    """What an edit page shows and does.

    `act` gets what was given (`only_changes`: only what differs from `now`) and does it by an ordinary action. `back` is
    where the reader came from and goes to. `about` names the object (kind, public id) whose history stands beside the form.
    """

    title: str
    fields: Sequence[Asked]
    act: Callable[[dict[str, Any]], Any]
    back: str
    button: str
    done: str
    now: dict[str, Any] = field(default_factory=dict)
    only_changes: bool = True
    about: tuple[str, Any] | None = None
    lead: str = ""
    then: Callable[[Any], str] | None = None
    beside: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    template: str = "edit/form.html"
    # The form carries a key of its own, and `act` finds under `once` what is the same when the same is sent twice.
    once: bool = False


def run(request: HttpRequest, form: Form) -> HttpResponse:
    """Answer a GET or POST of the form."""
    if request.method != "POST":
        return _page(request, form, None)
    try:
        given = editing.read(form.fields, request.POST)
        if form.only_changes:
            _check_stamp(request, form)
            given = editing.changes(form.fields, form.now, given)
            if not given:
                messages.info(request, _("Nothing was changed."))
                return redirect(form.back)
        if form.once:
            given["once"] = same_again(key_of(request), request.POST)
        outcome = form.act(given)
    except Refused as refused:
        if isinstance(refused, NotAllowed):
            raise
        keep(request, refused)
        return _page(request, form, refused)
    messages.success(request, form.done)
    return redirect(form.then(outcome) if form.then else form.back)


def _check_stamp(request: HttpRequest, form: Form) -> None:
    sent = request.POST.get("stamp", "")
    if sent and sent != editing.stamp(form.fields, form.now):
        raise Conflict("edited_meanwhile")


def _page(request: HttpRequest, form: Form, refused: Refused | None) -> HttpResponse:
    keys = {one.key for one in form.fields}
    faults = {}
    if isinstance(refused, Invalid) and refused.field in keys:
        faults = {refused.field: sentence(refused)}
    history: list[Line] = history_of(*form.about) if form.about else []
    told = {
        "form": form,
        "fields": editing.shown(form.fields, form.now, request.POST if refused else None, faults),
        "stamp": editing.stamp(form.fields, form.now) if form.only_changes else "",
        "once": key_of(request) if form.once else "",
        "sentence": sentence(refused) if refused and not faults else "",
        "faulty": bool(faults),
        "history": history,
        **form.told,
    }
    return render(request, form.template, told, status=refused.status if refused else 200)
