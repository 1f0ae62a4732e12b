"""What the workers do by the clock. Deadlines are sweeps over rows: a lost tick costs one minute, never a deadline."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django_q.models import Schedule

from civicloop.cases.sweep import sweep
from civicloop.kernel.refusal import Conflict
from civicloop.ledger.seals import seal
from civicloop.organisation.days import day_of


def sweep_alarms() -> str:
    """Reminders and escalation, every minute."""
    sums = sweep(at=timezone.now())
    return f"{sums.taken} alarms, {sums.notices} notices"


def seal_yesterday() -> str:
    """The daily seal over all chain heads; a day already sealed stays as it is."""
    now = timezone.now()
    try:
        row, path = seal(day=day_of(now) - timedelta(days=1), at=now, folder=settings.DATA_DIR / "seals")
    except Conflict:
        return "sealed already"
    return f"{row.heads} chains, {path.name}"


SCHEDULES = {
    "sweep_alarms": ("civicloop.schedule.sweep_alarms", Schedule.MINUTES, 1),
    "seal_yesterday": ("civicloop.schedule.seal_yesterday", Schedule.DAILY, None),
}


def ensure_schedules() -> None:
    """Write the schedules down, once; several workers may call this together."""
    for name, (path, kind, minutes) in SCHEDULES.items():
        Schedule.objects.get_or_create(
            name=name, defaults={"func": path, "schedule_type": kind, "minutes": minutes, "next_run": first_run(name)}
        )


def first_run(name: str) -> datetime:
    """When a schedule begins: sweeps at once, the seal shortly after midnight in the city."""
    now = timezone.localtime()
    if name != "seal_yesterday":
        return now
    return (now + timedelta(days=1)).replace(hour=0, minute=10, second=0, microsecond=0)
