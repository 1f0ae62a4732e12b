"""Retention: personal data and media go when their time is over, by rule, with a line in the ledger that says how many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from civicloop.cases.models import CaseEvidence
from civicloop.kernel.ids import new_uid
from civicloop.ledger.actions import record
from civicloop.photos.models import Photo
from civicloop.photos.reducing import reduce_photo
from civicloop.residents.models import (
    Block,
    Complaint,
    Following,
    MineLink,
    Open311Request,
    Report,
    Reporter,
    ReportPhoto,
    ResidentMessage,
)
from civicloop.standards import reference
from civicloop.standards.reference import Reference

KIND = "retention"
BATCH = 500
NAMES = ("contact", "media", "address", "refused", "unsent")


def retain(*, at: datetime, dry_run: bool = False, ref: Reference | None = None) -> dict[str, int]:
    """Do what the parameters `residents.keep_…_days` say; returns how many of each. With `dry_run` nothing is changed.

    Safe to run at any time, twice, and together: what is gone is not found again.
    """
    parameters = (ref or reference.now()).parameters
    days = {name: int(parameters[f"residents.keep_{name}_days"]) for name in NAMES}
    before, within = (
        {name: at - timedelta(days=n) for name, n in days.items()},
        int(parameters["residents.decide_within_days"]),
    )
    works: tuple[tuple[str, QuerySet[Any], Callable[[list[Any], datetime], None]], ...] = (
        ("reporters", reporters_over(before["contact"]), _anonymise),
        ("senders", Report.objects.filter(received_at__lt=before["address"]).exclude(sender_key=""), _forget_sender),
        (
            "followers",
            Following.objects.filter(since__lt=before["address"]).exclude(sender_key=""),
            _forget_sender,
        ),
        (
            "complainers",
            Complaint.objects.filter(submitted_at__lt=before["address"]).exclude(sender_key=""),
            _forget_sender,
        ),
        ("undecided", undecided_over(at - timedelta(days=within)), _refuse),
        ("refused", refused_over(before["refused"]), _empty_refused),
        ("photos", photos_over(before["media"]), _reduce),
        ("unsent", photos_unsent(before["unsent"]), _take_away),
        ("samples", Open311Request.objects.filter(report=None, received_at__lt=before["unsent"]), _delete),
        ("links", MineLink.objects.filter(expires_at__lt=at - timedelta(days=1)), _delete),
        ("blocks", Block.objects.filter(until__lt=at), _delete),
    )
    done = {}
    for name, rows, work in works:
        done[name] = rows.count() if dry_run else _in_batches(rows, work, at)
    if not dry_run and any(done.values()):
        record(KIND, new_uid(), "residents.retain", by=None, at=at, data={"done": done, "days": days}, new=True)
    return done


def reporters_over(before: datetime) -> QuerySet[Reporter]:
    """Reporters of whom everything had ended before a moment."""
    lasting = (
        Report.objects.filter(reporter=OuterRef("pk")).filter(
            Q(state="waiting") | Q(decided_at__gte=before) | _lasts("case", before)
        ),
        Following.objects.filter(reporter=OuterRef("pk")).filter(_lasts("case", before)),
        Complaint.objects.filter(reporter=OuterRef("pk")).filter(Q(ended_at=None) | Q(ended_at__gte=before)),
    )  # fmt: skip
    rows = Reporter.objects.filter(anonymised_at=None, created_at__lt=before)
    for one in lasting:
        rows = rows.filter(~Exists(one))
    return rows


def _lasts(case: str, before: datetime) -> Q:
    """Whether a case, or the one it was merged into and goes on in, had not ended before a moment."""
    found = Q()
    for one in (case, f"{case}__merged_into"):
        found |= Q(**{f"{one}__isnull": False, f"{one}__ended_at": None}) | Q(**{f"{one}__ended_at__gte": before})
    return found


def undecided_over(before: datetime) -> QuerySet[Report]:
    """Reports that have waited for a moderator since before a moment."""
    return Report.objects.filter(state="waiting", received_at__lt=before)


def refused_over(before: datetime) -> QuerySet[Report]:
    """Refused reports whose words or photos are still here."""
    with_photos = Exists(ReportPhoto.objects.filter(report=OuterRef("pk")))
    return Report.objects.filter(state="refused", decided_at__lt=before).filter(~Q(content={}) | Q(with_photos))


def photos_over(before: datetime) -> QuerySet[Photo]:
    """Photos sent by residents alone, all of whose cases ended before a moment, not reduced yet."""
    brought = ReportPhoto.objects.filter(photo=OuterRef("pk"))
    mine = brought.filter(report__state="entered")
    lasting = brought.filter(Q(report__state="waiting") | _lasts("report__case", before))
    elsewhere = CaseEvidence.objects.filter(photo=OuterRef("pk")).exclude(
        case__source="resident", step__name__in=("report", "comment"), step__by=None
    )
    rows = Photo.objects.filter(sent_by=None, reduced_at=None).filter(Exists(mine))
    return rows.filter(~Exists(lasting), ~Exists(elsewhere))


def photos_unsent(before: datetime) -> QuerySet[Photo]:
    """Photos of people without an account that arrived before a moment and that nothing names: their form was never sent."""
    return _unnamed(Photo.objects.filter(sent_by=None, reduced_at=None, received_at__lt=before))


def _unnamed(rows: QuerySet[Photo]) -> QuerySet[Photo]:
    """Those of the photos that no row of any table names."""
    for field in Photo._meta.get_fields(include_hidden=True):
        if field.auto_created and field.is_relation and field.concrete is False:
            relation: Any = field
            named = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.filter(~Exists(named.order_by()))
    return rows


def _in_batches(rows: QuerySet[Any], work: Callable[[list[Any], datetime], None], at: datetime) -> int:
    """Each batch is a transaction of its own: a stop in the middle leaves what is done done."""
    done = 0
    while True:
        with transaction.atomic():
            found = list(rows.select_for_update(of=("self",)).order_by("pk")[:BATCH])
            if not found:
                return done
            work(found, at)
            done += len(found)


def _anonymise(rows: list[Reporter], at: datetime) -> None:
    keys = [row.pk for row in rows]
    Reporter.objects.filter(pk__in=keys).update(
        name="", phone="", email="", phone_key="", email_key="", language="", anonymised_at=at
    )
    ResidentMessage.objects.filter(reporter__in=keys).delete()


def _forget_sender(rows: list[Any], at: datetime) -> None:
    type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).update(sender_key="")


def _refuse(rows: list[Report], at: datetime) -> None:
    """Nobody has decided: by rule it becomes no case. Who sent it reads so, and may send it again."""
    with translation.override(settings.LANGUAGE_CODE):
        told = _("Nobody decided about it in time, so it was not taken up; what it said is deleted.")
    Report.objects.filter(pk__in=[row.pk for row in rows]).update(state="refused", refusal=told, decided_at=at)
    for row in rows:
        record(
            "report",
            row.uid,
            "report.refuse",
            by=None,
            at=at,
            data={"reason": told, "rule": "residents.decide_within_days"},
        )


def _empty_refused(rows: list[Report], at: datetime) -> None:
    keys = [row.pk for row in rows]
    photos = list(ReportPhoto.objects.filter(report__in=keys).values_list("photo_id", flat=True))
    ReportPhoto.objects.filter(report__in=keys).delete()
    Report.objects.filter(pk__in=keys).update(content={})
    for photo in _unnamed(Photo.objects.filter(pk__in=photos, sent_by=None, reduced_at=None)):
        reduce_photo(photo, keep_small=False, at=at)


def _reduce(rows: list[Photo], at: datetime) -> None:
    for photo in rows:
        reduce_photo(photo, keep_small=True, at=at)


def _take_away(rows: list[Photo], at: datetime) -> None:
    for photo in rows:
        reduce_photo(photo, keep_small=False, at=at)


def _delete(rows: list[Any], at: datetime) -> None:
    type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]).delete()
