"""Planning and sending messages, and keeping robots. Both sweeps may run at any time, by any number of workers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.actions import record
from civicloop.loops.models import Notice
from civicloop.notify import policy, sending
from civicloop.notify.gate import send_through
from civicloop.notify.models import MODE_LABELS, Delivery, Handed, Robot
from civicloop.notify.people import People
from civicloop.notify.rules.planning import Mode, Waiting, Wish, is_urgent, never, ready
from civicloop.notify.sight import still_theirs
from civicloop.notify.wishes import KEY, PERSONAL, wish_of
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person, Preference, Unit
from civicloop.organisation.rules.roles import Role
from civicloop.standards import reference
from civicloop.standards.reference import Reference

# Who was away for longer finds it on the page.
LOOK_BACK = timedelta(days=3)
MOST_PEOPLE, MOST_NOTICES = 500, 20_000
GROUP = (Role.UNIT_HANDLER, Role.UNIT_LEADER)


@dataclass
class Sums:
    """What a sweep did."""

    sent: int = 0
    failed: int = 0


def plan(*, at: datetime) -> int:
    """Write down what is ready to be told, one message for each person and channel, and for each robot. Returns how many."""
    ref = reference.now()
    made = sum(_plan_channel(channel, at, ref) for channel in PERSONAL if sending.is_open(channel))
    robots = Robot.objects.filter(active=True).exclude(mode=Mode.OFF)
    return made + sum(_plan_robot(robot, at, ref) for robot in robots)


def _plan_channel(channel: str, at: datetime, ref: Reference) -> int:
    """Everybody in turn, some at a time: who is told nothing, or not yet, must not stand in the way of those after him."""
    rows = _untold(channel, at).filter(_reachable(channel))
    made = last = 0
    while True:
        ahead = rows.filter(person_id__gt=last).order_by("person_id").values_list("person_id", flat=True).distinct()
        people = list(ahead[:MOST_PEOPLE])
        if not people:
            return made
        planned, last = _plan_people(channel, people, rows, at, ref)
        made += planned


def _plan_people(
    channel: str, people: Sequence[int], rows: QuerySet[Notice], at: datetime, ref: Reference
) -> tuple[int, int]:
    """Plan for these people, as far as one may read at once; how many messages were made, and for whom the last."""
    choices = dict(Preference.objects.filter(key=KEY, person__in=people).values_list("person_id", "value"))
    wishes = {person: wish_of(choices.get(person), channel, ref.parameters) for person in people}
    asked = [person for person, wish in wishes.items() if wish.mode is not Mode.OFF]
    found, last = list(rows.filter(person__in=asked).order_by("person_id", "pk")[:MOST_NOTICES]), people[-1]
    if len(found) == MOST_NOTICES:  # the last one's are not all here, so he comes first next time
        found = [one for one in found if one.person_id < found[-1].person_id] or found
        last = found[-1].person_id
    by_person: dict[int, list[Notice]] = defaultdict(list)
    for notice in found:
        by_person[notice.person_id].append(notice)
    known = Person.objects.in_bulk(list(by_person))
    made = sum(
        _write(notices, wishes[person], at, ref, channel=channel, person=known[person])
        for person, notices in by_person.items()
    )
    return made, last


def _reachable(channel: str) -> Q:
    reachable = Q(person__is_active=True)
    return reachable & (~Q(person__email="") if channel == "mail" else ~Q(person__phone=""))


def _untold(channel: str, at: datetime) -> QuerySet[Notice]:
    """Notices not read on the page and not told through the channel yet."""
    told = Handed.objects.filter(notice=OuterRef("pk"), channel=channel)
    return Notice.objects.filter(seen_at=None, created_at__gt=at - LOOK_BACK, created_at__lte=at).filter(~Exists(told))


def _plan_robot(robot: Robot, at: datetime, ref: Reference) -> int:
    """A group hears what its handlers and leaders are told, each matter once, whoever of them it was told to."""
    day = day_of(at)
    people = {person for role in GROUP for person in ref.org.holders(role, [robot.unit_id], day)}
    channel = f"robot:{robot.pk}"
    rows = Notice.objects.filter(person__in=people, created_at__gt=at - LOOK_BACK, created_at__lte=at).order_by("pk")
    known = set(
        Handed.objects.filter(channel=channel, notice__created_at__gt=at - LOOK_BACK).values_list(
            "notice__key", flat=True
        )
    )
    first = {notice.key: notice for notice in reversed(rows[:MOST_NOTICES]) if notice.key not in known}
    wish = Wish(Mode(robot.mode), *_city_hours(ref))
    return _write(list(first.values()), wish, at, ref, channel=channel, robot=robot)


def _city_hours(ref: Reference) -> tuple[Any, ...]:
    city = wish_of(None, "mail", ref.parameters)
    return city.quiet, city.digest_at, city.most


@transaction.atomic
def _write(
    notices: Sequence[Notice], wish: Wish, at: datetime, ref: Reference, *, channel: str, person: Person | None = None,
    robot: Robot | None = None,
) -> int:  # fmt: skip
    now = timezone.localtime(at)
    rows = [Waiting(one.pk, timezone.localtime(one.created_at), is_urgent(one.kind)) for one in notices]
    rows = [one for one in rows if not never(one, wish)]
    if not rows:
        return 0
    kind = "robot" if robot else channel
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    sent = Delivery.objects.filter(person=person, robot=robot, channel=kind, made_at__gte=today).count()
    due = set(ready(rows, wish, at=now, sent_today=sent))
    wanted = still_theirs([one for one in notices if one.pk in due], person=person, robot=robot, at=at, ref=ref)
    if not wanted:
        return 0
    try:
        with transaction.atomic():
            made = Delivery.objects.create(channel=kind, person=person, robot=robot, made_at=at, next_try_at=at)
            Handed.objects.bulk_create([Handed(notice=one, channel=channel, delivery=made) for one in wanted])
    except IntegrityError:  # another worker planned the same a moment ago
        return 0
    return 1


def send_waiting(*, at: datetime, send: sending.Send = sending.send) -> Sums:
    """Send to people and robots what waits. Safe to run together (`gate.send_through`)."""
    return Sums(*send_through(People(), at=at, ref=reference.now(), send=send))


@transaction.atomic
def keep_robot(
    *, unit: Unit, name: str, address: str, mode: str, by: Person | None, at: datetime, robot: Robot | None = None,
    active: bool = True,
) -> Robot:  # fmt: skip
    """Add a robot to a unit's group chat, or change one. An empty address keeps the one it has; the ledger never keeps it."""
    policy.require(by, "robot.keep", at=at)
    if mode not in MODE_LABELS:
        raise Invalid("mode", "unknown_choice", value=mode[:20])
    if not name.strip():
        raise Invalid("name", "required", field="name")
    if (robot is None or address) and not sending.is_address(address):
        raise Invalid("address", "address_not_understood")
    row = robot or Robot(unit=unit)
    row.unit, row.name, row.mode, row.active = unit, name.strip()[:60], mode, active
    row.address = address or row.address
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as fault:
        raise Conflict("code_taken", code=name) from fault
    data: Mapping[str, Any] = {
        "unit": unit.code,
        "name": row.name,
        "mode": mode,
        "active": active,
        "address_changed": bool(address),
    }
    record("robot", row.uid, "robot.keep", by=by.uid if by else None, at=at, data=dict(data), new=robot is None)
    return row
