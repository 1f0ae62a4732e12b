"""Kinds of place that campaigns count beside the types of a standard: shops, boards, practice stations, roads.

A place of a kind is an `Area` whose `kind` is the key, or a `Point` whose `point_type` is the key; both count. The standard's own
point types (WM05 …) are counted under the kinds that name them in `types`. Unknown kinds are simply not told: additive.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from civicloop.cases.models import Case
from civicloop.documents.figures.counts import count
from civicloop.documents.figures.frame import Frame
from civicloop.documents.rules.figures import Found, PlaceCount
from civicloop.organisation.models import Area, Point


@dataclass(frozen=True, slots=True)
class PlaceKind:
    """A kind of place: its key in the rows, its Chinese name, its counting word, the part of the summary it is told in."""

    key: str
    name: str
    measure: str
    part: str
    types: tuple[str, ...] = ()


PLACES = (
    PlaceKind("estate", "住宅小区", "个", "estates", ("WM05",)),
    PlaceKind("old_estate", "老旧小区", "个", "estates"),
    PlaceKind("unmanaged_estate", "无物业小区", "个", "estates"),
    PlaceKind("family_yard", "家属院", "个", "estates"),
    PlaceKind("street", "包保街路", "条", "streets"),
    PlaceKind("street_front", "临街责任段", "段", "streets"),
    PlaceKind("lane", "背街小巷", "条", "streets", ("WM10",)),
    PlaceKind("market", "农贸市场", "个", "streets", ("WM17",)),
    PlaceKind("shop_front", "门前三包商户", "家", "shops"),
    PlaceKind("led_shop", "利用电子屏宣传的商户", "家", "publicity"),
    PlaceKind("notice_board", "宣传牌（栏）", "块", "publicity"),
    PlaceKind("estate_board", "小区公示栏", "块", "publicity"),
    PlaceKind("practice_centre", "新时代文明实践中心", "个", "practice"),
    PlaceKind("practice_institute", "新时代文明实践所", "个", "practice"),
    PlaceKind("practice_station", "新时代文明实践站", "个", "practice"),
    PlaceKind("position_post", "阵地岗", "个", "practice"),
    PlaceKind("practice_post", "实践岗", "个", "practice"),
    PlaceKind("road", "保洁道路", "条", "sanitation"),
    PlaceKind("bin_station", "垃圾收集点", "处", "sanitation"),
    PlaceKind("transfer_station", "垃圾中转站", "座", "sanitation", ("WM52",)),
    PlaceKind("public_toilet", "公共卫生间", "座", "sanitation", ("WM12",)),
    PlaceKind("bait_box", "毒饵站", "个", "sanitation"),
    PlaceKind("guide_post", "文明劝导岗", "个", "practice"),
)
BY_KEY = {kind.key: kind for kind in PLACES}
# Places that are counted and looked after, but are no points of inspection.
COUNTED_ONLY = tuple(kind.key for kind in PLACES if kind.part in ("shops", "publicity", "practice", "sanitation"))
OF_TYPE = {code: kind for kind in PLACES for code in kind.types}


def places(frame: Frame) -> dict[str, tuple[PlaceCount, ...]]:
    """Active places of the units asked about by part of the summary; kinds without any are left out. Two statements."""
    mine = Q(active=True) if frame.units is None else Q(active=True, unit_id__in=sorted(frame.units))
    many: dict[str, int] = defaultdict(int)
    for key, number in Area.objects.filter(mine).order_by().values_list("kind").annotate(many=Count("pk")):
        many[key] += number
    for key, number in Point.objects.filter(mine).order_by().values_list("point_type").annotate(many=Count("pk")):
        many[OF_TYPE[key].key if key in OF_TYPE else key] += number
    parts: dict[str, list[PlaceCount]] = defaultdict(list)
    for kind in PLACES:
        if many[kind.key]:
            parts[kind.part].append(PlaceCount(kind.key, kind.name, kind.measure, many[kind.key]))
    return {part: tuple(rows) for part, rows in parts.items()}


def road_classes(frame: Frame) -> dict[str, int]:
    """Sanitation roads by class of area. One statement."""
    rows = Area.objects.filter(active=True, kind="road")
    if frame.units is not None:
        rows = rows.filter(unit_id__in=sorted(frame.units))
    return dict(rows.order_by("area_class").values_list("area_class").annotate(many=Count("pk")))


def problems_at(frame: Frame, *kinds: str) -> Found:
    """Problems of the period at places of these kinds. One statement."""
    types = [*kinds, *(code for kind in kinds for code in BY_KEY[kind].types)]
    rows = frame.found().filter(Q(point__point_type__in=types) | Q(point__area__kind__in=kinds))
    return count(Case.objects.filter(pk__in=rows.values("pk")), frame.as_of)
