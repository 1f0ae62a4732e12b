"""What stands in one cell, and what it means in the files of a pack."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from civicloop.standards.rules.written import number

LABELS: Mapping[str, Mapping[str, str]] = {
    "sure": {"read": "有出处", "high": "较有把握", "medium": "一般", "low": "待核"},
    "kind": {"matter": "事项", "component": "部件"},
    "list": {"handbook_29": "手册二十九类", "manual_54": "手册五十四类"},
    "how": {
        "look": "看", "count": "数", "measure": "量", "try": "试", "ask": "问", "read": "查阅", "walk": "走",
    },
    "aspect": {
        "order": "公共秩序", "environment": "公共环境", "service": "窗口服务", "facilities": "公共设施", "conduct": "文明行为",
        "publicity": "公益宣传",
    },
    "compare": {
        "at_least": "不少于", "at_most": "不多于", "less_than": "小于", "equal": "等于", "grade_or_better": "不低于等级",
    },
    "photo": {"never": "不拍", "when_failed": "不符合时拍", "always": "必拍"},
    "method": {"site": "实地", "document": "材料", "survey": "问卷"},
    "event": {
        "found": "发现问题", "overdue": "逾期未改", "repeated": "重复出现", "sent_back": "退回重办", "supervised": "被督办",
        "false_evidence": "弄虚作假",
    },
    "consequence": {"deduct": "扣分", "no_nomination": "停止提名资格", "suspend": "停止资格", "revoke": "取消称号"},
    "match": {"same_name": "同名", "renamed": "改名", "wider": "变宽", "narrower": "变窄", "split": "拆分"},
    "yes": {"true": "是", "false": "否"},
    "unit": {"urgent_hour": "紧急工作时", "work_hour": "工作时", "work_day": "工作日", "natural_day": "自然日"},
}  # fmt: skip


class BadCell(Exception):
    """A cell cannot be read; the message says why."""


def _plain_number(value: Any) -> str:
    return str(number(value)) if isinstance(value, float) else str(value)


def told(kind: str, value: Any) -> str | int | float:
    """The cell of a value as the files have it."""
    if value is None:
        return ""
    if kind in LABELS:
        return LABELS[kind][str(value).lower() if isinstance(value, bool) else value]
    if kind in ("number", "whole"):
        return number(float(value))
    return _TELL[kind](value) if kind in _TELL else str(value)


def meant(kind: str, cell: Any) -> Any:
    """The value of a cell that is not empty. Raises BadCell."""
    if kind in LABELS:
        return _choice(kind, str(cell).strip())
    if kind in ("number", "whole"):
        return _number(kind, cell)
    text = _plain_number(cell).strip()
    return _MEAN[kind](text) if kind in _MEAN else text


def _choice(kind: str, cell: str) -> Any:
    for key, label in LABELS[kind].items():
        if cell in (key, label):
            return key == "true" if kind == "yes" else key
    raise BadCell(f"'{cell}' is none of {', '.join(LABELS[kind].values())}")


def _number(kind: str, cell: Any) -> int | float:
    try:
        value = number(float(cell))
    except (TypeError, ValueError, OverflowError):
        raise BadCell(f"'{cell}' is no number") from None
    if kind == "whole" and not isinstance(value, int):
        raise BadCell(f"'{cell}' is no whole number")
    return value


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.splitlines() if line.strip()]


def _text_line(value: Mapping[str, str]) -> str:
    return " | ".join(_kept(part) for part in (value["zh_Hans"], value.get("en", "")) if part)


def _kept(words: str) -> str:
    """Words on one line: what separates lines and languages is written with a backslash."""
    return words.replace("\\", "\\\\").replace("\n", "\\n").replace("|", "\\|")


def _freed(words: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), words.strip())


def _text(line: str) -> dict[str, str]:
    chinese, *english = re.split(r" \| ", line, maxsplit=1)
    return {"zh_Hans": _freed(chinese), **({"en": _freed(english[0])} if english else {})}


def _limit(cell: str) -> dict[str, Any]:
    amount, _, unit = cell.partition(" ")
    return {"amount": _number("number", amount), "unit": _choice("unit", unit.strip())}


def _ladder(cell: str) -> list[dict[str, Any]]:
    steps = []
    for part in re.split(r"[;；\n]", cell):
        count, _, points = part.replace("：", ":").partition(":")
        if part.strip():
            steps.append({"from_count": _number("whole", count), "points": _number("number", points)})
    return steps


def _figures(cell: str) -> dict[str, Any]:
    pairs = [part.replace("＝", "=").partition("=") for part in re.split(r"[;；\n]", cell) if part.strip()]
    return {key.strip(): _number("whole", value) for key, _, value in pairs}


def _choices(cell: str) -> list[dict[str, Any]]:
    pairs = [line.partition(" | ") for line in _lines(cell)]
    return [{"key": key.strip(), "name": _text(name)} for key, _, name in pairs]


def _targets(cell: str) -> list[dict[str, str]]:
    found = []
    for line in _lines(cell):
        parts = line.split()
        if len(parts) != 3:
            raise BadCell(f"'{line}' is not: pack, 事项 or 部件, code")
        found.append({"pack": parts[0], "kind": _choice("kind", parts[1]), "code": parts[2]})
    return found


_TELL: Mapping[str, Callable[[Any], str]] = {
    "codes": ", ".join,
    "texts": lambda value: "\n".join(_text_line(one) for one in value),
    "limit": lambda value: f"{_plain_number(value['amount'])} {LABELS['unit'][value['unit']]}",
    "ladder": lambda value: "; ".join(f"{step['from_count']}:{_plain_number(step['points'])}" for step in value),
    "figures": lambda value: "; ".join(f"{key}={one}" for key, one in value.items()),
    "choices": lambda value: "\n".join(f"{one['key']} | {_text_line(one['name'])}" for one in value),
    "targets": lambda value: "\n".join(f"{one['pack']} {LABELS['kind'][one['kind']]} {one['code']}" for one in value),
    "aspects": lambda value: ", ".join(LABELS["aspect"][one] for one in value),
    "value": _plain_number,
}
_MEAN: Mapping[str, Callable[[str], Any]] = {
    "codes": lambda cell: [one.strip() for one in re.split(r"[,，、\n]", cell) if one.strip()],
    "texts": lambda cell: [_text(line) for line in _lines(cell)],
    "limit": _limit,
    "ladder": _ladder,
    "figures": _figures,
    "choices": _choices,
    "targets": _targets,
    "aspects": lambda cell: [_choice("aspect", one.strip()) for one in re.split(r"[,，、\n]", cell) if one.strip()],
    "value": lambda cell: _number("number", cell) if re.fullmatch(r"-?[0-9.]+", cell) else cell,
}
