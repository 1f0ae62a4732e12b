"""What happens while a unit works on a case: extensions, suspensions, whistles, supervision, and how late it gets."""

from __future__ import annotations

from datetime import datetime, timedelta

from civicloop.cases.actions.historic import HistoricStep
from civicloop.demo.history.story import Story
from civicloop.demo.history.teller import Teller
from civicloop.kernel import worktime
from civicloop.organisation.rules.roles import Role

SUSPEND, EXTEND, WHISTLE, COMMENT = 0.016, 0.14, 0.06, 0.04
RESUMED, GRANTED = 0.6, 0.75
SUPERVISED, SUPERVISED_WHEN_LATE = 0.012, 0.35
_DAY = timedelta(days=1)


def handle(story: Story, teller: Teller, at: datetime) -> datetime:
    """Tell what happens between acceptance at `at` and rectification; returns when it was put right."""
    if teller.chance(SUSPEND):
        at = _suspend(story, teller, at)
    rng, events = teller.rng, []
    if story.due_at > at + _DAY and teller.chance(EXTEND):
        events += _extend(story, teller, at)
    done = _done_at(story, teller, at)
    if teller.cast.is_block(story.unit) and teller.chance(WHISTLE):
        told = _whistle(story, teller, at)
        events += told
        done = max(done, teller.work(told[-1].at, rng.uniform(0.3, 4)))
    if any(one.name != "extend" and one.at >= done for one in events):
        events = [one for one in events if "exten" not in one.name]  # put right before anybody had decided: never asked
    events += _supervision(story, teller, at, done)
    if teller.chance(COMMENT):
        events.append(HistoricStep("comment", teller.within(at, done), story.reporter, note=teller.note("comment")))
    before = sorted((one for one in events if one.at < done), key=lambda one: one.at)
    story.steps += before
    return done


def _done_at(story: Story, teller: Teller, at: datetime) -> datetime:
    """When it is put right: in time, or some working hours after the due time, as the unit is wont to."""
    due, rng = story.due_at, teller.rng
    if at >= due:
        return teller.work(at, rng.uniform(0.3, 3))
    if teller.chance(teller.cast.lateness[story.unit]):
        return teller.work(due, 0.2 + rng.expovariate(1 / 11))
    return teller.within(at, due)


def _suspend(story: Story, teller: Teller, at: datetime) -> datetime:
    """Put on the suspense list; some are taken up again weeks later, the others stay there."""
    rng, calendar = teller.rng, teller.cast.ref.calendar_for(story.unit)
    at = teller.within(at, max(story.due_at, at + timedelta(hours=1)))
    review = (at + timedelta(days=rng.choice([30, 60, 90]))).date()
    story.tell(
        "suspend", at, teller.cast.desk(Role.DISPATCHER, rng), teller.note("suspend"), plan=teller.note("suspend"),
        person_id=teller.cast.leader(story.unit), review_on=review.isoformat(),
    )  # fmt: skip
    days = rng.uniform(6, 24) if teller.chance(RESUMED) else rng.uniform(90, 140)
    back = teller.work(at + timedelta(days=days), 1)
    story.tell("resume", back, teller.cast.leader(story.unit), teller.note("resume"))
    if story.clock is not None:
        story.clock = worktime.resume(worktime.pause(story.clock, at, calendar), back, calendar)
    return back


def _extend(story: Story, teller: Teller, at: datetime) -> list[HistoricStep]:
    """More time is asked for, and decided by a dispatcher who has nothing to do with the unit."""
    asked = teller.within(at, story.due_at)
    decided = teller.soon(asked, 1.5, 5)
    if decided >= story.due_at or story.clock is None:
        return []
    limit = story.clock.limit
    data = {"amount": str(limit.amount), "unit_of_time": str(limit.unit)}
    told = [HistoricStep("extend", asked, story.handler, note=teller.note("extend"), data=data)]
    by = teller.cast.desk(Role.DISPATCHER, teller.rng)
    if teller.chance(GRANTED):
        story.clock = worktime.extend(story.clock, limit, teller.cast.ref.calendar_for(story.unit))
        return [*told, HistoricStep("grant_extension", decided, by)]
    return [*told, HistoricStep("refuse_extension", decided, by, note=teller.note("refuse_extension"))]


def _whistle(story: Story, teller: Teller, at: datetime) -> list[HistoricStep]:
    """A town or community calls departments in; they come, agree on a plan and are scored."""
    rng, cast, unit = teller.rng, teller.cast, story.unit
    called = cast.others(unit, rng.choice([2, 2, 3]), rng)
    blown = teller.work(at, rng.uniform(0.2, 2))
    meet = teller.work(blown, rng.uniform(2, 8))
    told = [
        HistoricStep(
            "whistle", blown, story.handler, unit, note=teller.note("whistle"),
            data={"whistle_kind": rng.choice(["enforcement", "key_work"]), "place": story.scene.address,
                  "meet_at": meet.isoformat(), "unit_ids": called},
        )
    ]  # fmt: skip
    for other in called:
        arrived = teller.work(meet, rng.uniform(0, 0.4))
        told.append(HistoricStep("report_in", arrived, cast.handler(other, rng), other))
    last = max(step.at for step in told)
    plan = teller.note("plan_jointly")
    told.append(
        HistoricStep("plan_jointly", teller.work(last, 0.5), story.handler, unit, note=plan, data={"plan": plan})
    )
    scored = teller.work(last, 1)
    for other in called:
        data = {"unit_id": other, "score": rng.randrange(70, 101, 5)}
        told.append(HistoricStep("score_whistle", scored, story.handler, unit, data=data))
    told.append(
        HistoricStep("end_whistle", teller.work(last, 1.1), story.handler, unit, note=teller.note("end_whistle"))
    )
    return told


def _supervision(story: Story, teller: Teller, at: datetime, done: datetime) -> list[HistoricStep]:
    """Pressure from above: mostly a day after the due time, now and then at once."""
    late = done > story.due_at + _DAY
    if not teller.chance(SUPERVISED_WHEN_LATE if late else SUPERVISED):
        return []
    begins = teller.work(max(at, story.due_at + _DAY), 0.3) if late else teller.within(at, done)
    answer_by = teller.work(begins, 7)
    by = teller.cast.desk(Role.SUPERVISOR, teller.rng)
    data = {"level": "supervisor", "answer_by": answer_by.isoformat()}
    told = [HistoricStep("supervise", begins, by, note=teller.note("supervise"), data=data)]
    answered = teller.work(begins, teller.rng.uniform(0.5, 6))
    if answered < done:
        leader = teller.cast.leader(story.unit)
        told.append(HistoricStep("answer_supervision", answered, leader, note=teller.note("answer_supervision")))
    return told


def appeal(story: Story, teller: Teller, closed: datetime) -> None:
    """The unit's leader says the lateness was not theirs; a supervisor decides."""
    at = teller.work(closed, teller.rng.uniform(1, 14))
    story.tell("appeal", at, teller.cast.leader(story.unit), teller.note("appeal"), unit=story.unit, ground="lateness")
    verdict = "granted" if teller.chance(0.4) else "refused"
    decided = teller.work(at, teller.rng.uniform(4, 25))
    story.tell(
        "decide_appeal", decided, teller.cast.desk(Role.SUPERVISOR, teller.rng), teller.note(verdict), verdict=verdict
    )
