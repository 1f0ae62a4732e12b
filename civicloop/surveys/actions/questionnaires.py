"""Bringing a questionnaire in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.kernel.refusal import Conflict
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.surveys import policy
from civicloop.surveys.models import Questionnaire
from civicloop.surveys.rules.questionnaire import read

KIND = "questionnaire"


@transaction.atomic
def load_questionnaire(*, content: Mapping[str, Any], by: Person | None, at: datetime) -> Questionnaire:
    """Keep a questionnaire as a version of its code; the same again changes nothing. None as `by` is the system: a command.

    Raises Invalid (what is wrong, and where), NotAllowed, Conflict `questionnaire_differs` where this version is here with other
    content: surveys that use it must go on meaning what they meant.
    """
    if by is not None:
        policy.require(reference.now().actor(by, day_of(at)), "survey.plan", by=by)
    paper = read(content)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    row, new = Questionnaire.objects.get_or_create(
        code=paper.code, version=paper.version,
        defaults={"title": paper.title, "content": dict(content), "digest": digest, "loaded_at": at},
    )  # fmt: skip
    if row.digest != digest:
        raise Conflict("questionnaire_differs", code=paper.code, version=paper.version)
    if new:
        data = {"code": paper.code, "version": paper.version, "digest": digest}
        record("questionnaire", row.uid, "questionnaire.load", by=by.uid if by else None, at=at, data=data, new=True)
    return row
