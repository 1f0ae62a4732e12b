"""How content residents are, who is blocked, and what retention did last."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from civicloop.kernel.refusal import Refused
from civicloop.residents import actions, policy
from civicloop.residents.queries import desk
from civicloop.sentences import sentence
from civicloop.web.desk.asker import asker
from civicloop.web.refusals import keep

# What retention takes away, by the names under which it counts.
RETAINED = {
    "reporters": gettext_lazy("Contacts of reporters"), "senders": gettext_lazy("Digests of network addresses"),
    "followers": gettext_lazy("Digests of network addresses, of those who follow"),
    "complainers": gettext_lazy("Digests of network addresses, of complaints"), "refused": gettext_lazy("Refused reports"),
    "undecided": gettext_lazy("Reports nobody decided: refused by rule"),
    "photos": gettext_lazy("Photos"), "unsent": gettext_lazy("Photos whose report was never sent"),
    "samples": gettext_lazy("Open311 requests that were only tried out"),
    "links": gettext_lazy("Links"), "blocks": gettext_lazy("Blocks"),
}  # fmt: skip


@login_required
@require_GET
def keeping(request: HttpRequest) -> HttpResponse:
    """The page."""
    asking = asker(request)
    policy.require(asking.person, "residents.read", at=asking.at, ref=asking.ref)
    last = desk.last_retention()
    told = {
        "content": desk.how_content(at=asking.at),
        "blocks": list(desk.blocks(at=asking.at)[:100]),
        "may_block": policy.may(asking.actor, "block.set"),
        "last": last,
        "done": [(RETAINED.get(name, name), n) for name, n in last.data.get("done", {}).items()] if last else [],
        "tab": "keeping",
    }
    return render(request, "desk/residents_keeping.html", told)


@login_required
@require_POST
def block_word(request: HttpRequest) -> HttpResponse:
    """Put a word on the list: a report that holds it waits for a moderator."""
    asking, days = asker(request), request.POST.get("days", "")
    try:
        actions.block(
            kind="word", word=request.POST.get("word", ""), reason=request.POST.get("reason", ""),
            days=int(days) if days.isdecimal() and len(days) < 4 else 0, by=asking.person, at=asking.at, ref=asking.ref,
        )  # fmt: skip
    except Refused as refused:
        keep(request, refused)
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Kept."))
    return redirect("desk:residents_keeping")


@login_required
@require_POST
def lift(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a block."""
    asking = asker(request)
    actions.lift_block(uid, by=asking.person, at=asking.at, ref=asking.ref)
    messages.success(request, _("The block has ended."))
    return redirect("desk:residents_keeping")
