"""What people are told of: each matter says which of its rows a person may see today, and which a unit's group may hear of.

Kinds of loop are matters; so is what is no loop and told all the same, such as an event. Which there are stands on the wiring page,
named in the settings, so that whoever tells, shows or sweeps asks all of them and knows none by name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from civicloop.standards.reference import Actor, Reference


class Matter(ABC):
    """Something notices are about; `name` is their `loop_kind`."""

    name: str

    @abstractmethod
    def visible_to(self, actor: Actor) -> QuerySet[Any]:
        """The rows this person may see with the posts held today: of no other is anything told. In any order."""

    @abstractmethod
    def reaching(self, unit_id: int, ref: Reference) -> QuerySet[Any]:
        """The rows of which the group of a unit may hear, whoever sits in it. In any order."""

    def called(self, row: Any, ref: Reference) -> tuple[str, str]:
        """What people call it and what it is about, for a list: no personal data."""
        return row.number, ""


@dataclass(frozen=True)
class Known:
    """A matter the house knows. `first` are the steps the system takes when a time has run out, before the ladder looks: called
    with `at=`, it says how many it has taken.
    """

    matter: Matter
    first: Callable[..., int] | None = None


@cache
def known() -> Mapping[str, Known]:
    """All matters of the house by name, read once from the wiring page."""
    rows: Sequence[Known] = import_string(settings.CIVICLOOP_MATTERS)
    return {one.matter.name: one for one in rows}
