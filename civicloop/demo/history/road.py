"""The main road of a case: filed, dispatched, accepted, put right, verified, closed."""

from __future__ import annotations

from datetime import datetime

from civicloop.demo.history import turns
from civicloop.demo.history.story import Story
from civicloop.demo.history.teller import Teller
from civicloop.kernel import worktime
from civicloop.organisation.rules.roles import Role

VOID, RETURN, SEND_BACK = 0.03, 0.05, 0.08
APPEAL_WHEN_LATE, REOPEN = 0.15, 0.012


def live(story: Story, teller: Teller) -> None:
    """Tell a story to its end."""
    cast, rng = teller.cast, teller.rng
    at = teller.soon(story.reported_at, 0.9, 5)
    filer = cast.desk(Role.FILER, rng)
    if teller.chance(VOID):
        story.tell("void", at, filer, teller.note("void"))
        return
    story.tell("file", at, filer)
    block = cast.block_of[story.scene.plot.code]
    unit = cast.unit_for(story.scene.category.line, block, story.scene.by_block, rng)
    at = _dispatch(story, teller, teller.soon(at, 0.7, 3), unit)
    if teller.chance(RETURN):
        at = teller.work(at, rng.uniform(0.4, 3.2))
        story.tell("return", at, story.handler, teller.note("return"))
        other = block if unit != block else cast.unit_for(story.scene.category.line, block, False, rng)
        at = _dispatch(story, teller, teller.soon(at, 0.7, 3), other)
    hours = story.scene.hours
    at = teller.soon(at, min(1.2, hours / 12), min(4, hours / 3))
    story.tell("accept", at, story.handler)
    _finish(story, teller, turns.handle(story, teller, at))
    _afterwards(story, teller)


def _dispatch(story: Story, teller: Teller, at: datetime, unit: int) -> datetime:
    story.tell("dispatch", at, teller.cast.desk(Role.DISPATCHER, teller.rng), to=unit)
    story.unit, story.handler = unit, teller.cast.handler(unit, teller.rng)
    story.clock = worktime.start(story.scene.limit, at, teller.cast.ref.calendar_for(unit))
    return at


def _finish(story: Story, teller: Teller, at: datetime) -> datetime:
    """Rectified at `at`: verified by somebody else, perhaps after being sent back, then closed."""
    story.tell("rectify", at, story.handler, teller.note("rectify"))
    verifier = teller.cast.desk(Role.VERIFIER, teller.rng)
    at = teller.soon(at, 2.2, 9)
    while teller.chance(SEND_BACK):
        story.tell("send_back", at, verifier, teller.note("send_back"))
        at = teller.work(at, story.scene.hours * teller.rng.uniform(0.05, 0.4))
        story.tell("rectify", at, story.handler, teller.note("rectify"))
        at = teller.soon(at, 2.2, 9)
    story.tell("verify", at, verifier, teller.note("verify"))
    at = teller.soon(at, 0.8, 6)
    story.tell("close", at, verifier, teller.note("close"))
    return at


def _afterwards(story: Story, teller: Teller) -> None:
    """What may come after closing: an appeal against lateness, or a look back that finds the problem still there."""
    closed = story.steps[-1].at
    first = next(step.at for step in story.steps if step.name == "rectify")
    if first > story.due_at and teller.chance(APPEAL_WHEN_LATE):
        turns.appeal(story, teller, closed)
    elif teller.chance(REOPEN):
        at = teller.work(closed, teller.rng.uniform(8, 40))
        story.tell("reopen", at, teller.cast.desk(Role.SUPERVISOR, teller.rng), teller.note("reopen"))
        at = teller.soon(at, 0.1, 0.5)
        story.tell("accept", at, story.handler)
        _finish(story, teller, teller.work(at, story.scene.hours * teller.rng.uniform(0.05, 0.4)))
