"""Whether a person's device stands behind a report: by default it does a second of work. A city may plug in a captcha instead.

`CIVICLOOP_PORTAL_CHECK` names the class: `fields(key, bits)` gives what the form carries, `template` a part of the form,
`passed(posted, key, bits)` the verdict, and `hosts`, where it has them, the other servers its scripts and frames come from: these
and no others are let into the content policy of this one page. Whoever does not pass is not turned away: a moderator looks first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from csp.constants import SELF
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse
from django.utils.module_loading import import_string

from civicloop.kernel.refusal import Conflict
from civicloop.residents.rules.proof import proves

SALT = "civicloop.portal.proof"
# A form may lie open for an afternoon.
LONGEST = 6 * 3600
MEMBERS = ("template", "fields", "passed")


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


def content_policy(answer: HttpResponse) -> HttpResponse:
    """The page with the servers of a check from outside let in; as it was where the check has none."""
    hosts = list(getattr(check(), "hosts", ()))
    if hosts:
        own = {"script-src": [SELF, *hosts], "style-src": [SELF, *hosts], "frame-src": [SELF, *hosts]}
        answer._csp_update = {**own, "connect-src": hosts, "img-src": hosts}  # type: ignore[attr-defined]
    return answer


def require_usable() -> None:
    """Asked before pages are served: nobody's report is the first to find out. Raises Conflict `portal_check_unusable`."""
    name = settings.CIVICLOOP_PORTAL_CHECK
    try:
        found = import_string(name)()
    except Exception as fault:
        raise Conflict("portal_check_unusable", name=name, why=str(fault)[:200]) from fault
    missing = ", ".join(one for one in MEMBERS if not hasattr(found, one))
    if missing:
        raise Conflict("portal_check_unusable", name=name, why=f"no {missing}")
