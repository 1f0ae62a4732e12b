"""Which column probably means what, from its name: a proposal that somebody looks at, never a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Names offices give their columns, the likeliest first. Compared without blanks, case and signs.
NAMES: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "代码", "编码", "编号", "网格编码", "点位编号", "单位代码"),
    "name": ("name", "名称", "姓名", "点位名称", "单位名称", "网格名称"),
    "unit": ("unit", "责任单位", "主管单位", "所属单位", "单位", "承办单位"),
    "area_class": ("area_class", "areaclass", "区域类别", "区域分类", "类别等级"),
    "kind": ("kind", "种类", "单位类型", "类型"),
    "parent": ("parent", "上级", "上级单位", "隶属", "上级代码"),
    "short_name": ("short_name", "shortname", "简称"),
    "lines": ("lines", "职能", "责任职能"),
    "division_code": ("division_code", "行政区划代码", "区划代码"),
    "phone": ("phone", "电话", "值班电话", "联系电话"),
    "address": ("address", "地址", "位置", "地点", "详细地址", "位置描述"),
    "point_type": ("point_type", "pointtype", "点位类型"),
    "area": ("area", "区域", "片区"),
    "grid": ("grid", "网格", "单元网格", "网格代码"),
    "lon": ("lon", "lng", "longitude", "经度", "x"),
    "lat": ("lat", "latitude", "纬度", "y"),
    "key": ("key", "id", "任务号", "案卷号", "案件编号", "流水号", "编号", "工单号", "序号"),
    "category": ("category", "类别代码", "类别", "小类", "小类代码", "问题类别"),
    "condition": ("condition", "立案条件"),
    "description": ("description", "问题描述", "描述", "内容", "问题"),
    "reported_at": ("reported_at", "created_at", "createddate", "上报时间", "发现时间", "受理时间", "时间", "日期"),
    "received_at": ("received_at", "接收时间"),
    "reporter": ("reporter", "上报人", "上报账号"),
    "source": ("source", "来源", "问题来源"),
    "urgent": ("urgent", "紧急", "是否紧急"),
    "point": ("point", "点位", "点位代码"),
    "outline": ("outline", "geometry", "轮廓", "边界"),
}
_SIGNS = str.maketrans("", "", " _-（）()：:*\n\t")


def guess(columns: Iterable[str], fields: Iterable[str]) -> dict[str, str]:
    """For each field the column that is called so, if one is. No column is given away twice."""
    left = {_plain(column): column for column in columns}
    found: dict[str, str] = {}
    # Fields with few names choose first: 编号 is a key only where nothing is called 案卷号.
    for field in sorted(fields, key=lambda one: len(NAMES.get(one, ()))):
        for name in NAMES.get(field, ()):
            column = left.pop(_plain(name), None)
            if column is not None:
                found[field] = column
                break
    return found


def _plain(text: str) -> str:
    return text.lower().translate(_SIGNS)
