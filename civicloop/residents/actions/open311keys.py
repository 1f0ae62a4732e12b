"""Keys of programs that speak Open311: made, changed, revoked. No person stands behind one; its text is said once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.organisation.policy import require
from civicloop.residents.models import Open311Key

KIND = "open311_key"
PREFIX = "o3_"
MOST_PER_MINUTE = 100_000


@transaction.atomic
def make_key(
    *, client: str, jurisdiction: str = "", services: Sequence[str] = (), test: bool = False, per_minute: int = 120,
    contact: str = "", by: Person | None, at: datetime,
) -> tuple[Open311Key, str]:  # fmt: skip
    """A key for a client. Its text is returned here and never again. `contact`: whom to ask when the client misbehaves.

    Raises NotAllowed, Invalid `client`, `per_minute`, `jurisdiction`, `contact`.
    """
    require(by, "token.make", at=at)
    given = _checked(client, jurisdiction, services, per_minute, contact)
    text = PREFIX + secrets.token_urlsafe(24)
    row = Open311Key.objects.create(
        **given, digest=digest_of(text), ending=text[-4:], test=test, created_at=at, created_by=by
    )
    data = {**_impersonal(given), "test": test}
    record(KIND, row.uid, f"{KIND}.make", by=by.uid if by else None, at=at, data=data, new=True)
    return row, text


@transaction.atomic
def change_key(
    *, key: Open311Key, client: str, jurisdiction: str, services: Sequence[str], per_minute: int, contact: str,
    by: Person | None, at: datetime,
) -> Open311Key:  # fmt: skip
    """Change what a key is for; its text stays. Raises NotAllowed, Conflict `key_revoked`, Invalid as `make_key`."""
    require(by, "token.make", at=at)
    row = Open311Key.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if row.revoked_at is not None:
        raise Conflict("key_revoked")
    given = _checked(client, jurisdiction, services, per_minute, contact)
    before = {name: getattr(row, name) for name in given if getattr(row, name) != given[name]}
    if before:
        for name, value in given.items():
            setattr(row, name, value)
        row.save(update_fields=list(given))
        data = {"before": _impersonal(before), "after": _impersonal({name: given[name] for name in before})}
        record(KIND, row.uid, f"{KIND}.change", by=by.uid if by else None, at=at, data=data)
    return row


@transaction.atomic
def revoke_key(*, key: Open311Key, by: Person | None, at: datetime) -> None:
    """The key opens nothing from now on, and its subscriber is told nothing more. Safe to do twice."""
    require(by, "token.revoke", at=at)
    row = Open311Key.objects.select_for_update(of=("self",)).get(pk=key.pk)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        record(KIND, row.uid, f"{KIND}.revoke", by=by.uid if by else None, at=at)


def _impersonal(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger keeps, which nobody can change: of the contact only whether there is one."""
    return {name: bool(value) if name == "contact" else value for name, value in given.items()}


def digest_of(text: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(text.encode()).hexdigest()


def _checked(client: str, jurisdiction: str, services: Sequence[str], per_minute: int, contact: str) -> dict[str, Any]:
    """What a key is for, as it is kept."""
    name = clean_text(client, limit=100, field="client")
    if not name:
        raise Invalid("client", "required", field="client")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise Invalid("per_minute", "number_out_of_range", least=1, most=MOST_PER_MINUTE)
    return {
        "client": name, "jurisdiction": clean_text(jurisdiction, limit=100, field="jurisdiction").lower(),
        "services": sorted(set(services)), "per_minute": per_minute, "contact": clean_text(contact, limit=200, field="contact"),
    }  # fmt: skip
