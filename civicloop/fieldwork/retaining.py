"""Voice notes go when their time is over: by the days a city keeps residents' photos, since a voice tells as much of a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from civicloop.cases.actions.engine import KIND
from civicloop.cases.models import Case
from civicloop.fieldwork.models import EntryPhoto
from civicloop.fieldwork.rules.ordering import DONE
from civicloop.photos import voices
from civicloop.photos.models import VoiceEvidence, VoiceNote
from civicloop.standards.reference import Reference

BATCH = 200


def retain_voices(*, at: datetime, ref: Reference) -> dict[str, int]:
    """Delete recordings of cases that ended `residents.keep_media_days` ago, and those that nothing named within
    `residents.keep_unsent_days`; returns how many of each. Safe to run twice, and together.
    """
    ended = at - timedelta(days=int(ref.parameters["residents.keep_media_days"]))
    unnamed = at - timedelta(days=int(ref.parameters["residents.keep_unsent_days"]))
    return {"ended": _in_batches(over(ended), at), "unnamed": _in_batches(nobodys(unnamed), at)}


def over(before: datetime) -> QuerySet[VoiceNote]:
    """Recordings all of whose cases ended before a moment."""
    lasting = Case.objects.filter(Q(ended_at=None) | Q(ended_at__gte=before), uid=OuterRef("loop_uid"))
    shown = VoiceEvidence.objects.filter(voice=OuterRef("pk"), loop_kind=KIND)
    rows = VoiceNote.objects.filter(removed_at=None, received_at__lt=before)
    return rows.filter(Exists(shown), ~Exists(shown.filter(Exists(lasting))))


def nobodys(before: datetime) -> QuerySet[VoiceNote]:
    """Recordings that came before a moment, belong to no step, and are awaited by no entry that may still be applied."""
    awaited = EntryPhoto.objects.filter(sha256=OuterRef("sha256"), entry__by=OuterRef("sent_by")).exclude(
        entry__state__in=sorted(DONE)
    )
    rows = VoiceNote.objects.filter(removed_at=None, received_at__lt=before)
    return rows.filter(~Exists(VoiceEvidence.objects.filter(voice=OuterRef("pk"))), ~Exists(awaited))


def _in_batches(rows: QuerySet[VoiceNote], at: datetime) -> int:
    """Each batch is a transaction of its own: a stop in the middle leaves what is done done."""
    done = 0
    while True:
        with transaction.atomic():
            found = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:BATCH])
            for row in found:
                voices.remove(row, at=at)
        if not found:
            return done
        done += len(found)
