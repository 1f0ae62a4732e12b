"""Orders of the demo city, told through the house's own steps: each is walked as far as its time allows, and stands there."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db.models import Count

from civicloop.demo.corps import Members
from civicloop.demo.settle import City
from civicloop.demo.volunteers import Corps, told
from civicloop.kernel.geo import distance_m
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.volunteers import actions
from civicloop.volunteers.models import Order, Team
from civicloop.volunteers.rules.lifecycle import WITH_TEAM, OrderState

MANY, DAYS, SERVING, WAITING = 240, 60, 4, 8
# What happens to an order beside its plain way, and how often.
DRAFT, REJECTED, RETURNED, CANCELLED, DECLINED, LAPSED, RECALLED, NOT_SERVED, UNRATED, URGENT, TOLD_LATER = (
    0.02, 0.04, 0.08, 0.05, 0.09, 0.04, 0.02, 0.03, 0.25, 0.07, 0.35,
)  # fmt: skip
SOURCES = (("portal", 6), ("hotline", 2), ("visit", 2), ("desk", 2))
SCORES = ((5, 60), (4, 25), (3, 9), (2, 4), (1, 2))


def tell_orders(city: City, corps: Corps, members: Members, *, seed: int, until: datetime, many: int = MANY) -> None:
    """Tell all orders of the last two months up to `until`."""
    teller = Teller(city, corps, members, seed=seed, until=until, many=many)
    for number in range(many):
        teller.tell(number)
    teller.leave_some_serving()
    teller.give_up_old_ones()
    teller.leave_some_waiting()


class Teller:
    """Tells the life of one order after the other; what would lie beyond `until` does not happen."""

    def __init__(self, city: City, corps: Corps, members: Members, *, seed: int, until: datetime, many: int) -> None:
        self.city, self.corps, self.members, self.until, self.many = city, corps, members, until, many
        self.rng = Random(f"{seed}:orders")
        self.ref = reference.now()
        self.callers = [city.persons[one.username] for one in city.humans if one.username.startswith("grid")]
        self.skills = {team.pk: frozenset(team.skills.values_list("pk", flat=True)) for team in corps.teams}
        self.needs = {one.pk: frozenset(one.skills.values_list("pk", flat=True)) for one in corps.services.values()}

    def tell(self, number: int) -> Order:
        """One order, from the day it is placed on; the last ones were placed within the last days."""
        age = (DAYS * (1 - number / self.many)) ** 1.5 / DAYS**0.5
        at = self._office(self.until - timedelta(days=age, hours=self.rng.uniform(0, 8)))
        if at >= self.until:  # the next morning is not told of any more
            at = self.until - timedelta(hours=self.rng.uniform(4, 5))
        order = self._placed(at)
        if order.state == OrderState.DRAFT:
            return order
        return self._reviewed(order, at)

    def leave_some_serving(self) -> None:
        """A few teams began on the last evening and have not told yet that they are done."""
        evening = self.until - timedelta(hours=5.5)
        begun = Order.objects.filter(state=OrderState.ACCEPTED, accepted_at__lt=evening).select_related("team")
        for number, order in enumerate(begun.order_by("pk")[:SERVING]):
            assert order.team is not None
            worker = self.corps.workers[order.team.unit_id]
            actions.begin(order.uid, by=worker, at=evening + timedelta(minutes=11 * number), ref=self.ref)

    def give_up_old_ones(self) -> None:
        """What no team took for weeks was talked over with the requester and cancelled; the youngest of them still waits."""
        old = Order.objects.filter(state=OrderState.POOLED, created_at__lt=self.until - timedelta(days=14))
        for number, order in enumerate(old.order_by("-pk")[1:]):
            at = self.until - timedelta(hours=6) + timedelta(minutes=9 * number)
            actions.cancel(order.uid, reason="暂无队伍承接，已电话说明", by=self._desk(), at=at, ref=self.ref)

    def leave_some_waiting(self) -> None:
        """The last morning's orders stand in the pool, each near a team that has room: the board has something to propose."""
        free = [(team, team.site) for team in self.corps.teams if team.site is not None and not self._full(team)]
        for number, (team, site) in enumerate(self.rng.sample(free, min(WAITING, len(free)))):
            fit = [
                one
                for one in told()["services"]
                if self.needs[self.corps.services[one["code"]].pk] <= self.skills[team.pk]
            ]
            at = self.until - timedelta(hours=4.5) + timedelta(minutes=7 * number)
            wanted = self.until + timedelta(days=1)
            order = actions.create(
                service=self.corps.services[self.rng.choice(fit)["code"]], by=None, at=at, source="portal",
                requester={"name": f"演示居民{900 + number}", "phone": f"139000099{number:02d}"},
                address=f"{site.name.partition('文明')[0]}附近{number + 1}号（演示）",
                lon=round(float(site.lon or 0) + self.rng.uniform(-4, 4) / 1000, 6),
                lat=round(float(site.lat or 0) + self.rng.uniform(-4, 4) / 1000, 6),
                wanted_from=wanted, wanted_to=wanted + timedelta(days=7), ref=self.ref,
            ).order  # fmt: skip
            actions.approve(order.uid, by=self._desk(), at=at + timedelta(minutes=5), ref=self.ref)

    def _full(self, team: Team) -> bool:
        return team.orders.filter(state__in=sorted(WITH_TEAM)).count() >= team.capacity

    def _placed(self, at: datetime) -> Order:
        rng = self.rng
        row = rng.choices(told()["services"], [one["share"] for one in told()["services"]])[0]
        source = rng.choices([name for name, _ in SOURCES], [many for _, many in SOURCES])[0]
        plot = rng.choice(self.city.land.plots)
        spot = plot.ground.representative_point()
        wanted = self._office(at + timedelta(days=rng.uniform(2, 9))) if rng.random() < 0.6 else None
        return actions.create(
            service=self.corps.services[row["code"]], by=self._maker(source), at=at, description=row["text"], source=source,
            requester={"name": f"演示居民{rng.randint(1, 999)}", "phone": f"1390000{rng.randint(0, 9999):04d}"},
            urgent=rng.random() < URGENT, weight=rng.choices([1, 2, 4], [7, 2, 1])[0],
            address=f"{plot.village.short}{rng.randint(1, 90)}号（演示）", lon=round(spot.x, 6), lat=round(spot.y, 6),
            wanted_from=wanted, wanted_to=wanted + timedelta(days=rng.randint(1, 5)) if wanted else None,
            submit=rng.random() >= DRAFT, ref=self.ref,
        ).order  # fmt: skip

    def _maker(self, source: str) -> Person | None:
        if source == "portal":
            return None
        return self.rng.choice(self.callers if source == "visit" else self.corps.desk)

    def _reviewed(self, order: Order, at: datetime) -> Order:
        at = self._later(at, 0.3, 3)
        if at >= self.until:
            return order
        dice, desk = self.rng.random(), self._desk()
        if dice < REJECTED:
            return actions.reject(order.uid, reason=self._said("reject"), by=desk, at=at, ref=self.ref)
        if dice < REJECTED + RETURNED:
            order = actions.return_(order.uid, reason=self._said("return"), by=desk, at=at, ref=self.ref)
            at = self._later(at, 5, 120)
            if at >= self.until:
                return order
            order = actions.hand_in(order.uid, by=order.made_by, at=at, ref=self.ref)
            at = self._later(at, 0.3, 3)
        if at >= self.until:
            return order
        order = actions.approve(order.uid, note=self._said("approve"), by=desk, at=at, ref=self.ref)
        if self.rng.random() < CANCELLED and (gone := self._later(at, 0.1, 1)) < self.until:
            return actions.cancel(order.uid, reason=self._said("cancel"), by=order.made_by, at=gone, ref=self.ref)
        return self._offered(order, at)

    def _offered(self, order: Order, at: datetime) -> Order:
        """Offered until a team takes it: one refuses, one does not answer, one has it taken back."""
        while (at := self._later(at, 0.2, 3)) < self.until:
            team = self._team_for(order)
            if team is None:
                return order
            order = actions.assign(order.uid, team=team, by=self._desk(), at=at, ref=self.ref)
            worker, dice = self.corps.workers[team.unit_id], self.rng.random()
            limit = order.act_by or at
            if dice < LAPSED:
                if limit >= self.until:
                    return order
                order, at = actions.lapse(order.uid, at=limit, ref=self.ref), limit
                continue
            at += (limit - at) * self.rng.uniform(0.05, 0.9)
            if at >= self.until:
                return order
            if dice < LAPSED + DECLINED:
                order = actions.decline(order.uid, reason=self._said("decline"), by=worker, at=at, ref=self.ref)
            elif dice < LAPSED + DECLINED + RECALLED:
                order = actions.recall(order.uid, reason=self._said("recall"), by=self._desk(), at=at, ref=self.ref)
            else:
                return self._served(actions.accept(order.uid, by=worker, at=at, ref=self.ref), worker, at)
        return order

    def _team_for(self, order: Order) -> Team | None:
        """The nearest team with the skills that is not full and was not asked before."""
        busy = dict(Order.objects.filter(state__in=sorted(WITH_TEAM)).values_list("team").annotate(n=Count("pk")))
        asked = set(order.refusals.values_list("team_id", flat=True))
        lon, lat = float(order.lon or 0), float(order.lat or 0)
        fit = [
            team
            for team in self.corps.teams
            if self.needs[order.service_id] <= self.skills[team.pk]
            and team.pk not in asked
            and busy.get(team.pk, 0) < team.capacity
        ]
        return min(fit, key=lambda one: distance_m(lon, lat, float(one.lon or 0), float(one.lat or 0)), default=None)

    def _served(self, order: Order, worker: Person, at: datetime) -> Order:
        start = max(self._later(at, 2, 60), order.wanted_from or at)
        if start >= self.until:
            return order
        order = actions.begin(order.uid, by=worker, at=start, ref=self.ref)
        home = start + timedelta(minutes=order.minutes * self.rng.uniform(0.7, 1.5))
        # Some tell it only when they are home again, or the next morning.
        end = self._later(home, 1, 16) if self.rng.random() < TOLD_LATER else home
        if end >= self.until:
            return order
        served = self.members.serving(order, start, home)
        order = actions.finish(order.uid, note=self._said("finish"), served=served, by=worker, at=end, ref=self.ref)
        if self.rng.random() < NOT_SERVED and (back := self._later(end, 1, 20)) < self.until:
            order = actions.not_served(
                order.uid, reason=self._said("not_served"), by=order.made_by, at=back, ref=self.ref
            )  # fmt: skip
            end = self._later(back, 3, 30)
            if end >= self.until:
                return order
            order = actions.finish(order.uid, note=self._said("finish"), by=worker, at=end, ref=self.ref)
        return self._rated(order, end)

    def _rated(self, order: Order, at: datetime) -> Order:
        if self.rng.random() < UNRATED:
            at = order.act_by or at
            if at >= self.until:
                return order
            order = actions.rate_by_time(order.uid, at=at, ref=self.ref)
        else:
            at = self._later(at, 2, 80)
            if at >= self.until:
                return order
            score = self.rng.choices([score for score, _ in SCORES], [many for _, many in SCORES])[0]
            order = actions.rate(
                order.uid,
                score=score,
                as_asked=score > 2,
                note=self._said("rate"),
                by=order.made_by,
                at=at,
                ref=self.ref,
            )
        at = self._later(at, 1, 20)
        return order if at >= self.until else actions.archive(order.uid, by=self._desk(), at=at, ref=self.ref)

    def _desk(self) -> Person:
        return self.rng.choice(self.corps.desk)

    def _said(self, what: str) -> str:
        return str(self.rng.choice(told()["said"][what]))

    def _later(self, at: datetime, least: float, most: float) -> datetime:
        return self._office(at + timedelta(hours=self.rng.uniform(least, most)))

    def _office(self, at: datetime) -> datetime:
        """The moment, or the next morning where it lies in the night; people order and serve at weekends too."""
        local = at.astimezone(self.until.tzinfo)
        if local.hour < 8:
            return local.replace(hour=8, minute=self.rng.randint(0, 59))
        if local.hour >= 19:
            return local.replace(hour=8, minute=self.rng.randint(0, 59)) + timedelta(days=1)
        return local
