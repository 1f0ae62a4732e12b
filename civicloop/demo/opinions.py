"""What grid workers heard at doors in the demo city (入户征集), and what became of it by the ordinary steps. All invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from civicloop.demo.land import Plot
from civicloop.demo.offices import unit_of_village
from civicloop.demo.points import place_in
from civicloop.demo.settle import City
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.organisation.rules.roles import Role
from civicloop.standards.reference import Reference
from civicloop.surveys import actions

DEPARTMENT = "CGJ"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said, how many days ago, and what became of it: the state it is in; `answer` is the answer or the reason."""

    kind: str
    words: str
    days: int
    becomes: str = "noted"
    answer: str = ""
    category: str = ""


HEARD = (
    Heard("problem", "楼道口的垃圾桶盖子坏了，天热味道大，几天没人换。", 9, "case_opened", category="06010"),
    Heard("problem", "小区东门外早上停满了车，老人过不去。", 4, "case_opened", category="09009"),
    Heard("suggestion", "公园里多放几张带靠背的椅子，老人走累了能坐。", 12, "passed_on"),
    Heard("suggestion", "菜市场门口能不能划几个临时停车位。", 6, "passed_on"),
    Heard("suggestion", "社区图书角晚上开到九点，孩子放学后有处去。", 20, "answered", "下月起每周二、四开放至晚上九点。"),
    Heard("question", "旧家具什么时候来收，放在哪里？", 15, "answered", "每月第一个周六上午，放在小区西门指定位置。"),
    Heard("praise", "今年路面干净多了，清扫的师傅很负责。", 8, "answered", "已转告保洁班组，谢谢。"),
    Heard("problem", "楼上夜里走路声音大。", 11, "set_aside", "邻里纠纷，已转社区调解，不属创建事项。"),
    Heard("suggestion", "希望小区门口再开一家超市。", 18, "set_aside", "属市场自主经营，记录备查。"),
    Heard("problem", "水景池的水发绿，有蚊子。", 1),
    Heard("question", "文明家庭怎么报名？", 1),
    Heard("praise", "网格员上门很耐心。", 0),
)  # fmt: skip


def hear_at_doors(city: City, keepers: Mapping[str, Person], *, seed: int, until: datetime, ref: Reference) -> None:
    """Opinions in every state, each heard by a grid worker in his community; `keepers` are the towns' handlers, by town."""
    rng = Random(f"{seed}:opinions")
    for heard, (plot, listener, decider) in zip(HEARD, _doors(city, keepers, rng, until, ref), strict=False):
        at = until - timedelta(days=heard.days, hours=3)
        lon, lat = place_in(plot, rng)
        row = actions.note_opinion(
            unit_id=_unit(city, plot), kind=heard.kind, words=heard.words, heard_on=day_of(at), by=listener, at=at,
            lon=lon, lat=lat, ref=ref,
        )  # fmt: skip
        told: dict[str, Any] = {"opinion_uid": row.uid, "by": decider, "at": at + timedelta(hours=2)}
        if heard.becomes == "case_opened":
            category = ref.categories.by_code(heard.category)
            assert category is not None
            actions.open_case(**told, category_id=category.id, ref=ref)
        elif heard.becomes == "passed_on":
            actions.pass_on(**told, unit_id=city.units[DEPARTMENT].pk, ref=ref)
        elif heard.becomes == "answered":
            actions.answer_opinion(**told, answer=heard.answer)
        elif heard.becomes == "set_aside":
            actions.set_aside(**told, reason=heard.answer)


def _doors(
    city: City, keepers: Mapping[str, Person], rng: Random, until: datetime, ref: Reference
) -> Iterator[tuple[Plot, Person, Person]]:
    """Grids here and there with their worker and the handler of their town."""
    persons = {person.pk: person for person in city.persons.values()}
    for plot in rng.sample(city.land.plots, len(city.land.plots)):
        workers = ref.org.holders(Role.GRID_WORKER, [_unit(city, plot)], day_of(until))
        if workers and plot.village.town in keepers:
            yield plot, persons[workers[0]], keepers[plot.village.town]


def _unit(city: City, plot: Plot) -> int:
    return city.units[unit_of_village(city.land)[plot.village.code]].pk
