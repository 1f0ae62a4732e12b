"""Keyed digests and worked-out secrets of residents: what the database holds opens nothing without the house's signing key."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from civicloop.kernel.codes import code_of

HOUSE = "civicloop.residents."


def key_of(kind: str, value: str) -> str:
    """A contact or a network address as it is kept for comparing: an HMAC under the signing key, in hexadecimal digits."""
    return salted_hmac(HOUSE + kind, value, algorithm="sha256").hexdigest()


def code_for(sent_key: str) -> str:
    """The code that belongs to what the sender's page sent under its own key: sent twice, it is the same code."""
    return code_of(salted_hmac(HOUSE + "code", sent_key, algorithm="sha256").digest())


def kept_key(sent_key: str) -> str:
    """What is kept of the sender's key."""
    return hashlib.sha256(sent_key.encode()).hexdigest()


def feedback_secret(uid: UUID | str) -> str:
    """What opens one question how content somebody is: its id, signed."""
    return Signer(salt=HOUSE + "rate").sign(str(uid))


def read_feedback_secret(secret: str) -> UUID | None:
    """The id of the question this opens; None for what we never signed."""
    try:
        return UUID(Signer(salt=HOUSE + "rate").unsign(secret[:200]))
    except (BadSignature, ValueError):
        return None


def link_secret(uid: UUID | str) -> str:
    """The secret of a link, worked out from its row's id: 43 characters that an address may hold."""
    digest = salted_hmac(HOUSE + "link", str(uid), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
