"""Numbers of identity papers at rest: sealed with a key made from the installation's secret, and a keyed digest to know one again.

A new secret key is brought in by keeping the old one in `SECRET_KEY_FALLBACKS`: what was sealed before stays readable.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from civicloop.kernel.refusal import Conflict

SEAL, PRINT = b"civicloop volunteers: identity numbers", b"civicloop volunteers: known again"


def seal(number: str) -> str:
    """The number, readable only with the secret key."""
    return _box().encrypt(number.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The number again; empty for what was never sealed. Raises Conflict `seal_key_lost` when the key is another one."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode("ascii")).decode()
    except InvalidToken as fault:
        raise Conflict("seal_key_lost") from fault


def prints(kind: str, number: str) -> list[str]:
    """The keyed digests by which this number may be known, that of the present key first."""
    return [
        hmac.new(_derived(key, PRINT), f"{kind}:{number}".encode(), hashlib.sha256).hexdigest() for key in _keys()
    ]  # fmt: skip


def _box() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key, SEAL))) for key in _keys()])


def _keys() -> list[str]:
    return [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


@cache
def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
