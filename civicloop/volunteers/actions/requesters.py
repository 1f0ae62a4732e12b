"""Personal data of those who ask: read for a purpose, each time a line of the ledger; taken away when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from civicloop.kernel.masking import without_contacts
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import clean_text, mask_name
from civicloop.ledger.actions import Entry, record_many, record_reading
from civicloop.organisation.models import Person
from civicloop.standards.reference import Reference
from civicloop.volunteers.models import Order, OrderRefusal, OrderStep, Requester
from civicloop.volunteers.policy import require_do
from civicloop.volunteers.queries.orders import Contact

_TRACED = ~Q(address="") | Q(lon__isnull=False) | ~Q(code_digest="")


@transaction.atomic
def read_requester(
    order: Order, *, purpose: str, by: Person, at: datetime, ref: Reference | None = None
) -> Contact | None:  # fmt: skip
    """Name and phone in full: for the desk, for whoever entered the order, and for the team from its promise to the confirmation.

    Each reading is a line of the ledger with its purpose. None where nobody is named. Raises NotAllowed, Invalid.
    """
    require_do(by, "requester.read", order, at=at, ref=ref)
    purpose = clean_text(purpose, limit=200, field="purpose")
    if not purpose:
        raise Invalid("purpose", "required", field="purpose")
    who = order.requester
    if who is None or not (who.name or who.phone):
        return None
    record_reading(by=by.uid, at=at, kind="order", uid=order.uid, fields=["name", "phone"], purpose=purpose)
    return Contact(who.name, who.phone, False)


@transaction.atomic
def anonymise_old(*, at: datetime, ref: Reference, most: int = 500) -> int:
    """Take name and phone away where every order has ended longer than `orders.keep_personal_days` ago; returns of how many.

    With them go the address, the place on the map, the code to follow by; and from all that was said of the orders the name,
    telephone numbers and addresses of mail. Where nobody was named the address alone says who it was: that goes as well. Each order
    has a line of the ledger without the data. Safe to run again: what is done is not found any more.
    """
    before = at - timedelta(days=int(ref.parameters["orders.keep_personal_days"]))
    rows = Requester.objects.filter(anonymised_at=None, orders__ended_at__lt=before)
    rows = rows.exclude(orders__ended_at=None).exclude(orders__ended_at__gte=before).distinct()
    chosen = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
    locked = list(Requester.objects.select_for_update().filter(pk__in=chosen, anonymised_at=None))
    named = {who.pk: who.name for who in locked}
    for who in locked:
        who.name, who.phone, who.anonymised_at = "", "", at
    Requester.objects.bulk_update(locked, ["name", "phone", "anonymised_at"])
    nameless = Order.objects.filter(_TRACED, requester=None, ended_at__lt=before).order_by("pk")
    old = [*nameless.values_list("pk", flat=True)[:most]]
    wanted = Q(requester__in=locked) | Q(pk__in=old)
    orders = list(Order.objects.select_for_update(of=("self",)).filter(wanted).order_by("pk"))
    names = {order.pk: named.get(order.requester_id or 0, "") for order in orders}
    for order in orders:
        order.address, order.code_digest, order.lon, order.lat = "", "", None, None
        order.description = _nameless(order.description, names[order.pk])
    Order.objects.bulk_update(orders, ["address", "code_digest", "lon", "lat", "description"], batch_size=250)
    tables: tuple[tuple[Any, str], ...] = ((OrderStep, "note"), (OrderRefusal, "reason"))
    for table, words in tables:
        said = list(table._default_manager.filter(order__in=orders).exclude(**{words: ""}))
        for one in said:
            setattr(one, words, _nameless(getattr(one, words), names[one.order_id]))
        table._default_manager.bulk_update(said, [words], batch_size=250)
    record_many([Entry("order", order.uid, "order.anonymise", None, at, {}) for order in orders])
    return len(locked) + len(old)


def _nameless(text: str, name: str) -> str:
    """The text without the requester's name, and without what one could be reached by."""
    return without_contacts(text.replace(name, mask_name(name)) if len(name) > 1 else text)
