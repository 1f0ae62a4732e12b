"""Receipts: the first answer to a request that carried a key of its sender.

A receipt is written last in the transaction it answers for. The unique constraint on (person, key) decides who was
first: the other's whole transaction fails with IntegrityError, is rolled back, and finds this one's receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from civicloop.loops.models import Receipt
from civicloop.organisation.models import Person
from civicloop.rows import insert_one
from civicloop.standards.reference import Reference


def keep(
    *, by: Person, at: datetime, key: str, fingerprint: str, status: int, body: str, headers: Mapping[str, str]
) -> Receipt:
    """Write the receipt. Raises IntegrityError when the person has used the key before."""
    receipt = Receipt(
        person=by, key=key, fingerprint=fingerprint, status=status, body=body, headers=dict(headers), created_at=at
    )
    insert_one(receipt)
    return receipt


def find(*, by: Person, key: str) -> Receipt | None:
    """The receipt of an earlier request with this key."""
    return Receipt.objects.filter(person=by, key=key).first()


def drop_old(*, at: datetime, ref: Reference, most: int = 1000) -> int:
    """Take away what is older than `api.keep_receipts_days`: nobody sends a request again after that, and what an answer says of
    people does not outlive them here. Returns how many.
    """
    old = Receipt.objects.filter(created_at__lt=at - timedelta(days=int(ref.parameters["api.keep_receipts_days"])))
    done = 0
    while some := list(old.order_by("created_at").values_list("pk", flat=True)[:most]):
        done += Receipt.objects.filter(pk__in=some).delete()[0]
    return done
