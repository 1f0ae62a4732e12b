"""The list of a shift: who has room, who waits, and who moves up. Callers hold the shift's row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from civicloop.bus import announce
from civicloop.loops.notices import tell
from civicloop.volunteers.facts import SignUpMoved
from civicloop.volunteers.models import Event, Shift, SignUp, Volunteer


def held(shift: Shift) -> Shift:
    """The shift's row, held with that of its event until the transaction ends: of two who want the last place one waits for the
    other, and of one who signs up while the event is called off the second sees what the first has done.
    """
    event = Event.objects.select_for_update().get(pk=shift.event_id)
    row = Shift.objects.select_for_update().get(pk=shift.pk)
    row.event = event
    return row


def signed_count(shift: Shift) -> int:
    """How many have a place."""
    return SignUp.objects.filter(shift=shift, state="signed").count()


def busy(volunteer: Volunteer, shift: Shift) -> bool:
    """Whether the volunteer has a place in another shift at the same time."""
    return _places_beside(shift).filter(volunteer=volunteer).exists()


def elsewhere(shift: Shift) -> int:
    """How many of those who have a place in the shift have one in another shift at the same time."""
    here = SignUp.objects.filter(shift=shift, state="signed").values("volunteer")
    return _places_beside(shift).filter(volunteer__in=here).order_by().values("volunteer").distinct().count()


def _places_beside(shift: Shift) -> QuerySet[SignUp]:
    """Places in other shifts that take place while this one does."""
    rows = SignUp.objects.filter(state="signed", shift__starts_at__lt=shift.ends_at, shift__ends_at__gt=shift.starts_at)
    return rows.exclude(shift=shift).exclude(shift__event__state="cancelled")


def move_up(shift: Shift, *, at: datetime) -> list[SignUp]:
    """Give free places to those who wait, first come first; who is busy elsewhere by now keeps waiting. Nobody after it began."""
    moved: list[SignUp] = []
    free = shift.needed - signed_count(shift)
    if shift.event.state != "published" or shift.starts_at <= at or free <= 0:
        return moved
    for one in SignUp.objects.filter(shift=shift, state="waiting").select_related("volunteer").order_by("id"):
        if len(moved) == free:
            break
        if not _to_be_had(one.volunteer) or busy(one.volunteer, shift):
            continue
        one.state, one.moved_up_at = "signed", at
        one.save(update_fields=["state", "moved_up_at"])
        moved.append(one)
    told = {"title": shift.event.title, "starts_at": shift.starts_at.isoformat()}
    for one in moved:
        tell_volunteers(shift.event, [one.volunteer_id], "event.moved_up", told, at=at, key=f"moved_up:{one.uid}")
        announce(SignUpMoved(one.uid, at))
    return moved


def _to_be_had(volunteer: Volunteer) -> bool:
    """Hold the volunteer's row, or say no where it is held: who signs up elsewhere at this moment keeps waiting here. Never waits,
    so nobody can wait in a circle.
    """
    rows = Volunteer.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=volunteer.pk)
    return bool(rows.values_list("pk", flat=True))


def cancel_open_signups(volunteer: Volunteer, *, at: datetime) -> None:
    """End all sign-ups for what has not begun yet; those who wait move up."""
    rows = SignUp.objects.filter(volunteer=volunteer, cancelled_at=None, shift__starts_at__gt=at)
    for one in rows.select_related("shift").order_by("shift"):
        shift = held(one.shift)
        SignUp.objects.filter(pk=one.pk).update(state="cancelled", cancelled_at=at)
        move_up(shift, at=at)


def tell_volunteers(
    event: Event, volunteers: Iterable[int], kind: str, data: Mapping[str, Any], *, at: datetime, key: str
) -> int:
    """A notice for each volunteer who has an account; how many there are without one, whom somebody must call."""
    wanted = list(volunteers)
    accounts = dict(Volunteer.objects.filter(pk__in=wanted).values_list("pk", "account"))
    with_account = [accounts[one] for one in wanted if accounts.get(one) is not None]
    tell(with_account, kind=kind, loop_kind="event", loop_uid=event.uid, data=data, at=at, key=key)
    return len(wanted) - len(with_account)


def concerned(event: Event) -> list[int]:
    """The volunteers who have signed up for any shift of the event, or wait for one."""
    rows = SignUp.objects.filter(shift__event=event, cancelled_at=None)
    return sorted(set(rows.values_list("volunteer", flat=True)))
