"""The field into which somebody types the code he was given, on pages that lead back to what the code stands for."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from civicloop.kernel.codes import read_code

MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class TypedCode:
    """What stood in the field `code` of a page: the code, where it is one; else what to show again, and what is wrong with it."""

    code: str | None = None
    text: str = ""
    fault: str = ""

    @property
    def status(self) -> int:
        """The status of the page that shows the field again."""
        return 422 if self.fault else 200


def typed_code(request: HttpRequest) -> TypedCode:
    """Read the field. An empty one is neither a code nor a fault."""
    text = request.GET.get("code", "").strip()
    if not text:
        return TypedCode()
    code = read_code(text)
    fault = "" if code else _("This is not a code: it has ten letters, such as ABCDE-FGHJK.")
    return TypedCode(code, text[:MOST_SHOWN], fault)
