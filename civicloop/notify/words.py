"""What a message says: numbers, kinds and places, never a person; short where it must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from civicloop.documents.rules.sentences.masking import without_numbers
from civicloop.loops.models import Notice
from civicloop.spoken import NOTICES, STEPS

MOST_LINES = 20


def title_of(notices: Sequence[Notice]) -> str:
    """The subject."""
    many = len(notices)
    return ngettext("%(n)s matter waits for you", "%(n)s matters wait for you", many) % {"n": many}


def text_of(notices: Sequence[Notice], channel: str) -> str:
    """The body: a line each for mail and robots, counts by kind for a text message."""
    if channel == "sms":
        counts = Counter((said(one), "%(" in _sentence(one)) for one in notices)
        told = [words if counted else f"{words} {many}" for (words, counted), many in counts.most_common(4)]
        return _("；").join(told)
    lines = [_line(one) for one in notices[:MOST_LINES]]
    if len(notices) > MOST_LINES:
        lines.append(_("… and %(n)s more.") % {"n": len(notices) - MOST_LINES})
    if settings.CIVICLOOP_PUBLIC_URL:
        lines.append(f"{settings.CIVICLOOP_PUBLIC_URL}/inbox")
    return "\n".join(lines)


def said(notice: Notice) -> str:
    """The sentence of one notice's kind."""
    words = _sentence(notice)
    try:
        return words % notice.data
    except (KeyError, TypeError, ValueError):  # a sentence that counts, of a notice made before it did
        return words


def _sentence(notice: Notice) -> str:
    """As it stands, with the places of what it counts: first what it means of this kind of loop alone."""
    own = NOTICES.get(f"{notice.loop_kind}.{notice.kind}")
    return str(own or NOTICES.get(notice.kind) or STEPS.get(notice.kind.removeprefix("case.")) or notice.kind)


def _line(notice: Notice) -> str:
    number, category, title, place = (
        str(notice.data.get(key) or "") for key in ("number", "category", "title", "place")
    )
    # Titles and places are what somebody typed: a telephone number in them must not leave the house.
    told = (number, category, without_numbers(title), without_numbers(place), said(notice))
    return " · ".join(one for one in told if one)
