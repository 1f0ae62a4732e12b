"""Answers: by the link of an invitation, or taken down by an interviewer. One answer for each invitation, whoever is first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localtime

from civicloop.kernel import codes
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.surveys import policy
from civicloop.surveys.actions.planning import KIND, locked
from civicloop.surveys.models import Invitation, Response, Survey
from civicloop.surveys.queries import require_answerable
from civicloop.surveys.rules.questionnaire import check_answers, read

BY_INTERVIEW = ("household", "street", "phone")
MOST_CLUSTERS = 99_999


def answer(*, token: str, answers: Mapping[str, Any], at: datetime) -> Response:
    """Answer by the token of an invitation; nobody is named, so nobody is asked whether he may.

    Raises NotFound (no such token), Conflict (`survey_not_open`, `invitation_used`, `invitation_revoked`), Invalid.
    """
    code = codes.read_code(token)
    rows = Invitation.objects.filter(digest=codes.digest(code)) if code else Invitation.objects.none()
    found = rows.values_list("pk", "survey__uid").first()
    if found is None:
        raise NotFound("invitation", "")
    with transaction.atomic():
        # The survey first, as everywhere: while it is being closed no answer slips in behind its results.
        survey = locked(found[1])
        row = Invitation.objects.select_for_update(of=("self",)).get(pk=found[0])
        row.survey = survey
        return _keep(row, answers, by=None, at=at)


@transaction.atomic
def interview(
    *, survey_uid: UUID, channel: str, answers: Mapping[str, Any], by: Person, at: datetime, stratum_id: int | None = None,
    serial: int | None = None, cluster: int | None = None, sent: UUID | None = None,
) -> Response:  # fmt: skip
    """Write down what somebody answered to an interviewer: for the invitation with this number, or for a new one in a stratum.

    `cluster` is the number of the drawn building, group or corner where nobody was invited; an invitation has its own. `sent` is
    what the form made up: the same answers that come twice by it are one person's.

    Raises NotFound, NotAllowed, Conflict, Invalid.
    """
    survey = locked(survey_uid)
    policy.require(reference.now().actor(by, day_of(at)), "survey.interview", by=by, about=(KIND, str(survey.uid)))
    if channel not in BY_INTERVIEW:
        raise Invalid("channel", "unknown_choice", value=channel[:40])
    if serial is not None:
        row = Invitation.objects.select_for_update(of=("self",)).filter(survey=survey, serial=serial).first()
        if row is None:
            raise NotFound("invitation", serial)
        row.survey = survey
    else:
        before = Invitation.objects.filter(uid=sent).first() if sent is not None else None
        known = before.responses.filter(entered_by=by).first() if before is not None else None
        if known is not None and _told(known) == (survey.pk, channel, stratum_id, cluster, _checked(survey, answers)):
            return known
        # Other answers by a form that was sent already (gone back to and ticked anew) are another person's.
        row = _for_interview(survey, channel, stratum_id, cluster, sent if before is None else None, at)
    return _keep(row, answers, by=by, at=at)


def _told(known: Response) -> tuple[int, str, int, int | None, dict[str, str]]:
    """What an interviewer had sent when this was written down."""
    return known.survey_id, known.channel, known.stratum_id, known.invitation.cluster, known.answers


def _checked(survey: Survey, answers: Mapping[str, Any]) -> dict[str, str]:
    return check_answers(read(survey.questionnaire.content), answers)


def _for_interview(
    survey: Survey, channel: str, stratum_id: int | None, cluster: int | None, sent: UUID | None, at: datetime
) -> Invitation:
    """An invitation that exists by being answered, without a token. As the answer it keeps the day alone, in its id too."""
    stratum = survey.strata.filter(pk=stratum_id).first() if stratum_id is not None else None
    if stratum is None:
        raise Invalid("stratum", "required", field="stratum")
    if cluster is not None and not 1 <= cluster <= MOST_CLUSTERS:
        raise Invalid("cluster", "number_out_of_range", least=1, most=MOST_CLUSTERS)
    serial = (survey.invitations.aggregate(last=Max("serial"))["last"] or 0) + 1
    return Invitation.objects.create(
        uid=sent or uuid4(),
        survey=survey,
        stratum=stratum,
        serial=serial,
        channel=channel,
        cluster=cluster,
        made_at=_day(at),
    )


def _keep(row: Invitation, answers: Mapping[str, Any], *, by: Person | None, at: datetime) -> Response:
    survey = row.survey
    place = row.responses.count() + 1
    require_answerable(row, survey, used=place - 1, on=day_of(at))
    kept = _checked(survey, answers)
    try:
        with transaction.atomic():
            made = Response.objects.create(
                uid=uuid4(), survey=survey, invitation=row, place=place, stratum_id=row.stratum_id, channel=row.channel,
                answers=kept, answered_on=day_of(at), entered_by=by,
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("invitation_used") from fault
    data = {"survey": str(survey.uid), "channel": row.channel}
    # The day alone here too, and an id without a moment in it: with a door's own log either would lead back to a person.
    record("survey_response", made.uid, "survey.answer", by=by.uid if by else None, at=_day(at), data=data, new=True)
    return made


def _day(at: datetime) -> datetime:
    """The first moment of the city's day."""
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
