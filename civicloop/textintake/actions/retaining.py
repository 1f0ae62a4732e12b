"""Retention of texts: what nobody decided goes, and of what was decided the words go, by rule, with a line in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from civicloop.kernel.ids import new_uid
from civicloop.ledger.actions import record
from civicloop.standards import reference
from civicloop.standards.reference import Reference
from civicloop.textintake.models import Suggestion

KIND = "text_retention"
BATCH = 500
# What is left of a decided part: its category, rank and case are columns of their own, so accuracy is counted as before.
NOTHING: dict[str, Any] = {
    "categories": [], "sure": "unsure", "place": None, "unit": None, "reasons": [], "urgent": False, "urgent_words": [],
    "source": "other",
}  # fmt: skip


def retain(*, at: datetime, dry_run: bool = False, ref: Reference | None = None) -> dict[str, int]:
    """Do what the parameter `texts.keep_days` says; returns how many of each. With `dry_run` nothing is changed.

    Undecided parts are deleted so many days after they were read. Parts that were reported or set aside lose their words and
    what was suggested so many days after that. Safe to run at any time, twice, and together: what is gone is not found again.
    """
    days = int((ref or reference.now()).parameters["texts.keep_days"])
    before = at - timedelta(days=days)
    works: tuple[tuple[str, QuerySet[Suggestion], Callable[[list[int]], object]], ...] = (
        ("undecided", Suggestion.objects.filter(outcome="open", at__lt=before), _delete),
        ("decided", Suggestion.objects.filter(decided_at__lt=before).exclude(text=""), _empty),
    )
    done = {name: rows.count() if dry_run else _in_batches(rows, work) for name, rows, work in works}
    if not dry_run and any(done.values()):
        record(KIND, new_uid(), "texts.retain", by=None, at=at, data={"done": done, "days": days}, new=True)
    return done


def _in_batches(rows: QuerySet[Suggestion], work: Callable[[list[int]], object]) -> int:
    """Each batch is a transaction of its own: a stop in the middle leaves what is done done."""
    done = 0
    while True:
        with transaction.atomic():
            found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not found:
                return done
            work(found)
            done += len(found)


def _delete(keys: list[int]) -> None:
    Suggestion.objects.filter(pk__in=keys).delete()


def _empty(keys: list[int]) -> None:
    Suggestion.objects.filter(pk__in=keys).update(text="", suggested=NOTHING)
