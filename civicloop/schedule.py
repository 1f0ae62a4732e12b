"""What the workers do by the clock. Deadlines are sweeps over rows: a lost tick costs one minute, never a deadline."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django_q.models import Schedule

from civicloop.cases.forwardsweep import sweep_forwards
from civicloop.cases.mapcounts import keep_counts
from civicloop.cases.sweep import sweep
from civicloop.documents.exporting import drop_old
from civicloop.fieldwork.actions import apply_waiting
from civicloop.insight.counted import keep_counted
from civicloop.insight.tasks import keep_screen
from civicloop.kernel.refusal import Conflict
from civicloop.ledger.seals import seal
from civicloop.notify import actions as notify
from civicloop.organisation.days import day_of
from civicloop.scoring.actions import keep_figures
from civicloop.standards import reference


def sweep_alarms() -> str:
    """Reminders and escalation, every minute."""
    sums = sweep(at=timezone.now())
    return f"{sums.taken} alarms, {sums.notices} notices"


def remind_of_forwards() -> str:
    """Answers from outside that are due soon or did not come, every five minutes."""
    sums = sweep_forwards(at=timezone.now())
    return f"{sums.reminded} reminded, {sums.late} late, {sums.notices} notices"


def keep_map() -> str:
    """What the map counts, every minute. It is right without this, but slower to read."""
    kept = keep_counts(at=timezone.now())
    return f"{kept.marked} overdue, {kept.folded} changes folded"


def keep_day() -> str:
    """The numbers of the day by unit, every minute: what a large city's morning pages read."""
    return f"{keep_counted(at=timezone.now(), ref=reference.now())} units"


def apply_phones() -> str:
    """What phones have sent and nobody has applied yet, every minute: a server may have been stopped in between."""
    return f"{apply_waiting(at=timezone.now())} entries"


def tell_outside() -> str:
    """Mail, text messages and robots, every minute."""
    planned = notify.plan(at=timezone.now())
    sums = notify.send_waiting(at=timezone.now())
    return f"{planned} planned, {sums.sent} sent, {sums.failed} failed"


def drop_exports() -> str:
    """Workbooks whose days are over, once an hour."""
    return f"{drop_old(at=timezone.now())} files taken away"


def seal_yesterday() -> str:
    """The daily seal over all chain heads; a day already sealed stays as it is."""
    now = timezone.now()
    try:
        row, path = seal(day=day_of(now) - timedelta(days=1), at=now, folder=settings.DATA_DIR / "seals")
    except Conflict:
        return "sealed already"
    return f"{row.heads} chains, {path.name}"


def keep_daily_figures() -> str:
    """The score and the forecast as the page of the day shows them, every hour; mornings that were missed are caught up with."""
    return f"{len(keep_figures(at=timezone.now(), ref=reference.now()))} days"


def keep_screen_figures() -> str:
    """What the big screen shows besides the live numbers, every ten minutes."""
    keep_screen()
    return "kept"


SCHEDULES = {
    "sweep_alarms": ("civicloop.schedule.sweep_alarms", Schedule.MINUTES, 1),
    "remind_of_forwards": ("civicloop.schedule.remind_of_forwards", Schedule.MINUTES, 5),
    "keep_daily_figures": ("civicloop.schedule.keep_daily_figures", Schedule.HOURLY, None),
    "keep_map": ("civicloop.schedule.keep_map", Schedule.MINUTES, 1),
    "keep_day": ("civicloop.schedule.keep_day", Schedule.MINUTES, 1),
    "apply_phones": ("civicloop.schedule.apply_phones", Schedule.MINUTES, 1),
    "tell_outside": ("civicloop.schedule.tell_outside", Schedule.MINUTES, 1),
    "keep_screen_figures": ("civicloop.schedule.keep_screen_figures", Schedule.MINUTES, 10),
    "drop_exports": ("civicloop.schedule.drop_exports", Schedule.MINUTES, 60),
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
