"""Whether a person's device stands behind a report: by default it does a second of work. A city may plug in a captcha instead.

`CIVICLOOP_PORTAL_CHECK` names the class: `fields(key, bits)` gives what the form carries, `template` a part of the form,
`passed(posted, key, bits)` the verdict. Without JavaScript nothing is passed, and the report waits for a moderator.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.module_loading import import_string

from civicloop.residents.rules.proof import proves

SALT = "civicloop.portal.proof"
# A form may lie open for an afternoon.
LONGEST = 6 * 3600


class Check(Protocol):
    """What a plug-in offers."""

    template: str

    def fields(self, key: str, bits: int) -> Mapping[str, Any]: ...
    def passed(self, posted: Mapping[str, Any], key: str, bits: int) -> bool: ...


class ProofOfWork:
    """The house's own check: a number that makes a SHA-256 begin with zeros, bound to one form."""

    template = "portal/proof.html"

    def fields(self, key: str, bits: int) -> dict[str, Any]:
        """The task: signed, so that nobody sets himself an easier one."""
        return {"challenge": TimestampSigner(salt=SALT).sign(f"{bits}.{key}"), "bits": bits}

    def passed(self, posted: Mapping[str, Any], key: str, bits: int) -> bool:
        """Whether the number posted solves the task of this form, in its time."""
        challenge = str(posted.get("proof_challenge", ""))[:300]
        try:
            told = TimestampSigner(salt=SALT).unsign(challenge, max_age=LONGEST)
        except BadSignature:
            return False
        return told == f"{bits}.{key}" and proves(challenge, str(posted.get("proof_answer", "")), bits)


def check() -> Check:
    """The check of this house."""
    found: Check = import_string(settings.CIVICLOOP_PORTAL_CHECK)()
    return found
