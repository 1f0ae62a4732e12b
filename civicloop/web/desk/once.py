"""The key a form carries, so that what is sent twice is done once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4, uuid5

from django.http import HttpRequest, QueryDict

FIELD = "once"


def key_of(request: HttpRequest) -> UUID:
    """The key the form came with, else a new one."""
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return uuid4()


def same_again(key: UUID, typed: QueryDict, beside: Iterable[str] = ()) -> UUID:
    """The same for the same form with the same content: who goes back and writes something else means something else.

    `beside` is content that is no typed field, such as the digests of photos.
    """
    content = sorted((name, *values) for name, values in typed.lists() if name != "csrfmiddlewaretoken")
    return uuid5(key, repr([*content, *beside]))
