"""Keys of other systems, which we must be able to say again: encrypted in the database, under the signing key of the house."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

from civicloop.kernel.refusal import Conflict

SALT = "civicloop.residents.sealing"


def seal(text: str) -> str:
    """The text, encrypted."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises Conflict `secret_lost` where the signing key is another one than when it was sealed."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as fault:
        raise Conflict("secret_lost") from fault


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac(SALT, "key", algorithm="sha256").digest()))
