"""Events as they stand: what is open, who is in which shift, the code of the moment, whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from civicloop.kernel import codes
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.volunteers.models import Event, Shift, SignUp, Volunteer
from civicloop.volunteers.people_policy import about_unit, require
from civicloop.volunteers.rules import onsite


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A shift with its numbers. It may lack people and still have room, or be full; `free` is the room that is left. One that was
    called off is neither.
    """

    shift: Shift
    signed: int
    waiting: int

    @property
    def free(self) -> int:
        return max(0, self.shift.needed - self.signed)

    @property
    def cancelled(self) -> bool:
        return self.shift.cancelled_at is not None

    @property
    def full(self) -> bool:
        return self.free == 0 and not self.cancelled

    @property
    def understaffed(self) -> bool:
        return self.signed < self.shift.minimum and not self.cancelled

    @property
    def lacks(self) -> int:
        """How many are missing for the fewest that will do."""
        return 0 if self.cancelled else max(0, self.shift.minimum - self.signed)


@dataclass(frozen=True, slots=True)
class OnsiteCode:
    """Six digits to be shown on site, and until when they are the present ones."""

    code: str
    valid_until: datetime


def open_events(at: datetime) -> QuerySet[Event]:
    """Published events that are not over, the next first."""
    rows = Event.objects.filter(state="published", ends_at__gt=at)
    return rows.select_related("unit", "service", "project", "site").order_by("starts_at", "id")


def board(event: Event, *, cancelled: bool = False) -> list[ShiftLine]:
    """The shifts of an event with their numbers, in one statement; with those called off where they are asked for."""
    shifts = event.shifts.all() if cancelled else event.shifts.filter(cancelled_at=None)
    rows = shifts.annotate(
        signed=Count("signups", filter=Q(signups__state="signed")),
        waiting=Count("signups", filter=Q(signups__state="waiting")),
    )
    return [ShiftLine(one, one.signed, one.waiting) for one in rows.order_by("starts_at", "id")]


def place_in_line(signup: SignUp) -> int:
    """The place on the waiting list, from 1; 0 for who has a place in the shift or has cancelled."""
    if signup.state != "waiting":
        return 0
    return SignUp.objects.filter(shift=signup.shift_id, state="waiting", id__lte=signup.pk).count()


def signup_by_code(text: str) -> SignUp | None:
    """The sign-up whose code somebody typed."""
    code = codes.read_code(text)
    if code is None:
        return None
    rows = SignUp.objects.filter(code_digest=codes.digest(code))
    return rows.select_related("shift__event", "volunteer").first()


def onsite_code(*, shift: Shift, by: Person | None, at: datetime) -> OnsiteCode:
    """The code of this moment, for the screen of whoever leads on site. Raises NotAllowed."""
    event = shift.event
    require(by, "event.show_code", about_unit(event.unit_id, thing=("event", str(event.uid))), at=at)
    minutes = max(1, int(reference.now().parameters["volunteers.code_minutes"]))
    code = onsite.code_at(shift.secret, at, minutes=minutes)
    return OnsiteCode(code, onsite.valid_until(at, minutes=minutes))


def to_be_called(event: Event) -> list[Volunteer]:
    """Who had signed up and has no account: no notice reaches them, so somebody must call."""
    told = Q(cancelled_at=None) | Q(reason="event_cancelled")
    return _without_account(SignUp.objects.filter(told, shift__event=event))


def to_be_called_off(event: Event, *, at: datetime) -> list[Volunteer]:
    """The same for those shifts of it that were called off and would still be ahead."""
    ahead = SignUp.objects.filter(shift__event=event, reason="shift_cancelled", shift__starts_at__gt=at)
    return _without_account(ahead)


def _without_account(signups: QuerySet[SignUp]) -> list[Volunteer]:
    people = signups.values("volunteer")
    return list(Volunteer.objects.filter(pk__in=people, account=None, left_at=None).order_by("id"))
