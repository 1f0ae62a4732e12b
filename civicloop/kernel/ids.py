"""Time-ordered public identifiers (UUID version 7, RFC 9562)."""

from __future__ import annotations

import uuid

from uuid_utils import compat


def new_uid() -> uuid.UUID:
    """A new UUIDv7: its first 48 bits are the time in milliseconds, so rows made together lie together."""
    return uuid.UUID(int=compat.uuid7().int)
