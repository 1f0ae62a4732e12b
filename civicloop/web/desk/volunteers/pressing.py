"""A button on a page of this room: do what it asks, say so and go on; refused, the page stands there again with the sentence and
with what was typed. And the purpose that is asked for before a mask is lifted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from civicloop.kernel.refusal import NotAllowed, Refused
from civicloop.kernel.text import clean_text
from civicloop.sentences import sentence
from civicloop.web.refusals import keep

Made = TypeVar("Made")
MOST_PURPOSE = 200


def pressed(page: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For what a button on a page asks: whoever comes by its address alone, kept or loaded anew, is led to the page `page`."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        posted = require_POST(view)

        @wraps(view)
        def either(request: HttpRequest, **of: Any) -> HttpResponse:
            return redirect(page, **of) if request.method in ("GET", "HEAD") else posted(request, **of)

        return either

    return around


def press(
    request: HttpRequest, act: Callable[[], Made], *, done: Callable[[Made], str], then: Callable[[Made], str],
    again: Callable[[Refused], HttpResponse],
) -> HttpResponse:  # fmt: skip
    """Do it, say `done` and go to the address `then`; a refusal is answered by `again`, the page with the refusal. Who may not do
    it at all gets a page of its own: what he typed is of no use to him.
    """
    try:
        made = act()
    except NotAllowed:
        raise
    except Refused as refused:
        keep(request, refused)
        return again(refused)
    messages.success(request, done(made))
    return redirect(then(made))


def filled(
    request: HttpRequest, page: Callable[[Refused | None], HttpResponse], act: Callable[[], Made], *,
    done: Callable[[Made], str], then: Callable[[Made], str],
) -> HttpResponse:  # fmt: skip
    """A page with a form: the page, or what was sent in it done as by `press`; refused, the page again with the refusal."""
    return press(request, act, done=done, then=then, again=page) if request.method == "POST" else page(None)


def answered(
    request: HttpRequest, template: str, told: Mapping[str, Any], refused: Refused | None = None
) -> HttpResponse:  # fmt: skip
    """A page, with `sentence` where something was refused, and the right status."""
    said = sentence(refused) if refused else ""
    return render(request, template, {**told, "sentence": said}, status=refused.status if refused else 200)


def unmasked(
    request: HttpRequest, read: Callable[[str], Any], page: Callable[..., HttpResponse]
) -> HttpResponse:  # fmt: skip
    """Show what lies behind a mask, once, for a purpose that the ledger keeps; without one the page asks for it.

    `read` takes the purpose and writes the reading down; `page` takes `seen`, or `fault`, which stands at the field.
    """
    purpose = clean_text(request.POST.get("purpose", ""), limit=MOST_PURPOSE, field="purpose")
    if purpose:
        return page(seen=read(purpose))
    answer = page(fault=_("Say what you need it for; the ledger keeps it."))
    answer.status_code = 422
    return answer
