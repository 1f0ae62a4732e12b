"""Invitations: letters for households, lists for interviewers, codes on posters and kiosks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from civicloop.kernel import codes
from civicloop.kernel.refusal import Conflict, Invalid, NotFound
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.surveys import policy
from civicloop.surveys.actions.planning import KIND, locked
from civicloop.surveys.models import Invitation, Stratum, Survey
from civicloop.surveys.models.surveys import CHANNEL_LABELS, SHARED

MOST_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation with its token, which is told this once and kept nowhere; and the number of its building or group."""

    serial: int
    stratum: str
    channel: str
    token: str
    cluster: int | None = None


@transaction.atomic
def invite(
    *, survey_uid: UUID, stratum_id: int, channel: str, many: int, by: Person, at: datetime, most: int | None = None,
    clusters: int = 0, ref: Reference | None = None,
) -> list[Invited]:  # fmt: skip
    """Make `many` invitations for a stratum. Those of a poster or kiosk take up to `most` answers, the others one.

    `clusters` shares them evenly among so many drawn buildings or residents' groups, numbered on from those that the stratum has
    for this channel; 0: people are drawn one by one. By the numbers closing measures how alike neighbours are. Raises NotFound,
    NotAllowed, Conflict (the survey has ended), Invalid.
    """
    ref = ref or reference.now()
    survey = locked(survey_uid)
    policy.require(ref.actor(by, day_of(at)), "survey.invite", by=by, about=(KIND, str(survey.uid)))
    if survey.state not in ("draft", "open"):
        raise Conflict("survey_not_open", state=survey.state)
    stratum = _stratum(survey, stratum_id, channel, many)
    answers = _most(channel, most, int(ref.parameters["surveys.most_by_code"]))
    first = (survey.invitations.aggregate(last=Max("serial"))["last"] or 0) + 1
    numbers = _clusters(clusters, many, channel, _last_cluster(stratum, channel))
    made = [
        Invited(first + place, stratum.name, channel, codes.new_code(), number) for place, number in enumerate(numbers)
    ]
    _write(survey, stratum, made, answers, at)
    told = {"stratum": stratum.name, "channel": channel, "many": many}
    data = {**told, "most": answers, "first": first, "clusters": clusters}
    record("survey", survey.uid, "survey.invite", by=by.uid, at=at, data=data)
    return made


def _stratum(survey: Survey, stratum_id: int, channel: str, many: int) -> Stratum:
    """The stratum that is invited, once channel and number are known to be possible."""
    stratum = survey.strata.filter(pk=stratum_id).first()
    if stratum is None:
        raise NotFound("stratum", stratum_id)
    if channel not in CHANNEL_LABELS:
        raise Invalid("channel", "unknown_choice", value=channel[:40])
    if not 1 <= many <= MOST_AT_ONCE:
        raise Invalid("many", "number_out_of_range", least=1, most=MOST_AT_ONCE)
    return stratum


def _write(survey: Survey, stratum: Stratum, made: Sequence[Invited], answers: int, at: datetime) -> None:
    rows = [
        Invitation(
            survey=survey, stratum=stratum, serial=one.serial, channel=one.channel, digest=codes.digest(one.token), most=answers,
            cluster=one.cluster, made_at=at,
        )
        for one in made
    ]  # fmt: skip
    Invitation.objects.bulk_create(rows, batch_size=1000)


@transaction.atomic
def revoke_invitation(*, survey_uid: UUID, serial: int, by: Person, at: datetime) -> Invitation:
    """Take an invitation back, such as a poster somebody has photographed and passed on; what was answered stays."""
    survey = locked(survey_uid)
    policy.require(reference.now().actor(by, day_of(at)), "survey.invite", by=by, about=(KIND, str(survey.uid)))
    row = Invitation.objects.select_for_update().filter(survey=survey, serial=serial).first()
    if row is None:
        raise NotFound("invitation", serial)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        record("survey", survey.uid, "survey.revoke_invitation", by=by.uid, at=at, data={"serial": serial})
    return row


def _most(channel: str, asked: int | None, limit: int) -> int:
    """A code that many may use is limited, so that one person with time cannot make a city's opinion."""
    if channel not in SHARED:
        return 1
    wanted = limit if asked is None else asked
    if not 1 <= wanted <= limit:
        raise Invalid("most", "number_out_of_range", least=1, most=limit)
    return wanted


def _clusters(wanted: int, many: int, channel: str, last: int) -> list[int | None]:
    """The number of each invitation's cluster; neighbours stand together. None throughout where people are drawn one by one."""
    if not wanted:
        return [None] * many
    if channel in SHARED:
        raise Invalid("clusters", "clusters_of_nobody")
    if not 1 <= wanted <= many:
        raise Invalid("clusters", "number_out_of_range", least=1, most=many)
    return [last + 1 + place * wanted // many for place in range(many)]


def _last_cluster(stratum: Stratum, channel: str) -> int:
    found = stratum.invitations.filter(channel=channel).aggregate(last=Max("cluster"))["last"]
    return int(found or 0)
