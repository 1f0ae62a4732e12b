"""Small files to import, written as offices write them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

HEADER = ("编号", "类别", "经度", "纬度", "上报时间", "状态", "办结时间", "地点", "描述")
ROWS: list[tuple[Any, ...]] = [
    ("K1", "垃圾", 118.155, 24.725, "2026-11-02 09:00", "已结", "2026-11-03 10:00", "东市场", "成堆"),
    ("K2", "小广告", 118.165, 24.725, "2026-11-02 10:00", "在办", "", "西街", "墙上"),
]
MAPPING = """
kind: cases
dates: ["%Y-%m-%d %H:%M", "%Y-%m-%d"]
fields:
  key: 编号
  category: {column: 类别, values: {垃圾: "06010", 小广告: "07001"}}
  lon: 经度
  lat: 纬度
  reported_at: 上报时间
  address: 地点
  description: 描述
  source: {value: hotline}
answers:
  原状态: 状态
steps:
  status: 状态
  of:
    已结: [{step: close, at: [办结时间]}]
    在办: [{step: accept, at: $reported_at}]
    新: []
"""


def csv_file(
    path: Path, rows: Sequence[Sequence[Any]] = ROWS, *, encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    """A delimited file; cells hold no delimiters."""
    lines = [delimiter.join(str(cell) for cell in row) for row in (HEADER, *rows)]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def xlsx_file(path: Path, rows: Sequence[Sequence[Any]] = ROWS) -> Path:
    """A workbook with one sheet."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("案件")
        for number, row in enumerate((HEADER, *rows)):
            sheet.write_row(number, 0, row)
    return path


def geojson_file(path: Path, rows: Sequence[Sequence[Any]] = ROWS) -> Path:
    """Features with a point each."""
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(HEADER, row, strict=True)),
            "geometry": {"type": "Point", "coordinates": [row[2], row[3]]},
        }
        for row in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path
