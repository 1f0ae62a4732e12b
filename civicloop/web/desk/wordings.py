"""The office's own wording of papers: the texts of each kind, changed for all papers from now on, the default beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from civicloop.documents import actions, policy, queries
from civicloop.documents.models import TextBlock
from civicloop.documents.papers import KINDS
from civicloop.documents.queries import Wanted
from civicloop.documents.rules.kinds import Kind
from civicloop.documents.texts import default_texts
from civicloop.kernel.refusal import NotFound, Refused
from civicloop.sentences import sentence
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.refusals import keep
from civicloop.web.ui import paperwords


@dataclass(frozen=True)
class Text:
    """One text of a kind: what is typed or stands, the default, and the office's own row where there is one."""

    key: str
    word: Any
    text: str
    default: str
    own: TextBlock | None
    long: bool

    @property
    def differs(self) -> bool:
        """Whether the office says something else than the default."""
        return self.own is not None and self.own.text != self.default


def may_edit(asking: Asker) -> bool:
    """Whether the asker may change the wording of some kind."""
    return any(policy.may(asking.actor, "edit_texts", Wanted(kind, None)) for kind in KINDS.values())


@login_required
@require_GET
def wordings(request: HttpRequest) -> HttpResponse:
    """The kinds of papers with the texts the office words in its own way."""
    asking = asker(request)
    for kind in KINDS.values():
        policy.require(asking.actor, "edit_texts", Wanted(kind, None), by=asking.person)
    own: dict[str, list[Any]] = {}
    for block in TextBlock.objects.order_by("kind", "key"):
        if block.text != default_texts(block.kind).get(block.key):
            own.setdefault(block.kind, []).append(paperwords.TEXTS.get(block.key, block.key))
    rows = [(kind, paperwords.USES.get(kind.name, ""), own.get(kind.name, [])) for kind in KINDS.values()
            if default_texts(kind.name)]  # fmt: skip
    return render(request, "desk/wording_list.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
def wording(request: HttpRequest, name: str) -> HttpResponse:
    """The texts of one kind. What was changed is kept, all of it or nothing."""
    asking = asker(request)
    kind = queries.kind_of(name)
    if not default_texts(name):
        raise NotFound("paper_kind", name)
    policy.require(asking.actor, "edit_texts", Wanted(kind, None), by=asking.person)
    if request.method == "GET":
        return _form(request, kind)
    now, typed = {one.key: one.text for one in _texts(kind, {})}, _typed(request, name)
    changed = {key: text for key, text in typed.items() if text.strip() != now[key].strip()}
    try:
        with transaction.atomic():
            for key, text in changed.items():
                actions.set_text(kind=name, key=key, text=text, by=asking.person, at=asking.at)
    except Refused as refused:
        keep(request, refused)
        return _form(request, kind, typed, sentence(refused), refused.status)
    if changed:
        messages.success(request, _("The texts are kept for all papers of this kind from now on."))
    return redirect("desk:wordings")


def _typed(request: HttpRequest, kind: str) -> dict[str, str]:
    """The texts of the form. One that was to be the default again comes back as the default."""
    defaults = default_texts(kind)
    again = set(request.POST.getlist("default"))
    return {
        key: default if key in again else request.POST[key].replace("\r\n", "\n")
        for key, default in defaults.items()
        if key in request.POST or key in again
    }


def _texts(kind: Kind, typed: dict[str, str]) -> list[Text]:
    own = {one.key: one for one in TextBlock.objects.filter(kind=kind.name).select_related("changed_by")}
    return [
        Text(
            key, paperwords.TEXTS.get(key, key), typed.get(key, own[key].text if key in own else default), default,
            own.get(key), key in paperwords.LONG,
        )
        for key, default in default_texts(kind.name).items()
    ]  # fmt: skip


def _form(
    request: HttpRequest, kind: Kind, typed: dict[str, str] | None = None, fault: str = "", status: int = 200
) -> HttpResponse:
    shown = {"kind": kind, "texts": _texts(kind, typed or {}), "fault": fault}
    return render(request, "desk/wording.html", shown, status=status)
