"""Numbers, shares, days and lists as office papers write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from civicloop.documents.rules.gongwen.words import day

QUARTERS = {1: "第一季度", 4: "第二季度", 7: "第三季度", 10: "第四季度"}


def decimal(value: float, places: int = 1) -> str:
    """A number with so many decimals, halves rounded up as offices do; never -0.0."""
    text = str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def percent(value: float | None, places: int = 1) -> str:
    """0.9333 as 93.3%; a dash where there was nothing to judge.

    A share that is not whole is never written as 100.0% or 0.0%: it is cut at the last decimal instead.
    """
    if value is None:
        return "—"
    text, step = decimal(value * 100, places), Decimal(1).scaleb(-places)
    if value < 1 and Decimal(text) >= 100:
        text = str(Decimal(100) - step)
    if value > 0 and Decimal(text) <= 0:
        text = str(step)
    return f"{text}%"


def share(part: int, whole: int, measure: str = "件") -> str:
    """42件中的40件 as a rate with what it is made of: 95.2%（40/42）; nothing to judge: —."""
    return "—" if whole == 0 else f"{percent(part / whole)}（{part}/{whole}{measure}）"


def over(number: int) -> str:
    """A round way to say a large number: 213 as 200余, 1639 as 1600余, 139 as 139. Only beside the exact number."""
    if number < 200:
        return str(number)
    step = 10 ** (len(str(number)) - 1) if number < 1000 else 10 ** (len(str(number)) - 2)
    floor = number // step * step
    return str(number) if floor == number else f"{floor}余"


def listed(names: Sequence[str], most: int = 0, measure: str = "") -> str:
    """甲、乙和丙; with `most`, the first of them and how many there are: 甲、乙等5家单位 (`measure` is 家单位)."""
    if most and len(names) > most:
        return f"{'、'.join(names[:most])}等{len(names)}{measure}"
    if len(names) < 2:
        return "".join(names)
    return f"{'、'.join(names[:-1])}和{names[-1]}"


def moment(when: datetime) -> str:
    """2026年11月5日18时30分; the caller gives local time."""
    minutes = f"{when.minute}分" if when.minute else ""
    return f"{day(when)}{when.hour}时{minutes}"


def short_moment(when: datetime | None) -> str:
    """11月5日18:30 for a cell; empty where nothing happened."""
    return "" if when is None else f"{when.month}月{when.day}日 {when:%H:%M}"


def span(start: date, end: date) -> str:
    """A period in the shortest true words: 2026年, 2026年第四季度, 2026年11月, 2026年11月16日至22日."""
    after = end + timedelta(days=1)
    if start.day == 1 and after.day == 1:
        months = (after.year - start.year) * 12 + after.month - start.month
        if months == 12 and start.month == 1:
            return f"{start.year}年"
        if months == 3 and start.month in QUARTERS:
            return f"{start.year}年{QUARTERS[start.month]}"
        if months == 1:
            return f"{start.year}年{start.month}月"
        if start.year == end.year:
            return f"{start.year}年{start.month}月至{end.month}月"
    if start == end:
        return day(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{day(start)}至{end.day}日"
    return f"{day(start)}至{end.month}月{end.day}日" if start.year == end.year else f"{day(start)}至{day(end)}"


def period_name(start: date, end: date) -> str:
    """What the period calls itself in a sentence: 本年度, 本季度, 本月, 本周, 本期."""
    days = (end - start).days + 1
    words = span(start, end)
    if words == f"{start.year}年":
        return "本年度"
    if words.endswith("季度"):
        return "本季度"
    if words == f"{start.year}年{start.month}月":
        return "本月"
    return "本周" if days == 7 and start.weekday() == 0 else "本期"


def change(now: float | None, before: float | None, *, kind: str, unit: str = "个百分点", places: int = 1) -> str:
    """同比 or 环比 in words, by difference: 环比上升2.1个百分点, 同比持平; empty where one of the two is missing.

    `now` and `before` are in the unit that is said (percent for 个百分点, points for 分).
    """
    if now is None or before is None:
        return ""
    moved = decimal(abs(now - before), places)
    if not moved.strip("0."):
        return f"{kind}持平"
    return f"{kind}{'上升' if now > before else '下降'}{moved}{unit}"


def growth(now: int, before: int | None, *, kind: str, measure: str = "件") -> str:
    """A count against another: 环比增加12件（增长40.0%）, 环比持平; empty where nothing is known of the other period (None)."""
    if before is None or now == before == 0:
        return ""
    if now == before:
        return f"{kind}持平"
    word, rise = ("增加", "增长") if now > before else ("减少", "下降")
    by = (
        f"（{rise}{percent(abs(now - before) / before)}）"
        if before
        else f"（{'上年同期' if kind == '同比' else '上期'}为0）"
    )
    return f"{kind}{word}{abs(now - before)}{measure}{by}"


def joined(*clauses: str, end: str = "。") -> str:
    """Clauses that are not empty, as one sentence; nothing at all when all are empty."""
    told = [clause.rstrip("，；。") for clause in clauses if clause]
    return "，".join(told) + end if told else ""
