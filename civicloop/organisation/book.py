"""The organisation as a book held in memory: the tree of units and who holds which post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from civicloop.kernel.refusal import NotFound
from civicloop.organisation.models import Appointment, Unit
from civicloop.organisation.rules.roles import CITYWIDE_KINDS, DESK_ROLES, UNIT_ROLES, Role


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """A unit as the rules see it."""

    id: int
    uid: UUID
    code: str
    name: str
    kind: str
    parent_id: int | None
    lines: tuple[str, ...]
    calendar_id: int | None
    hours: tuple[tuple[str, str], ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Post:
    """One appointment: a role in a unit, perhaps for one grid, area or point, for a period."""

    role: str
    unit_id: int
    grid_id: int | None
    duty_grid_id: int | None
    area_id: int | None
    point_id: int | None
    starts_on: date
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the appointment is in force on a day; its last day counts."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class OrgBook:
    """Units by number, code and public id, and posts by person."""

    units: Mapping[int, UnitInfo]
    posts: Mapping[int, tuple[Post, ...]]
    _children: Mapping[int | None, tuple[int, ...]] = field(repr=False)

    @cached_property
    def _by_code(self) -> dict[str, UnitInfo]:
        return {unit.code: unit for unit in self.units.values()}

    @cached_property
    def _by_uid(self) -> dict[UUID, UnitInfo]:
        return {unit.uid: unit for unit in self.units.values()}

    @cached_property
    def _by_line(self) -> dict[str, tuple[UnitInfo, ...]]:
        found: dict[str, list[UnitInfo]] = {}
        for unit in sorted(self.units.values(), key=lambda one: one.code):
            for line in unit.lines if unit.active else ():
                found.setdefault(line, []).append(unit)
        return {line: tuple(units) for line, units in found.items()}

    @cached_property
    def _subtrees(self) -> dict[int, frozenset[int]]:
        return {}

    @cached_property
    def _staffed(self) -> dict[tuple[str, date], frozenset[int]]:
        return {}

    def unit(self, unit_id: int) -> UnitInfo:
        """The unit with this number."""
        try:
            return self.units[unit_id]
        except KeyError:
            raise NotFound("unit", unit_id) from None

    def by_code(self, code: str) -> UnitInfo | None:
        """The unit with this code."""
        return self._by_code.get(code)

    def by_uid(self, uid: UUID) -> UnitInfo | None:
        """The unit with this public id."""
        return self._by_uid.get(uid)

    def for_line(self, line: str) -> tuple[UnitInfo, ...]:
        """Active units that carry a function (城管, 环卫 …), in order of code."""
        return self._by_line.get(line, ())

    def subtree(self, unit_id: int) -> frozenset[int]:
        """The unit and all units below it."""
        known = self._subtrees.get(unit_id)
        if known is None:
            found, todo = {unit_id}, [unit_id]
            while todo:
                below = self._children.get(todo.pop(), ())
                todo.extend(one for one in below if one not in found)
                found.update(below)
            known = self._subtrees[unit_id] = frozenset(found)
        return known

    def above(self, unit_id: int) -> tuple[int, ...]:
        """The units over this one, nearest first."""
        found: list[int] = []
        parent = self.units[unit_id].parent_id if unit_id in self.units else None
        while parent is not None and parent not in found:
            found.append(parent)
            parent = self.units[parent].parent_id
        return tuple(found)

    def first_of_kind(self, *kinds: str) -> UnitInfo | None:
        """The active unit of the first kind that has one, lowest code first."""
        for kind in kinds:
            found = sorted((u for u in self.units.values() if u.kind == kind and u.active), key=lambda u: u.code)
            if found:
                return found[0]
        return None

    def posts_of(self, person_id: int, on: date) -> tuple[Post, ...]:
        """The posts a person holds on a day."""
        return tuple(post for post in self.posts.get(person_id, ()) if post.holds_on(on))

    def staffed(self, role: str, on: date) -> frozenset[int]:
        """The units in which somebody holds a role on a day; looked for once, as every report asks it."""
        known = self._staffed.get((role, on))
        if known is None:
            posts = (post for held in self.posts.values() for post in held)
            known = frozenset(post.unit_id for post in posts if post.role == role and post.holds_on(on))
            self._staffed[role, on] = known
        return known

    def holders(self, role: str, units: Iterable[int], on: date) -> tuple[int, ...]:
        """People who hold a role in one of these units on a day, in order of their number."""
        wanted = frozenset(units)
        return tuple(
            person
            for person, posts in sorted(self.posts.items())
            if any(p.role == role and p.unit_id in wanted and p.holds_on(on) for p in posts)
        )


@dataclass(frozen=True)
class Actor:
    """A person with the posts held on the day of acting: what every question of permission is asked about."""

    person_id: int
    person_uid: UUID
    posts: tuple[Post, ...]
    book: OrgBook = field(repr=False)

    @cached_property
    def roles(self) -> frozenset[str]:
        """All roles held today."""
        return frozenset(post.role for post in self.posts)

    @cached_property
    def sees_all(self) -> bool:
        """Desks that stand at the command post see every case; so does an auditor of the city."""
        return any(post.role in DESK_ROLES and self._is_citywide(post.unit_id) for post in self.posts)

    @cached_property
    def sight_units(self) -> frozenset[int]:
        """Units whose reach this person may read. The rows of reach already carry the units above, so no subtree is needed."""
        return frozenset(post.unit_id for post in self.posts if post.role in UNIT_ROLES)

    def has(self, *roles: str) -> bool:
        """Whether the person holds one of the roles anywhere."""
        return not self.roles.isdisjoint(roles)

    def holds(self, roles: Iterable[str], unit_id: int | None) -> bool:
        """Whether the person holds one of the roles in this unit or in a unit over it; city-wide desks reach every unit."""
        wanted = frozenset(roles)
        return any(
            post.role in wanted
            and (
                (unit_id is not None and unit_id in self.book.subtree(post.unit_id))
                or (post.role in DESK_ROLES and self._is_citywide(post.unit_id))
            )
            for post in self.posts
        )

    def belongs_to(self, unit_id: int | None) -> bool:
        """Whether the person handles or leads in this unit, or in a unit below or above it on the way to the root.

        Used for "nobody judges his own unit's work": a verifier's own post at a city-wide desk does not count as belonging.
        """
        if unit_id is None:
            return False
        family = self.book.subtree(unit_id)
        working = frozenset({Role.UNIT_HANDLER, Role.UNIT_LEADER, Role.GRID_WORKER})
        return any(
            post.unit_id in family or (post.role in working and unit_id in self.book.subtree(post.unit_id))
            for post in self.posts
        )

    def unit_acted_for(self, preferred: int | None) -> int | None:
        """The unit a step is written down under: the loop's unit when the person acts for it, else the first post's."""
        for post in self.posts:
            if preferred is not None and preferred in self.book.subtree(post.unit_id):
                return post.unit_id
        return self.posts[0].unit_id if self.posts else None

    def _is_citywide(self, unit_id: int) -> bool:
        unit = self.book.units.get(unit_id)
        return unit is not None and (unit.kind in CITYWIDE_KINDS or unit.parent_id is None)


def load_book() -> OrgBook:
    """Read the whole organisation: two statements."""
    units = {
        row.pk: UnitInfo(
            row.pk, row.uid, row.code, row.name, row.kind, row.parent_id, tuple(row.lines), row.calendar_id,
            tuple((start, end) for start, end in row.hours), row.active,
        )
        for row in Unit.objects.order_by("code")
    }  # fmt: skip
    children: dict[int | None, list[int]] = {}
    for unit in units.values():
        children.setdefault(unit.parent_id, []).append(unit.id)
    posts: dict[int, list[Post]] = {}
    fields = ("role", "unit_id", "grid_id", "duty_grid_id", "area_id", "point_id", "starts_on", "ends_on")
    held = Appointment.objects.filter(person__is_active=True)  # whoever has left holds nothing, whatever the rows say
    for person_id, *rest in held.order_by("id").values_list("person_id", *fields):
        posts.setdefault(person_id, []).append(Post(*rest))
    return OrgBook(
        units, {key: tuple(rows) for key, rows in posts.items()}, {key: tuple(ids) for key, ids in children.items()}
    )
