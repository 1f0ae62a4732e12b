"""A small edition, a round, a draw and visits, made as plain rows: what stands before anybody visits anything."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from PIL import Image

from civicloop.inspection import actions
from civicloop.inspection.models import Draw, DrawnPoint, Round, Submission, Visit
from civicloop.organisation.models import Person, Point
from civicloop.photos import actions as photo_actions
from civicloop.photos.models import Photo
from civicloop.standards import editions
from civicloop.standards.models import Edition, Pack
from civicloop.standards.rules import shapes as s
from civicloop.standards.rules.difference import plain
from tests.cast import MONDAY_NINE, SOUTH, WEST, City

DAY = MONDAY_NINE.date()
NOON = MONDAY_NINE + timedelta(hours=3)


def item(code: str, text: str, **more: Any) -> s.ChecklistItem:
    """An item of the small checklist."""
    given: dict[str, Any] = {"how": "look", "aspect": "environment", "sure": "low", "photo": "never", **more}
    return s.ChecklistItem(code, s.Text(text), **given)


ADS = s.Count(s.Text("公益广告"), "at_least", 1, "piece", 200)
BUTTS = s.Count(s.Text("烟头"), "at_most", 2, "piece")
ITEMS = (
    item("STREET-01", "公益广告间隔不过长", counts=ADS, aspect="publicity", becomes="06010"),
    item("STREET-02", "路面无垃圾", becomes="06010", photo="when_failed"),
    item("STREET-03", "非机动车停放有序", becomes="09009", aspect="order"),
    item("STREET-04", "无乱搭建", becomes="06001"),
    item("STREET-05", "工作人员用语文明", aspect="service"),
    item("STREET-06", "烟头少", counts=BUTTS),
)
STREET = s.Checklist("STREET", s.Text("主次干道"), ("street",), ITEMS)


def make_edition(items: Sequence[s.ChecklistItem] = ITEMS, name: str = "2021") -> Edition:
    """An edition with one kind of place, streets."""
    street = s.Checklist("STREET", s.Text("主次干道"), ("street",), tuple(items))
    types = (s.PointType("street", s.Text("主干道"), "wenming", "low"),)
    pack = s.Pack(
        name="small-wenming", edition=name, title=s.Text("小标准"), source=s.Text("试验"), point_types=types,
        checklists=(street,),
    )  # fmt: skip
    row, _ = Pack.objects.get_or_create(
        code=pack.name, defaults={"edition": name, "title": "小标准", "digest": name, "loaded_at": MONDAY_NINE}
    )
    content = plain(pack)
    editions.book.cache_clear()  # numbers of editions begin anew with each test
    return Edition.objects.create(
        pack=row, name=name, digest=sha256(repr(content).encode()).hexdigest(), content=content, loaded_at=MONDAY_NINE
    )


def make_point(city: City, number: int = 1, *, unit: str = "lotus", **more: Any) -> Point:
    """A street in the first grid, some metres beside the last one."""
    given: dict[str, Any] = {
        "code": f"P{number}", "name": f"第{number}街", "point_type": "street", "unit": city.units[unit], "grid": city.grids[0],
        "lon": WEST + 0.004 + number * 0.001, "lat": SOUTH + 0.005, "address": f"莲花路{number}号", **more,
    }  # fmt: skip
    return Point.objects.create(**given)


@dataclass
class Scene:
    """A round with its draw, and who visits what."""

    city: City
    edition: Edition
    round: Round
    draw: Draw
    visits: list[Visit] = field(default_factory=list)

    @property
    def visit(self) -> Visit:
        """The first visit."""
        return self.visits[0]

    def add(self, *, by: str = "inspector", day: date = DAY, **more: Any) -> Visit:
        """One more drawn place with its visit."""
        number = DrawnPoint.objects.filter(draw=self.draw).count() + 1
        point = more.pop("point", None) or (None if "case" in more else make_point(self.city, number))
        case, twin = more.pop("case", None), more.pop("twin", None)
        drawn = twin.drawn if twin else DrawnPoint.objects.create(
            draw=self.draw, point=point, case=case, stratum="street", role="look_back" if case else "main", order=number,
            chance=0.25,
        )  # fmt: skip
        visit = Visit.objects.create(
            round=self.round, drawn=drawn, point=drawn.point, case=drawn.case, inspector=self.city.people[by], day=day,
            order=number, twin=twin, **more,
        )  # fmt: skip
        self.visits.append(visit)
        return visit

    def send(self, content: dict[str, Any] | None = None, *, visit: Visit | None = None, **more: Any) -> Submission:
        """Send a sheet as the inspector would from a program."""
        given: dict[str, Any] = {
            "uid": uuid4(), "by": self.city.inspector, "at": NOON, "door": "api", **more,
        }  # fmt: skip
        return actions.submit(visit=visit or self.visit, content=sheet() if content is None else content, **given)


def make_scene(city: City, *, visits: int = 1, edition: Edition | None = None) -> Scene:
    """A round of one week with a published draw; `visits` places for the first inspector on Monday."""
    edition = edition or make_edition()
    round_ = Round.objects.create(
        code=f"R{Round.objects.count() + 1}", title="第一周暗访", kind="weekly_visit", edition=edition,
        organiser=city.office, starts_on=DAY, ends_on=DAY + timedelta(days=6), planned_at=MONDAY_NINE,
    )  # fmt: skip
    draw = Draw.objects.create(
        code=f"{round_.code}-D1", round=round_, state="drawn", frame=gzip.compress(b"code\nP1\n", mtime=0),
        frame_digest="f" * 64, frame_size=4, commitment="c" * 64, secret="s" * 64, opens_on=DAY,
        committed_at=MONDAY_NINE, drawn_at=MONDAY_NINE,
    )  # fmt: skip
    scene = Scene(city, edition, round_, draw)
    for _ in range(visits):
        scene.add()
    return scene


def answer(code: str, told: str = "met", **more: Any) -> dict[str, Any]:
    """One answer of a sheet."""
    return {"item": code, "answer": told, **more}


ALL_MET = (
    answer("STREET-01", count=3, length_m=500), answer("STREET-02"), answer("STREET-03"), answer("STREET-04"),
    answer("STREET-05"), answer("STREET-06", count=0),
)  # fmt: skip


def sheet(
    *changed: dict[str, Any], noted_at: datetime = MONDAY_NINE + timedelta(hours=1), **more: Any
) -> dict[str, Any]:
    """A sheet in which all is met but what is said otherwise."""
    by_item = {one["item"]: one for one in (*ALL_MET, *changed)}
    return {"noted_at": noted_at.isoformat(), "answers": list(by_item.values()), **more}


def jpeg(word: str = "a") -> bytes:
    """A picture that differs with the word."""
    shade = sha256(word.encode()).digest()
    file = io.BytesIO()
    Image.new("RGB", (32, 24), (shade[0], shade[1], shade[2])).save(file, "JPEG")
    return file.getvalue()


def stored(word: str = "a", *, by: Person | None = None, at: datetime = MONDAY_NINE) -> Photo:
    """That picture in the store; sent by everybody there is, where nobody is named."""
    photo = photo_actions.store(io.BytesIO(jpeg(word)), sha256=None, by=by, at=at)
    if by is None:
        photo.also_sent_by.set(Person.objects.all())
    return photo


def named(word: str) -> UUID:
    """An id that a device made, always the same for a word."""
    return UUID(bytes=sha256(word.encode()).digest()[:16], version=4)
