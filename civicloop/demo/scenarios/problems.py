"""The problems of a scenario: each is told from report to close with the house's own working hours, then brought in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from civicloop.cases.actions.historic import Historic, HistoricStep
from civicloop.demo.history.scenes import book
from civicloop.demo.scenarios.settle import Place, inside
from civicloop.demo.scenarios.shape import Problems
from civicloop.kernel import worktime
from civicloop.kernel.worktime import Limit, WorkCalendar
from civicloop.organisation.models import Grid, Person, Point
from civicloop.organisation.rules.roles import Role
from civicloop.standards.categories import CategoryInfo
from civicloop.standards.reference import Reference

CODES = "gb47678-2026"
Work = Callable[[datetime, float], datetime]
"""The moment so many working hours later."""


@dataclass
class Author:
    """Tells problems with one stream of chance; nothing happens at or after `until`."""

    place: Place
    ref: Reference
    until: datetime
    rng: Random

    def tell(self, told: Problems) -> Iterator[Historic]:
        """All problems of one line of the file."""
        kinds = [self._category(code) for code in told.kinds]
        points = [point for point in self.place.points if point.point_type == told.at]
        if told.at and not points:
            raise ValueError(f"{told.key}: no point of type {told.at}")
        self.rng.shuffle(points)
        special = self._special(told)
        for number in range(told.many):
            category = self.rng.choices(kinds, list(told.kinds.values()))[0]
            spot = points[number % len(points)] if points else None
            yield self._problem(told, number, category, spot, special.get(number, ""))

    def _special(self, told: Problems) -> dict[int, str]:
        """Which of them took another road than the straight one."""
        wanted = {
            "joint": told.joint, "suspended": told.suspended, "supervised": told.supervised,
            "late": round(told.late * told.many), "open": round(told.still_open * told.many),
            "sent_back": round(told.sent_back * told.many),
        }  # fmt: skip
        roads = [name for name, many in wanted.items() for _ in range(many)]
        if len(roads) > told.many:
            raise ValueError(f"{told.key}: more special roads than problems")
        return dict(zip(self.rng.sample(range(told.many), len(roads)), roads, strict=True))

    def _category(self, code: str) -> CategoryInfo:
        found = self.ref.categories.by_code(code, CODES)
        if found is None:
            raise ValueError(f"the pack has no category {code}")
        return found

    def _problem(self, told: Problems, number: int, category: CategoryInfo, spot: Point | None, road: str) -> Historic:
        rng = self.rng
        grid = self._grid(spot)
        lon, lat = (spot.lon, spot.lat) if spot and spot.lon is not None else inside(grid, rng)
        unit = self._unit(told, category, grid, spot)
        calendar, condition = self.ref.calendar_for(unit), category.conditions[0]
        seen = self._seen(told, road, calendar)
        limit = condition.limits[grid.area_class]
        texts = next((row["texts"] for row in book()["categories"] if row["code"] == category.code), [category.name])
        reporter = rng.choice(self.place.of(Role.INSPECTOR) if told.source == "inspection" else self._patrol())
        where = spot.address if spot else f"{grid.name}{rng.choice(book()['places'])}"
        record = Historic(
            external_key=f"{told.key}-{number + 1:04d}", category_id=category.id, condition_id=condition.id,
            reported_at=seen, description=rng.choice(texts), address=where, lon=lon, lat=lat, given_lon=lon, given_lat=lat,
            grid_id=grid.pk, point_id=spot.pk if spot else None, area_class=grid.area_class, reporter_id=reporter.pk,
            source=told.source, fingerprint=f"{told.key}-{number + 1}",
        )  # fmt: skip
        steps = list(self._road(record, unit, limit, calendar, road))
        return replace(record, steps=tuple(step for step in steps if step.at < self.until))

    def _grid(self, spot: Point | None) -> Grid:
        return spot.grid if spot is not None and spot.grid is not None else self.rng.choice(self.place.grids)

    def _patrol(self) -> Sequence[Person]:
        return self.place.of(Role.GRID_WORKER) or self.place.of(Role.REPORTER)

    def _unit(self, told: Problems, category: CategoryInfo, grid: Grid, spot: Point | None) -> int:
        """Who puts it right: the block it lies in, or the department of its line where there is one with people."""
        block = spot.unit_id if spot is not None and spot.unit_id is not None else grid.unit_id
        lines = self.ref.org.for_line(category.line) if told.handled == "line" else ()
        staffed = [unit.id for unit in lines if self.place.of(Role.UNIT_HANDLER, unit.code)]
        return staffed[0] if staffed else int(block or 0)

    def _seen(self, told: Problems, road: str, calendar: WorkCalendar) -> datetime:
        """When it was seen: at least ten days ago, so that it is over by now, unless it is to stay open."""
        since = self.until - timedelta(days=told.days)
        latest = self.until - timedelta(days=2 if road in ("open", "suspended") else 12)
        at = since + (latest - since) * self.rng.random()
        return calendar.add_work(at, 60 * self.rng.randint(1, 90)).replace(microsecond=0)

    def _road(
        self, record: Historic, unit: int, limit: Limit, calendar: WorkCalendar, road: str
    ) -> Iterator[HistoricStep]:
        rng, code = self.rng, self.ref.org.unit(unit).code
        handler = self._one(Role.UNIT_HANDLER, code)

        def work(since: datetime, hours: float) -> datetime:
            return calendar.add_work(since, max(60.0, hours * 3600)).replace(microsecond=0)

        at = work(record.reported_at, rng.uniform(0.1, 0.5))
        yield HistoricStep("file", at, self._one(Role.FILER))
        sent = work(at, rng.uniform(0.1, 0.4))
        yield HistoricStep("dispatch", sent, self._one(Role.DISPATCHER), to_unit_id=unit)
        due = worktime.start(limit, sent, calendar).due_at
        at = work(sent, rng.uniform(0.05, 0.3))
        yield HistoricStep("accept", at, handler)
        if road == "open":
            return
        if road == "suspended":
            yield self._suspended(at, unit, code)
            return
        if road == "joint":
            told = list(self._jointly(at, unit, code, record.address, work))
            yield from told
            at = told[-1].at
        late = road in ("late", "supervised")
        done = work(max(due, at), rng.uniform(2, 12)) if late else self._between(at, due, calendar)
        if road == "supervised":
            pressed = work(due, 0.5)
            answer_by = {"level": "supervisor", "answer_by": work(pressed, 7).isoformat()}
            note = "超过时限仍未办结，请立即办理并说明原因"
            yield HistoricStep("supervise", pressed, self._one(Role.SUPERVISOR), note=note, data=answer_by)
            done = max(done, work(pressed, 1.5))
        yield from self._ending(done, handler, road, work)

    def _ending(self, done: datetime, handler: int, road: str, work: Work) -> Iterator[HistoricStep]:
        notes, rng = book()["notes"], self.rng
        verifier = self._one(Role.VERIFIER)
        yield HistoricStep("rectify", done, handler, note=rng.choice(notes["rectify"]))
        at = work(done, rng.uniform(0.3, 3))
        if road == "sent_back":
            yield HistoricStep("send_back", at, verifier, note=rng.choice(notes["send_back"]))
            again = work(at, rng.uniform(0.2, 1.5))
            yield HistoricStep("rectify", again, handler, note=rng.choice(notes["rectify"]))
            at = work(again, rng.uniform(0.3, 2))
        yield HistoricStep("verify", at, verifier, note=rng.choice(notes["verify"]))
        yield HistoricStep("close", work(at, rng.uniform(0.1, 0.8)), verifier, note="同意结案")

    def _between(self, since: datetime, until: datetime, calendar: WorkCalendar) -> datetime:
        """A working moment well before the due time."""
        seconds = calendar.work_seconds(since, until) * self.rng.uniform(0.15, 0.7)
        return calendar.add_work(since, max(60.0, seconds)).replace(microsecond=0)

    def _suspended(self, at: datetime, unit: int, code: str) -> HistoricStep:
        note = self.rng.choice(book()["notes"]["suspend"])
        leader = self._one(Role.UNIT_LEADER, code)
        review = (self.until + timedelta(days=30)).date().isoformat()
        data = {"plan": note, "person_id": leader, "review_on": review}
        return HistoricStep("suspend", at + timedelta(minutes=30), self._one(Role.DISPATCHER), note=note, data=data)

    def _jointly(self, at: datetime, unit: int, code: str, place: str, work: Work) -> Iterator[HistoricStep]:
        """The block calls two departments in; they come, agree on a plan and are scored."""
        rng, handler = self.rng, self._one(Role.UNIT_HANDLER, code)
        departments = [
            one.id for one in sorted(self.ref.org.units.values(), key=lambda u: u.code)
            if one.kind == "department" and one.id != unit and self.place.of(Role.UNIT_HANDLER, one.code)
        ]  # fmt: skip
        called = rng.sample(departments, min(2, len(departments)))
        blown, meet = work(at, 0.3), work(at, 3)
        data = {"whistle_kind": "key_work", "place": place, "meet_at": meet.isoformat(), "unit_ids": called}
        yield HistoricStep("whistle", blown, handler, unit, note="需多部门现场会商", data=data)
        for other in called:
            come = self._one(Role.UNIT_HANDLER, self.ref.org.unit(other).code)
            yield HistoricStep("report_in", work(meet, 0.1), come, other)
        plan = rng.choice(book()["notes"]["plan_jointly"])
        yield HistoricStep("plan_jointly", work(meet, 0.6), handler, unit, note=plan, data={"plan": plan})
        for other in called:
            score = {"unit_id": other, "score": rng.randrange(80, 101, 5)}
            yield HistoricStep("score_whistle", work(meet, 1), handler, unit, data=score)
        yield HistoricStep("end_whistle", work(meet, 1.2), handler, unit, note="各部门已到场，分工明确")

    def _one(self, role: Role, unit: str | None = None) -> int:
        found = self.place.of(role, unit)
        if not found:
            raise ValueError(f"nobody is {role} in {unit or 'the city'}")
        return self.rng.choice(found).pk
