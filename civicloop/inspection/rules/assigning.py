"""Inspectors drawn to visits (双随机): the second half of the draw, from the same seed.

Visits that lie together become tours without names; then names and days are drawn to the tours. Whom a conflict keeps from a
place hands that one visit to a neighbouring tour. Routes come afterwards and change nothing about who goes where.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from civicloop.kernel.sampling import number, shuffled

NOBODY = "nobody_eligible"
NO_TWIN = "no_second_inspector"
DAY_FULL = "day_full"


@dataclass(frozen=True)
class Task:
    """A visit to be given to somebody. `allowed` are the inspectors without a conflict; tasks come in spatial order.

    `twin` is the key of the first visit to the same place, where this is the second of a double visit; `minutes` is the time
    at the place together with the way there.
    """

    key: str
    minutes: float
    allowed: frozenset[int]
    twin: str = ""


class Slot(NamedTuple):
    """One inspector on one day (counted from 0)."""

    inspector: int
    day: int


NOT_BUSY: Mapping[Slot, float] = MappingProxyType({})


@dataclass(frozen=True)
class Shared:
    """Which slot each task got, and why the others got none."""

    slots: Mapping[str, Slot]
    left: Mapping[str, str]


class _Board:
    """Tours with their slots while tasks are placed on them."""

    def __init__(self, slots: Sequence[Slot], most_minutes: float, busy: Mapping[Slot, float]) -> None:
        self.slots = slots
        self.most = most_minutes
        self.load = [busy.get(slot, 0.0) for slot in slots]
        self.people: dict[str, int] = {}
        self.tour: dict[str, int] = {}

    def put(self, task: Task, tour: int) -> None:
        """Give a task to a tour."""
        self.load[tour] += task.minutes
        self.tour[task.key] = tour
        self.people[task.key] = self.slots[tour].inspector

    def fits(self, task: Task, tour: int) -> bool:
        """Whether the day has room for it."""
        return self.load[tour] + task.minutes <= self.most


def share(
    tasks: Sequence[Task], inspectors: Collection[int], days: int, seed: bytes, *, most_minutes: float, part: str = "",
    busy: Mapping[Slot, float] = NOT_BUSY,
) -> Shared:  # fmt: skip
    """Draw inspectors and days to tasks. `part` names the round of drawing, so that a second one has numbers of its own;
    `busy` are the minutes that days hold already.
    """
    if not tasks or not inspectors or days < 1:
        return Shared({}, {task.key: NOBODY for task in tasks})
    firsts = [task for task in tasks if not task.twin and task.allowed]
    tours = _tours(firsts, len(inspectors) * days)
    board = _Board(_names(tours, inspectors, days, seed, part), most_minutes, busy)
    left = {task.key: NOBODY for task in tasks if not task.allowed}
    loose: list[tuple[Task, int]] = []
    for tour, members in enumerate(tours):
        for task in members:
            if board.slots[tour].inspector in task.allowed and board.fits(task, tour):
                board.put(task, tour)
            else:
                loose.append((task, tour))
    for task, tour in loose:
        _place(task, tour, board, left, seed, part)
    for task in tasks:
        if task.twin and task.allowed:
            _place(task, board.tour.get(task.twin, 0), board, left, seed, part)
    return Shared({key: board.slots[tour] for key, tour in board.tour.items()}, left)


def _tours(tasks: Sequence[Task], many: int) -> list[list[Task]]:
    """Neighbouring tasks cut into so many tours of about equal time, in their spatial order."""
    tours: list[list[Task]] = [[] for _ in range(many)]
    whole = sum(task.minutes for task in tasks) or 1.0
    done = 0.0
    for task in tasks:
        tours[min(many - 1, int((done + task.minutes / 2) / whole * many))].append(task)
        done += task.minutes
    return tours


def _names(
    tours: Sequence[Sequence[Task]], inspectors: Collection[int], days: int, seed: bytes, part: str
) -> list[Slot]:
    """A slot for each tour: tours in random order choose among the free slots with the fewest conflicts, by lot."""
    free = {Slot(person, day) for person in inspectors for day in range(days)}
    slots: dict[int, Slot] = {}
    for name in shuffled([str(tour) for tour in range(len(tours))], seed, f"tour|{part}"):
        tour = int(name)
        barred = {
            person: sum(person not in task.allowed for task in tours[tour])
            for person in {slot.inspector for slot in free}
        }
        lot = {slot: number(seed, f"slot|{part}|{tour}|{slot.inspector}|{slot.day}") for slot in free}
        slots[tour] = min(free, key=lambda slot: (barred[slot.inspector], lot[slot], slot))
        free.remove(slots[tour])
    return [slots[tour] for tour in range(len(tours))]


def _place(task: Task, home: int, board: _Board, left: dict[str, str], seed: bytes, part: str) -> None:
    """Put one task on the nearest tour that may take it and has room; of two as near the lot decides."""
    other = board.people.get(task.twin)
    able = [tour for tour, slot in enumerate(board.slots) if slot.inspector in task.allowed and slot.inspector != other]
    if not able:
        left[task.key] = NO_TWIN if task.twin else NOBODY
        return
    room = [tour for tour in able if board.fits(task, tour)]
    if not room:
        left[task.key] = DAY_FULL
        return
    lot = {tour: number(seed, f"move|{part}|{task.key}|{tour}") for tour in room}
    board.put(task, min(room, key=lambda tour: (abs(tour - home), lot[tour])))
