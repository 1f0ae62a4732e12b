"""A page for each way of asking: what it is for, how far it has come, and what is done there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.surveys import actions, policy, queries
from civicloop.surveys.actions.answering import BY_INTERVIEW
from civicloop.surveys.models.surveys import CHANNEL_LABELS, SHARED
from civicloop.web.desk.asker import asker
from civicloop.web.desk.paging import Order, page_of
from civicloop.web.portal.survey import MOST_BY_ADDRESS

LATEST = Order(("made_at", "pk"), ("made_at", "pk"), newest_first=True)
HOW: dict[str, Any] = {
    "household": gettext_lazy(
        "Households are drawn from the list of addresses. Each gets a letter with a number and a link; who does not answer by the "
        "link is visited, and the interviewer enters the number of the letter."
    ),
    "street": gettext_lazy(
        "At drawn places and hours every so-manyth passer-by is asked, never whom the interviewer picks. No invitation is needed: "
        "choose the street or town and take the answers down."
    ),
    "phone": gettext_lazy(
        "Numbers are drawn and called from a list outside this program; no number is entered here. Where invitations were made, "
        "enter the number of the invitation, otherwise the street or town."
    ),
    "qr": gettext_lazy(
        "A code on a poster. Whoever passes may answer, once by each telephone, and only so many in an hour from one network "
        "address. Nobody was drawn: what is answered here is told beside the rates and is in none of them."
    ),
    "kiosk": gettext_lazy(
        "A machine that stands somewhere and is used by many. Nobody was drawn: what is answered here is told beside the rates and "
        "is in none of them."
    ),
}  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def channel(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """One channel of a survey; a posted number takes an invitation back."""
    asking = asker(request)
    policy.require(asking.actor, "survey.read", by=asking.person)
    if name not in CHANNEL_LABELS:
        raise NotFound("channel", name)
    found = queries.get(uid)
    if request.method == "POST":
        actions.revoke_invitation(survey_uid=uid, serial=_serial(request), by=asking.person, at=asking.at)
        messages.success(request, _("The invitation was taken back; what was answered by it stays."))
        return redirect("desk:survey_channel", uid, name)
    standing, page = (
        queries.standing_of_channel(found, name),
        page_of(queries.codes_of(found, name), LATEST, request.GET),
    )
    told = {
        "survey": found, "name": name, "word": CHANNEL_LABELS[name], "how": HOW[name], "shared": name in SHARED,
        "most_by_address": MOST_BY_ADDRESS if name == "qr" else 0, "standing": standing,
        "answers": sum(one.answers for one in standing), "invitations": sum(one.invitations for one in standing),
        "page": page, "codes": page.rows,
        "channels": [(one, word, one == name) for one, word in CHANNEL_LABELS.items()],
        "may_interview": name in BY_INTERVIEW and found.state == "open" and policy.may(asking.actor, "survey.interview"),
        "may_invite": found.state in ("draft", "open") and policy.may(asking.actor, "survey.invite"),
    }  # fmt: skip
    return render(request, "desk/survey_channel.html", told)


def _serial(request: HttpRequest) -> int:
    text = request.POST.get("serial", "").strip()
    if not text.isdecimal() or len(text) > 9:
        raise Invalid("serial", "not_a_whole_number", value=text[:40])
    return int(text)


urlpatterns = [path("surveys/<uuid:uid>/channels/<slug:name>", channel, name="survey_channel")]
