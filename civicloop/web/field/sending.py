"""What phones send: entries, photos, and what their persons decide about those that were not applied."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from civicloop.fieldwork import actions, queries, tasks
from civicloop.fieldwork.models import Entry, EntryPhoto
from civicloop.fieldwork.policy import require_own
from civicloop.fieldwork.rules.envelope import MOST_ENTRIES, moment_of, uid_of
from civicloop.kernel.refusal import Conflict, Invalid, Refused, TooLarge
from civicloop.photos import actions as photos
from civicloop.photos import voices
from civicloop.photos.models import Photo, VoiceNote
from civicloop.photos.rules.address import is_address
from civicloop.photos.rules.picture import MAX_MEGABYTES, MEGABYTE
from civicloop.photos.rules.sound import MOST_MEGABYTES
from civicloop.web.desk.asker import Asker, asker
from civicloop.web.field.answering import Said, body_of, endpoint, reply, told
from civicloop.web.field.status import statuses

# A phone waits so long for an answer; what is not applied by then is stored, and a worker goes on.
SECONDS = 8.0
log = logging.getLogger(__name__)


@csrf_exempt  # each of the two asks for the token itself
def entries(request: HttpRequest) -> HttpResponse:
    """GET: how one's entries stand. POST: new ones."""
    return send(request) if request.method == "POST" else standing(request)


@endpoint("POST")
def send(request: HttpRequest) -> HttpResponse:
    """Store up to 50 entries, each by itself, then apply what can be applied. Safe to send again, whole or in part."""
    who, given = asker(request), body_of(request)
    device, clock = uid_of(given.get("device"), "device"), moment_of(given.get("clock"), "clock")
    rows = given.get("entries")
    if not isinstance(rows, list):
        raise Invalid("entries", "not_a_list")
    if len(rows) > MOST_ENTRIES:
        raise TooLarge("entries", "too_many", limit=MOST_ENTRIES)
    offset = (who.at - clock).total_seconds() if clock else None
    known = queries.known(_uid(one) for one in rows)
    answers = [_store(one, who, device, offset, known) for one in rows]
    _apply(who)
    now = _now([one["uid"] for one in answers if one["ok"] or "digest" in one], who)
    for one in answers:
        status = now.get(str(one["uid"]))
        if status is not None:
            one["entry"] = status
    return reply({"time": who.at, "entries": answers})


def _store(given: Any, who: Asker, device: UUID, offset: float | None, known: Mapping[UUID, Entry]) -> dict[str, Any]:
    try:
        taken = actions.receive(
            given=given, by=who.person, at=who.at, device=device, clock_offset_s=offset, known=known
        )
    except Refused as reason:
        row = told(reason) | {"uid": _uid(given)}
        if isinstance(reason, Conflict) and reason.code == "entry_differs":
            row["digest"] = {name: reason.params[name] for name in ("kept", "sent")}
        return row
    return {"ok": True, "uid": taken.entry.pk, "new": taken.new}


def _uid(given: Any) -> UUID | None:
    """The id of an entry, where it can be read at all."""
    try:
        return uid_of(given.get("uid"), "uid") if isinstance(given, Mapping) else None
    except Invalid:
        return None


def _apply(who: Asker) -> list[UUID]:
    """Apply within the time a phone waits. Everything is stored by now: whatever goes wrong here is tried again by the sweep."""
    until = time.monotonic() + SECONDS
    late: list[bool] = []

    def enough() -> bool:
        if time.monotonic() > until:
            late.append(True)
        return bool(late)

    try:
        changed = actions.apply_entries(by=who.person, at=who.at, ref=who.ref, enough=enough)
    except OperationalError:
        log.warning("entries are stored and will be applied later", exc_info=True)
        return []
    if late:
        tasks.apply_waiting.enqueue(at=who.at.isoformat())
    return changed


def _now(uids: list[UUID], who: Asker) -> dict[str, dict[str, Any]]:
    rows = list(Entry.objects.filter(pk__in=uids, by=who.person)) if uids else []
    return {str(row.pk): status for row, status in zip(rows, statuses(rows, who), strict=True)}


@endpoint("GET")
def standing(request: HttpRequest) -> HttpResponse:
    """How one's own entries stand: those changed since, or those named."""
    who = asker(request)
    uids = [uid_of(one, "uid") for one in request.GET.getlist("uid")[: queries.PAGE]]
    rows = queries.entries_of(who.person, at=who.at, since=_since(request.GET.get("since", "")), uids=uids)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    last = rows[-1] if more else None
    until = f"{last.changed_at.isoformat()}~{last.pk}" if last else f"{(who.at - queries.OVERLAP).isoformat()}~"
    return reply({"time": who.at, "until": until, "more": more, "entries": statuses(rows, who)})


def _since(told: str) -> tuple[datetime, UUID | None] | None:
    moment, _, uid = told.partition("~")
    at = moment_of(moment.replace(" ", "+"), "since")
    return None if at is None else (at, uid_of(uid, "since") if uid else None)


@endpoint("PUT")
def photo(request: HttpRequest, sha256: str) -> HttpResponse:
    """Take a picture's bytes under their SHA-256. The answer is the receipt; it tells the entries that named the picture."""
    who = _bringing(request, sha256, "photo", MAX_MEGABYTES)
    kept = photos.store(cast(BinaryIO, request), sha256=sha256, by=who.person, at=who.at)
    return _receipt(kept, who)


@endpoint("PUT")
def voice(request: HttpRequest, sha256: str) -> HttpResponse:
    """Take a voice note's bytes under their SHA-256, as a picture's."""
    who = _bringing(request, sha256, "voice", MOST_MEGABYTES)
    kept = voices.store(cast(BinaryIO, request), sha256=sha256, by=who.person, at=who.at)
    return _receipt(kept, who)


def _bringing(request: HttpRequest, sha256: str, what: str, megabytes: int) -> Asker:
    """Who brings a file, before one byte of it is read. Raises Invalid, NotFound, Said, TooLarge."""
    who = asker(request)
    if not is_address(sha256.lower()):
        raise Invalid("sha256", "sha256_malformed")
    named = request.GET.get("entry")
    if named:
        _require_own(uid_of(named, "entry"), who)
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal() or int(length) == 0:
        raise Said(411, "length_missing")
    if int(length) > megabytes * MEGABYTE:
        raise TooLarge(what, f"{what}_too_large", megabytes=megabytes)
    return who


def _receipt(kept: Photo | VoiceNote, who: Asker) -> HttpResponse:
    _apply(who)
    rows = EntryPhoto.objects.filter(sha256=kept.sha256, entry__by=who.person).values_list("entry", flat=True)
    told = list(_now(list(rows[: queries.PAGE]), who).values())
    new = kept.received_at == who.at
    return reply({"sha256": kept.sha256, "size": kept.size, "new": new, "entries": told}, 201 if new else 200)


def _require_own(uid: UUID, who: Asker) -> None:
    row = Entry.objects.filter(pk=uid).first()
    if row is not None:  # a photo may come before its entry
        require_own(row, who.person)


@endpoint("POST")
def settle(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Decide about an entry that was not applied: withdraw, retry, alone or resend."""
    who, given = asker(request), body_of(request)
    queries.entry_of(uid, who.person)
    decide = WAYS.get(str(given.get("what")))
    if decide is None:
        raise Invalid("what", "unknown_choice", value=str(given.get("what"))[:40])
    decide(uid, given, who)
    moved = [uid, *_apply(who)]
    now = _now(list(dict.fromkeys(moved)), who)
    own = now.pop(str(uid))
    return reply({"entry": own, "entries": list(now.values())})


def _withdraw(uid: UUID, given: Mapping[str, Any], who: Asker) -> None:
    actions.withdraw(uid=uid, reason=given.get("reason") or "", by=who.person, at=who.at)


def _retry(uid: UUID, given: Mapping[str, Any], who: Asker) -> None:
    actions.retry(uid=uid, by=who.person, at=who.at)


def _alone(uid: UUID, given: Mapping[str, Any], who: Asker) -> None:
    actions.stand_alone(uid=uid, by=who.person, at=who.at)


def _resend(uid: UUID, given: Mapping[str, Any], who: Asker) -> None:
    actions.resend(
        uid=uid, content=given.get("content"), photos=given.get("photos"), noted_at=given.get("noted_at"), by=who.person,
        at=who.at,
    )  # fmt: skip


WAYS: dict[str, Callable[[UUID, Mapping[str, Any], Asker], None]] = {
    "withdraw": _withdraw, "retry": _retry, "alone": _alone, "resend": _resend,
}  # fmt: skip
