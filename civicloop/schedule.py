"""What the workers do by the clock. Deadlines are sweeps over rows: a lost tick costs one minute, never a deadline."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django_q.models import Schedule

from civicloop.cases.forwardsweep import sweep_forwards
from civicloop.cases.mapcounts import keep_counts
from civicloop.documents.exporting import drop_old
from civicloop.fieldwork.actions import apply_waiting
from civicloop.fieldwork.retaining import retain_voices
from civicloop.insight.counted import keep_counted
from civicloop.insight.tasks import keep_screen
from civicloop.kernel.refusal import Conflict
from civicloop.ledger.seals import seal
from civicloop.loops import receipts
from civicloop.loops.sweep import sweep_all
from civicloop.notify import actions as notify
from civicloop.notify.residents import send_to_residents
from civicloop.notify.volunteers import send_to_volunteers
from civicloop.organisation.days import day_of
from civicloop.residents import actions as residents
from civicloop.residents.actions.complaints import close_answered
from civicloop.residents.actions.open311push import send_pushes
from civicloop.scoring.actions import keep_figures
from civicloop.standards import reference
from civicloop.surveys.sweeps import tell_of_late_opinions
from civicloop.textintake import actions as texts
from civicloop.volunteers.actions.proposing import forget_proposals
from civicloop.volunteers.dispatch_tasks import propose_again
from civicloop.volunteers.sweeps import drop_personal_data


def sweep_alarms() -> str:
    """Reminders and escalation of every kind of loop, and what runs out by itself, every minute."""
    sums = sweep_all(at=timezone.now()).values()
    taken, ran_out, notices = (sum(getattr(one, name) for one in sums) for name in ("taken", "ran_out", "notices"))
    return f"{ran_out} ran out, {taken} alarms, {notices} notices"


def propose_dispatch() -> str:
    """The pool of orders solved anew, every five minutes; nothing is written where nothing has changed."""
    made = propose_again(at=timezone.now())
    return f"{made.figures['served']} of {made.figures['orders']} orders" if made else "nothing waits"


def forget_requesters() -> str:
    """Personal data of requesters whose time is over, once a day."""
    return f"{drop_personal_data(at=timezone.now())} anonymised"


def drop_proposals() -> str:
    """Proposals of dispatch that were carried out or are outdated, once a day."""
    return f"{forget_proposals(at=timezone.now(), ref=reference.now())} taken away"


def drop_receipts() -> str:
    """First answers of the API whose days are over, once a day."""
    return f"{receipts.drop_old(at=timezone.now(), ref=reference.now())} taken away"


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


def push_open311() -> str:
    """Steps of requests, told to systems that speak Open311, every minute."""
    sums = send_pushes(at=timezone.now(), ref=reference.now())
    return f"{sums.planned} planned, {sums.sent} sent, {sums.failed} failed"


def look_after_residents() -> str:
    """Questions how content one is, and complaints that were answered and not asked again, every ten minutes."""
    asked = residents.ask_how_content(at=timezone.now(), ref=reference.now()).asked
    return f"{asked} asked, {close_answered(at=timezone.now(), ref=reference.now())} complaints finished"


def remind_of_opinions() -> str:
    """What was heard at a door and nobody dealt with in time, every ten minutes."""
    return f"{tell_of_late_opinions(at=timezone.now())} late"


def tell_residents() -> str:
    """Mail and text messages to residents, and to volunteers without an account, every minute."""
    done = [send(at=timezone.now()) for send in (send_to_residents, send_to_volunteers)]
    return f"{sum(sent for sent, _ in done)} sent, {sum(failed for _, failed in done)} failed"


def keep_no_longer() -> str:
    """Personal data and media of residents whose time is over, once a day."""
    return json.dumps(residents.retain(at=timezone.now(), ref=reference.now()))


def forget_voices() -> str:
    """Voice notes whose time is over, once a day."""
    return json.dumps(retain_voices(at=timezone.now(), ref=reference.now()))


def forget_texts() -> str:
    """Pasted texts whose time is over, once a day."""
    return json.dumps(texts.retain(at=timezone.now(), ref=reference.now()))


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
    "propose_dispatch": ("civicloop.schedule.propose_dispatch", Schedule.MINUTES, 5),
    "forget_requesters": ("civicloop.schedule.forget_requesters", Schedule.DAILY, None),
    "drop_proposals": ("civicloop.schedule.drop_proposals", Schedule.DAILY, None),
    "drop_receipts": ("civicloop.schedule.drop_receipts", Schedule.DAILY, None),
    "remind_of_forwards": ("civicloop.schedule.remind_of_forwards", Schedule.MINUTES, 5),
    "keep_daily_figures": ("civicloop.schedule.keep_daily_figures", Schedule.HOURLY, None),
    "keep_map": ("civicloop.schedule.keep_map", Schedule.MINUTES, 1),
    "keep_day": ("civicloop.schedule.keep_day", Schedule.MINUTES, 1),
    "apply_phones": ("civicloop.schedule.apply_phones", Schedule.MINUTES, 1),
    "push_open311": ("civicloop.schedule.push_open311", Schedule.MINUTES, 1),
    "look_after_residents": ("civicloop.schedule.look_after_residents", Schedule.MINUTES, 10),
    "remind_of_opinions": ("civicloop.schedule.remind_of_opinions", Schedule.MINUTES, 10),
    "tell_residents": ("civicloop.schedule.tell_residents", Schedule.MINUTES, 1),
    "keep_no_longer": ("civicloop.schedule.keep_no_longer", Schedule.DAILY, None),
    "forget_voices": ("civicloop.schedule.forget_voices", Schedule.DAILY, None),
    "forget_texts": ("civicloop.schedule.forget_texts", Schedule.DAILY, None),
    "tell_outside": ("civicloop.schedule.tell_outside", Schedule.MINUTES, 1),
    "keep_screen_figures": ("civicloop.schedule.keep_screen_figures", Schedule.MINUTES, 10),
    "drop_exports": ("civicloop.schedule.drop_exports", Schedule.MINUTES, 60),
    "seal_yesterday": ("civicloop.schedule.seal_yesterday", Schedule.DAILY, None),
}


def ensure_schedules() -> None:
    """Write the schedules down, once, and take away those of an earlier version; several workers may call this together."""
    Schedule.objects.filter(func__startswith="civicloop.schedule.").exclude(name__in=SCHEDULES).delete()
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
