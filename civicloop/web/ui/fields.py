"""Form fields of a step, from the lifecycle's `needs` and `asks`: what to ask for, and what a person has typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from civicloop.cases.given import field_of
from civicloop.kernel.lifecycle import Step
from civicloop.kernel.refusal import Invalid
from civicloop.web.ui.choices import Offer
from civicloop.web.ui.shownfield import Shown
from civicloop.web.ui.words import FIELDS as WORDS
from civicloop.web.ui.words import HINTS, STEP_HINTS, STEP_WORDS

# The order in which people think: what about, to whom, how much, why, proof.
ORDER = (
    "forward", "party", "contact", "category", "condition", "grid", "area_class", "place", "description", "unit", "units",
    "into", "whistle_kind",
    "meet_at", "person", "plan", "review_on", "amount", "unit_of_time", "level", "answer_by", "score", "ground",
    "verdict", "note", "reason", "answered_by", "photos",
)  # fmt: skip


def keys_of(step: Step) -> list[str]:
    """What a step needs and asks for, in the order of the page."""
    wanted = step.needs | step.asks
    return [key for key in ORDER if key in wanted] + sorted(wanted - set(ORDER))


def fields_of(step: Step, offer: Offer, typed: QueryDict | None, faults: Mapping[str, str]) -> list[Shown]:
    """The fields of a step, filled with what was typed, else with what is known of the case."""
    return [_shown(step, key, offer, typed, faults) for key in keys_of(step)]


def _shown(step: Step, key: str, offer: Offer, typed: QueryDict | None, faults: Mapping[str, str]) -> Shown:
    asked = field_of(step.name, key)
    kind, known = asked.kind, offer.value(key)
    return Shown(
        key=key,
        kind=kind,
        label=str(STEP_WORDS.get((step.name, key)) or WORDS.get(key) or key),
        required=key in step.needs or (key == "photos" and offer.needs_photo(step.name)),
        value=typed.get(key, "") if typed is not None else known,
        values=typed.getlist(key) if typed is not None else (),
        choices=offer.choices(step.name, key, asked),
        hint=str(STEP_HINTS.get((step.name, key)) or HINTS.get(key) or ""),
        fault=faults.get(key, ""),
        extra={name: (typed.get(name, "") if typed is not None else offer.value(name)) for name in _parts(kind)},
    )


def _parts(kind: str) -> Iterable[str]:
    return ("lon", "lat", "datum", "address") if kind == "place" else ()


def read(step: Step, offer: Offer, typed: QueryDict, photos: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was typed, as plain values under the step's keys. Raises Invalid.

    Left out is what was left empty, and what need not be given and is what the case says already.
    """
    given: dict[str, Any] = {}
    for key in keys_of(step):
        value = photos if key == "photos" else _read(step, key, offer, typed)
        if value not in (None, "", [], (), {}):
            given[key] = value
    return given


def _read(step: Step, key: str, offer: Offer, typed: QueryDict) -> Any:
    kind, text = field_of(step.name, key).kind, typed.get(key, "").strip()
    if kind == "units":
        return [one for one in typed.getlist(key) if one]
    if kind == "place":
        told = {name: typed.get(name, "").strip() for name in _parts(kind)}
        same = all(told[name] == offer.value(name) for name in told)
        return None if same else {name: _number(name, said) for name, said in told.items() if said}
    if key not in step.needs and text == offer.value(key):
        return None
    return offer.category(key, text) if kind == "category" and text else text


def _number(name: str, text: str) -> float | str:
    if name not in ("lon", "lat"):
        return text
    try:
        return float(text)
    except ValueError:
        raise Invalid("place", "not_a_number", value=text[:40]) from None


def required_fault() -> str:
    """What a field says when it was left empty."""
    return _("This is needed.")
