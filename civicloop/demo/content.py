"""Reports of residents in the demo city that were put right in the last days, and how content those who reported said they are.

Told through the house's own steps, desk by desk. Nobody left a contact: they were asked on the page that their code opens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from civicloop.cases.models import Case
from civicloop.demo.month import desk_of
from civicloop.demo.points import place_in
from civicloop.demo.settle import City
from civicloop.demo.walking import walk
from civicloop.residents.actions import Problem, ask_how_content, rate, receive
from civicloop.residents.models import Feedback
from civicloop.standards.reference import Reference

# The first was sent so many days before the last moment of the story, the others each some hours later.
FIRST, APART = timedelta(days=12), timedelta(hours=7)
# On each of so many last days the house asks whom it has not asked yet; of seven one says nothing.
ASKING_DAYS, SILENT = 5, 7


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent: category, words; and the grade and words of his answer afterwards."""

    category: str
    words: str
    grade: int
    said: str = ""


SENT = (
    Sent("06010", "垃圾桶满了两天没人收。", 4, "当天就清了，谢谢。"),
    Sent("09009", "消防通道口停了两辆车。", 3),
    Sent("06010", "绿化带里有塑料袋和饭盒。", 4),
    Sent("06010", "河边步道有一堆装修垃圾。", 2, "清了一部分，边上还有。"),
    Sent("09009", "学校门口早上车停得走不了人。", 1, "第二天又停满了。"),
    Sent("06010", "公交站台后面有垃圾。", 4),
    Sent("06010", "楼下的旧沙发没人搬走。", 3, "搬走了，等了几天。"),
    Sent("09009", "人行道上停着车，轮椅过不去。", 4, "现在划了线，好走多了。"),
    Sent("06010", "菜市场侧门地上有烂菜叶。", 3),
    Sent("06010", "路口花坛里有烟头和纸杯。", 4),
    Sent("09009", "小区出口被车挡住。", 2),
    Sent("06010", "停车场角落堆着纸箱。", 4, "很快。"),
    Sent("06010", "健身器材旁有碎玻璃。", 4),
)


def tell_content(city: City, *, seed: int, until: datetime, ref: Reference) -> None:
    """Tell it all up to `until`."""
    rng, desk = Random(f"{seed}:content"), desk_of(city, ref, seed)
    told: dict[int, Sent] = {}
    for number, sent in enumerate(SENT):
        case = _received(sent, number, place_in(rng.choice(city.land.plots), rng), until - FIRST + number * APART, ref)
        if case is not None:
            told[case.pk] = sent
            walk(case, desk, until=until, rng=rng)
    for day in reversed(range(ASKING_DAYS)):
        ask_how_content(at=until - timedelta(days=day), ref=ref)
    _answer(told, rng, until)


def _received(sent: Sent, number: int, place: tuple[float, float], at: datetime, ref: Reference) -> Case | None:
    category = ref.categories.by_code(sent.category)
    if category is None:
        return None
    problem = Problem(category.id, sent.words, lon=place[0], lat=place[1])
    return receive(problem, sent_key=f"demo-report-put-right-{number}", proved=True, at=at, ref=ref).report.case


def _answer(told: Mapping[int, Sent], rng: Random, until: datetime) -> None:
    """Most of those who were asked answer, within some hours."""
    asked = Feedback.objects.filter(report__case__in=list(told), answered_at=None).select_related("report")
    for number, one in enumerate(asked.order_by("pk")):
        at = one.asked_at + timedelta(hours=rng.uniform(1, 20))
        if number % SILENT != SILENT - 1 and at < until and one.report is not None and one.report.case_id is not None:
            sent = told[one.report.case_id]
            rate(one.uid, grade=sent.grade, note=sent.said, at=at)
