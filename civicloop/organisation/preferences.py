"""What a person has chosen for himself: read and written by that person only, so no policy and no ledger line."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Person, Preference

LONGEST = 20_000
"""Characters of one choice as JSON: enough for fifty saved filters, too little to fill a database with."""


def chosen(person: Person, key: str, otherwise: Any = None) -> Any:
    """What the person has chosen under `key`; `otherwise` when nothing."""
    row = Preference.objects.filter(person=person, key=key).first()
    return otherwise if row is None else row.value


def choose(*, key: str, value: Any, by: Person) -> None:
    """Keep a choice. Raises Invalid when it is too long or the key is."""
    from_text = str(value)
    if len(key) > 60 or len(from_text) > LONGEST:
        raise Invalid("value", "too_long", limit=LONGEST)
    with transaction.atomic():
        Preference.objects.update_or_create(person=by, key=key, defaults={"value": value})
