"""The fixed cast: a small city with one person per role, four square grids, a calendar and a few categories.

Every test of permission reads like a story, because the names are always the same: Ma Li files, Shen Du dispatches, the Lotus
Office handles, its leader answers for it, He Cha verifies, Zhang Du supervises. All names are invented.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.kept import kept

CHINA = timezone(timedelta(hours=8))
# A Monday on which everybody works; Saturday 2026-02-14 is a make-up working day.
MONDAY_NINE = datetime(2026, 11, 23, 9, tzinfo=CHINA)
SINCE = date(2026, 1, 1)
WEST, SOUTH, SIDE = 118.10, 24.70, 0.02
PASSWORD = "lotus-pond-2026"


def hours(count: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=count)


def noon(days: int) -> datetime:
    """Twelve o'clock in the city, so many days ago: what lasts some hours from then crosses no midnight, whenever tests run."""
    return datetime.now(CHINA).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=days)


@dataclass
class City:
    """The cast and its stage. Units and people by name, as attributes of two plain mappings."""

    units: dict[str, Any] = field(default_factory=dict)
    people: dict[str, Any] = field(default_factory=dict)
    grids: list[Any] = field(default_factory=list)
    categories: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for shelf in ("people", "units", "categories"):
            if name in self.__dict__.get(shelf, {}):
                return self.__dict__[shelf][name]
        raise AttributeError(name)

    def photo(self, word: str = "after") -> dict[str, str]:
        """A stored photo that everybody of the cast has sent, as a step is given it."""
        from civicloop.photos.models import Photo

        sha256 = hashlib.sha256(word.encode()).hexdigest()
        photo, new = Photo.objects.get_or_create(
            sha256=sha256,
            defaults={"media_type": "image/jpeg", "size": 10, "width": 4, "height": 3, "received_at": MONDAY_NINE},
        )
        if new:
            photo.also_sent_by.set(self.people.values())
        return {"sha256": sha256, "kind": word if word in ("near", "far", "reference", "before", "after") else "near"}

    def report(
        self, *, by: str = "reporter", category: str = "litter", at: datetime = MONDAY_NINE, **given: Any
    ) -> Any:
        """A case as it is reported, in the first grid unless said otherwise."""
        from civicloop.cases import actions

        place = {"lon": WEST + 0.005, "lat": SOUTH + 0.005} if not {"lon", "address"} & set(given) else {}
        return actions.report(
            category_id=self.categories[category].pk, by=self.people[by], at=at, **{**place, **given}
        ).case

    def walk(
        self, state: str, *, at: datetime = MONDAY_NINE, case: Any = None, unit: str = "lotus", **given: Any
    ) -> Any:
        """A case walked along the seven stages until it stands in `state`, a quarter of an hour a step."""
        from civicloop.cases import actions

        case = case or self.report(at=at, **given)
        steps: list[tuple[str, str, Mapping[str, Any]]] = [
            ("filed", "filer", {"step": "file", "given": {"category": str(case.category.uid)}}),
            ("dispatched", "dispatcher", {"step": "dispatch", "given": {"unit": self.units[unit].code}}),
            ("accepted", self.handler_of(unit), {"step": "accept", "given": {}}),
            (
                "rectified",
                self.handler_of(unit),
                {"step": "rectify", "given": {"note": "cleared", "photos": [self.photo()]}},
            ),
            ("verified", "verifier", {"step": "verify", "given": {"note": "it is clean"}}),
            ("closed", "filer", {"step": "close", "given": {}}),
        ]
        reached = [name for name, _, _ in steps]
        if state == "reported":
            return case
        for number, (_, by, what) in enumerate(steps[: reached.index(state) + 1], 1):
            case = actions.take(case.uid, by=self.people[by], at=at + timedelta(minutes=15 * number), **what)
        return case

    def handler_of(self, unit: str) -> str:
        """Who handles in a unit."""
        return {"lotus": "handler", "willow": "other_handler", "sanitation": "sweeper"}[unit]


UNITS = (
    ("command", "指挥部", "command_post", None, ()),
    ("office", "创建办", "campaign_office", "command", ()),
    ("checkers", "核查中心", "campaign_office", "command", ()),
    ("urban", "城管局", "department", "command", ("urban_management",)),
    ("sanitation", "环卫中心", "department", "command", ("sanitation",)),
    ("police", "交警大队", "department", "command", ("traffic_police",)),
    ("lotus", "莲花镇", "town", "command", ()),
    ("willow", "柳塘街道", "town", "command", ()),
    ("lotus_north", "莲北社区", "community", "lotus", ()),
    ("lotus_south", "莲南社区", "community", "lotus", ()),
    ("willow_east", "柳东社区", "community", "willow", ()),
    ("cleaners", "洁净保洁公司", "company", "sanitation", ()),
)
PEOPLE = (
    ("filer", "马立", "filer", "office"),
    ("dispatcher", "申度", "dispatcher", "office"),
    ("verifier", "何查", "verifier", "checkers"),
    ("supervisor", "章督", "supervisor", "command"),
    ("other_supervisor", "吕督", "supervisor", "command"),
    ("auditor", "顾审", "auditor", "command"),
    ("handler", "连办", "unit_handler", "lotus"),
    ("leader", "连长青", "unit_leader", "lotus"),
    ("other_handler", "柳办", "unit_handler", "willow"),
    ("other_leader", "柳长青", "unit_leader", "willow"),
    ("sweeper", "卫办", "unit_handler", "sanitation"),
    ("urban_handler", "管办", "unit_handler", "urban"),
    ("reporter", "闻报", "reporter", "lotus_north"),
    ("grid_worker", "葛远", "grid_worker", "lotus_north"),
    ("sponsor", "包莲", "sponsor", "lotus"),
    ("inspector", "訾查", "inspector", "office"),
    ("other_inspector", "巫访", "inspector", "checkers"),
    ("town_inspector", "柳访", "inspector", "willow"),
    ("system_admin", "席统", "system_admin", "command"),
    ("security_admin", "安全", "security_admin", "command"),
    ("audit_admin", "审计", "audit_admin", "command"),
)
# code, name, line, limit, report photo, rectify photo
CATEGORIES = (
    ("litter", "06010", "暴露垃圾", "sanitation", (4, "work_hour"), False, True),
    ("parking", "09009", "机动车乱停放", "traffic_police", (2, "work_hour"), False, False),
    ("building", "06001", "私搭乱建", "urban_management", (20, "work_day"), True, True),
    ("water", "09999", "无人认领事项(自定义)", "nobody", (3, "natural_day"), False, False),
)


@pytest.fixture
def city(db: None) -> City:
    """The small city, complete."""
    return kept(build_city)


def build_city() -> City:
    """Build the cast through the house's own verbs."""
    from civicloop.organisation import actions as organisation
    from civicloop.standards import actions as standards  # noqa: F401  (loads the app's tables)

    made, now = City(), MONDAY_NINE - timedelta(days=300)
    calendar = organisation.add_calendar(code="city", name="全市", by=None, at=now)
    organisation.seed_calendar(calendar=calendar, years=(2025, 2026, 2027), by=None, at=now)
    for name, title, kind, parent, lines in UNITS:
        made.units[name] = organisation.add_unit(
            code=name.upper(), name=title, kind=kind, parent=made.units.get(parent or ""), lines=lines, by=None, at=now
        )
    for name, title, role, unit in PEOPLE:
        person = organisation.add_person(
            username=name, name=title, phone="13800000000", password=PASSWORD, by=None, at=now
        )
        organisation.appoint(person=person, role=role, unit=made.units[unit], starts_on=SINCE, by=None, at=now)
        made.people[name] = person
    _grids(made, now)
    _categories(made, now)
    return made


def _grids(made: City, now: datetime) -> None:
    from civicloop.organisation import actions as organisation
    from civicloop.organisation.actions.places import GridRow
    from civicloop.organisation.models import Grid

    rows = []
    blocks = (("lotus_north", "A"), ("lotus_south", "B"), ("willow_east", "B"), (None, "C"))
    for number, (unit, area_class) in enumerate(blocks):
        west, south = WEST + SIDE * (number % 2), SOUTH + SIDE * (number // 2)
        ring = [[west, south], [west + SIDE, south], [west + SIDE, south + SIDE], [west, south + SIDE], [west, south]]
        rows.append(
            GridRow(
                code=f"35021200100100{number + 1}", name=f"第{number + 1}网格",
                outline={"type": "Polygon", "coordinates": [ring]},
                unit_id=made.units[unit].pk if unit else None, area_class=area_class,
            )
        )  # fmt: skip
    organisation.bring_in_grids(rows=rows, by=None, at=now)
    made.grids = list(Grid.objects.order_by("code"))


def _categories(made: City, now: datetime) -> None:
    from civicloop.organisation.actions import bump
    from civicloop.standards.models import Category, FilingCondition, LimitRow, Pack

    pack = Pack.objects.create(code="small", edition="1", title="小标准", digest="0" * 64, loaded_at=now)
    for name, code, title, line, (amount, unit), report_photo, rectify_photo in CATEGORIES:
        category = Category.objects.create(
            pack=pack, code=code, name=title, kind="matter", line=line, needs_report_photo=report_photo,
            needs_rectify_photo=rectify_photo,
        )  # fmt: skip
        condition = FilingCondition.objects.create(category=category, code="1", text="有", closing="无")
        for area_class, factor in (("A", 1), ("B", 2), ("C", 4)):
            LimitRow.objects.create(
                condition=condition, area_class=area_class, amount=Decimal(amount * factor), unit=unit
            )
        made.categories[name] = category
    bump("standards", "parameters")
