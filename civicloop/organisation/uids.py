"""Public ids for things that are known by name, so that the ledger can keep a chain about them."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5


def named_uid(name: str) -> UUID:
    """The same id for the same name, always."""
    return uuid5(NAMESPACE_URL, f"civicloop:{name}")
