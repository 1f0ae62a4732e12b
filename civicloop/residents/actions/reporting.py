"""A resident reports: it becomes a case at once, or waits for a moderator; sent twice, it is one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from civicloop.bus import announce
from civicloop.cases.actions import report as open_case
from civicloop.cases.models import Case
from civicloop.cases.place import locate
from civicloop.kernel.codes import digest
from civicloop.kernel.masking import without_contacts
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.loops.evidence import check_photos
from civicloop.residents.actions.contacts import Contact, check_contact, keep_contact, keys_of
from civicloop.residents.facts import ReportHeld
from civicloop.residents.keys import code_for, kept_key, key_of
from civicloop.residents.models import Block, Plate, Report, ReportPhoto
from civicloop.residents.rules.holding import held_for
from civicloop.standards import reference
from civicloop.standards.reference import Reference

KIND = "report"
MOST_PHOTOS = 5
LIMIT = 4000
# Beyond so many times the usual number in a day the door is shut to a sender.
FLOOD = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where."""

    category_id: int
    description: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: str = "wgs84"
    photos: Sequence[str] = ()
    plate: str = ""
    # Answers to the category's own questions, checked already by a door that can ask them.
    answers: Mapping[str, Any] = field(default_factory=dict)
    # An inspection point, where the place was named by it alone.
    point_id: int | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """The report, the code that follows it, and whether it had been received before."""

    report: Report
    code: str
    again: bool = False


@transaction.atomic
def receive(
    problem: Problem, *, sent_key: str, contact: Contact | None = None, sender: str = "", proved: bool, at: datetime,
    ref: Reference | None = None,
) -> Received:  # fmt: skip
    """Take a report in. `sent_key` is what the sender's page made up (16 characters at least), `sender` its network address,
    `proved` whether its device has done its work.

    Raises Invalid (which field), NotFound for a plate that is none, Invalid `too_many_today` in a flood.
    """
    if not 16 <= len(sent_key) <= 100:
        raise Invalid("key", "key_unusable")
    known = Report.objects.filter(key=kept_key(sent_key)).first()
    if known is not None:
        return Received(known, code_for(sent_key), again=True)
    ref, whom = ref or reference.now(), check_contact(contact or Contact())
    content = _content(problem, ref)
    held = _held(content, whom, sender, proved, at, ref)
    report = _store(problem, content, held, whom, sent_key=sent_key, sender=sender, at=at)
    if report is None:  # sent twice at the same moment: the other was first
        return Received(Report.objects.get(key=kept_key(sent_key)), code_for(sent_key), again=True)
    record(KIND, report.uid, f"{KIND}.receive", by=None, at=at, data={"held_for": held}, new=True)
    if held:
        announce(ReportHeld(report.uid, at))
    else:
        enter(report, at=at, ref=ref)
    return Received(report, code_for(sent_key))


def enter(report: Report, *, at: datetime, ref: Reference) -> Case:
    """Make a case of a report, by the ordinary action. What was typed stands in the case from now on. Inside a transaction."""
    content = report.content
    shown = list(report.photos.exclude(state="hidden").values_list("photo_id", "photo__taken_at"))
    done = open_case(
        category_id=report.category_id, by=None, at=at, description=content["description"], lon=content["lon"], lat=content["lat"],
        datum=content["datum"], address=content["address"], photos=[{"sha256": one} for one, _taken in shown], source="resident",
        external_key=f"resident:{report.uid}", point_id=report.plate.point_id if report.plate else content.get("point"),
        answers=content.get("answers"), questions_asked=False,
        noted_at=_taken_at([taken for _one, taken in shown], at, ref), ref=ref,
    )  # fmt: skip
    report.case, report.state, report.content = done.case, "entered", {}
    report.save(update_fields=["case", "state", "content"])
    return done.case


def _taken_at(moments: Sequence[datetime | None], at: datetime, ref: Reference) -> datetime | None:
    """When the first photo was taken, if it says so and that can be: a wrong clock in a telephone refuses nobody's report."""
    first = at - timedelta(days=int(ref.parameters["report.noted_within_days"]))
    return next((moment for moment in moments if moment is not None and first <= moment <= at), None)


def _content(problem: Problem, ref: Reference) -> dict[str, Any]:
    """What was typed, checked as a case would be: a moderator is not given what cannot be entered. Numbers are masked."""
    if not ref.categories.by_id(problem.category_id).active:
        raise Invalid("category", "category_not_in_use", category=ref.categories.by_id(problem.category_id).code)
    text = clean_text(problem.description, limit=LIMIT, multiline=True, field="description")
    address, lon, lat, datum = placed(problem, ref)
    if len(problem.photos) > MOST_PHOTOS:
        raise Invalid("photos", "too_many", limit=MOST_PHOTOS)
    check_photos([{"sha256": one} for one in problem.photos])
    if not text and not problem.photos:
        raise Invalid("description", "words_or_photo")
    return {
        "description": without_contacts(text), "address": without_contacts(address), "lon": lon, "lat": lat, "datum": datum,
        **({} if problem.point_id is None else {"point": problem.point_id}),
        "answers": {code: without_contacts(one) if isinstance(one, str) else one for code, one in problem.answers.items()},
    }  # fmt: skip


def placed(problem: Problem, ref: Reference) -> tuple[str, float | None, float | None, str]:
    """Where it is: address, longitude, latitude and their datum, filled up from the plate.

    Raises Invalid `place`, `address`, NotFound for a plate that is none.
    """
    plate = plate_of(problem.plate)
    address = clean_text(problem.address, limit=200, field="address")
    lon, lat, datum = problem.lon, problem.lat, problem.datum
    if plate is not None:
        address = address or plate.address or plate.name
        if lon is None and lat is None:
            lon, lat, datum = plate.lon, plate.lat, "wgs84"
    if lon is None and lat is None and not address and not (plate and plate.point_id):
        raise Invalid("place", "place_missing")
    locate(lon, lat, datum, ref)
    return address, lon, lat, datum


def plate_of(code: str) -> Plate | None:
    """The plate with this code; None for an empty one. Raises NotFound."""
    if not code:
        return None
    plate = Plate.objects.select_related("point").filter(code=code.upper()[:10], active=True).first()
    if plate is None:
        raise NotFound("plate", code[:10])
    return plate


def _held(content: dict[str, Any], whom: Contact, sender: str, proved: bool, at: datetime, ref: Reference) -> list[str]:
    """Why the report waits. A network address that floods is turned away before; a contact is not: who floods under somebody else's
    telephone number would shut out whom it belongs to.
    """
    most, keys = int(ref.parameters["residents.most_a_day"]), keys_of(whom)
    sender_key = key_of("address", sender) if sender else ""
    same = mine = Q(sender_key=sender_key) if sender_key else Q(pk=None)
    if keys:
        same |= Q(reporter__phone_key__in=keys) | Q(reporter__email_key__in=keys)
    rows = Report.objects.filter(received_at__gt=at - timedelta(days=1))
    today = rows.filter(same).count()
    if today >= most * FLOOD and rows.filter(mine).count() >= most * FLOOD:
        raise Invalid("key", "too_many_today", limit=most)
    blocks = list(Block.objects.filter(until__gt=at).values_list("kind", "key"))
    words = [key for kind, key in blocks if kind == "word"]
    blocked = bool({sender_key, *keys} & {key for kind, key in blocks if kind != "word"})
    answered = (one for one in content["answers"].values() if isinstance(one, str))
    told = " ".join((content["description"], content["address"], *answered))
    return held_for(told, proved=proved, today=today, most_a_day=most, blocked=blocked, words=words)


def _store(
    problem: Problem, content: dict[str, Any], held: list[str], whom: Contact, *, sent_key: str, sender: str, at: datetime
) -> Report | None:  # fmt: skip
    try:
        with transaction.atomic():
            report = Report.objects.create(
                key=kept_key(sent_key), code_digest=digest(code_for(sent_key)), held_for=held, content=content,
                category_id=problem.category_id, plate=plate_of(problem.plate), received_at=at,
                sender_key=key_of("address", sender) if sender else "", reporter=keep_contact(whom, at=at),
            )  # fmt: skip
            bring_photos(report, problem.photos)
    except IntegrityError:
        return None
    return report


def bring_photos(report: Report, photos: Sequence[str]) -> None:
    """The photos that came with a report, each once; one that was hidden before, whoever had brought it, is hidden again."""
    brought = list(dict.fromkeys(photos))
    if not brought:
        return
    hidden = set(ReportPhoto.objects.filter(photo__in=brought, state="hidden").values_list("photo_id", flat=True))
    rows = [ReportPhoto(report=report, photo_id=one, state="hidden" if one in hidden else "waiting") for one in brought]
    ReportPhoto.objects.bulk_create(rows, ignore_conflicts=True)
