"""The secret in the link of a forward: worked out from the forward's id and the signing key of the house, kept nowhere.

The database holds its SHA-256 alone, so a stolen copy opens no link; whoever may forward can be shown the link again, because it
can be worked out again. A house that changes its signing key shows no old link any more, and those already sent go on working.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from uuid import UUID

from django.utils.crypto import salted_hmac

from civicloop.cases.models import Forward

SALT = "civicloop.cases.forward"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def secret_of(uid: UUID) -> str:
    """256 bits as 43 characters that an address may hold."""
    return base64.urlsafe_b64encode(salted_hmac(SALT, str(uid), algorithm="sha256").digest()).decode().rstrip("=")


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def shown_secret(forward: Forward) -> str:
    """The secret of a forward, to be shown to who may forward; empty where the signing key has changed since it was sent."""
    secret = secret_of(forward.uid)
    return secret if hmac.compare_digest(digest_of(secret), forward.digest) else ""


def by_secret(secret: str) -> Forward | None:
    """The forward whose link this is. Found by the digest and compared in constant time, so that no timing tells of a near miss."""
    if not _SECRET.fullmatch(secret):
        return None
    digest = digest_of(secret)
    found = Forward.objects.select_related("case", "unit").filter(digest=digest).first()
    return found if found is not None and hmac.compare_digest(found.digest, digest) else None
