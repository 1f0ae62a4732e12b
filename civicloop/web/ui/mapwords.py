"""The words of the map."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

WHICH: Mapping[str, Any] = MappingProxyType(
    {"open": _("open cases"), "overdue": _("overdue cases"), "closed": _("closed cases"), "all": _("all cases")}
)
"""Which cases a map shows."""
