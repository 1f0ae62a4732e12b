"""Who has signed up for the shifts of an event and who was there, as its page shows them; and who else may have come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from civicloop.organisation.days import day_of
from civicloop.volunteers.models import Attendance, Event, Membership, SignUp, Volunteer
from civicloop.volunteers.queries.people import volunteers_for
from civicloop.web.desk.asker import Asker

MOST_OTHERS = 200


@dataclass(frozen=True)
class Row:
    """Somebody of a shift: his sign-up (None for who came without one), and that he was there, where it is known."""

    volunteer: Volunteer
    signup: SignUp | None
    there: Attendance | None


def rows_of(event: Event) -> dict[int, list[Row]]:
    """By shift: who has signed up, in that order, then who came without. Two statements."""
    came = Attendance.objects.filter(shift__event=event).select_related("volunteer").order_by("arrived_at", "pk")
    there = {(one.shift_id, one.volunteer_id): one for one in came}
    found: dict[int, list[Row]] = defaultdict(list)
    signups = SignUp.objects.filter(shift__event=event).exclude(state="cancelled").select_related("volunteer")
    for one in signups:
        found[one.shift_id].append(Row(one.volunteer, one, there.pop((one.shift_id, one.volunteer_id), None)))
    for left in there.values():
        found[left.shift_id].append(Row(left.volunteer, None, left))
    return found


def others(event: Event, asking: Asker) -> list[Volunteer]:
    """Whom the asker may note as having come without a word: the members of the event's team and of its organiser's, else whomever
    he may find. One statement, or two.
    """
    day = day_of(asking.at)
    near = Q(team=event.team_id or 0) | Q(team__unit__in=sorted(asking.ref.org.subtree(event.unit_id)))
    serving = Membership.objects.filter(Q(until=None) | Q(until__gte=day), near, since__lte=day)
    rows = volunteers_for(asking.actor, asking.at).prefetch_related(None).filter(left_at=None)
    rows = rows.exclude(account=asking.person.pk)
    return list(rows.filter(pk__in=serving.values("volunteer"))[:MOST_OTHERS]) or list(rows[:MOST_OTHERS])
