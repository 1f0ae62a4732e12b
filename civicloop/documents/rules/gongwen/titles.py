"""Cutting a title into lines: trapezoid or diamond, words kept whole (GB/T 9704-2012, 7.3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import accumulate, combinations, pairwise

from civicloop.documents.rules.gongwen.page import SIZE_2, points, text_width

# So many characters of 2号 fit into the width of the type area, with some air at both ends.
WIDEST = int(points(156.0) / SIZE_2) - 1
# A line may end after these, and must not begin with one of NOT_FIRST nor end with one of NOT_LAST.
AFTER = "关于对和与及的在年月期日第度周"
BEFORE = "关情工通通报函会整督总"
NOT_FIRST = "的了、，。；：）》〕”’和与及号"
NOT_LAST = "（《〔“‘第关"
# Words that titles of this trade are made of, longest first; a line does not end inside of one.
_WORDS = """
    文明城市 卫生城市 志愿服务 实地测评 实地考察 月度通报 工作情况 工作总结 工作安排 整改通知书 督办函
    指挥部 领导小组 办公室 委员会 问题清单 满意度 网格 网格化 创建办 工作 创建 城市 全国 国家 文明
    卫生 情况 通报 通知 问题 整改 限期 督办 曝光 街道 社区 市场 小区 暴露 垃圾 停放 占道 经营
    测评 暗访 点评 季度 月份 年度 上半年 下半年 检查 督查 总结 安排 进展 开展 加强 进一步 做好
    推进 落实 关于 实施 方案 第一 第二 第三 第四 主次干道 农贸市场 背街小巷 结果 排名 成效 环境
    整治 专项 行动 提升 管理 秩序 下一步 市场路 大街 胡同 学校 医院 车站 农贸 红黑榜 回头看
    再动员 推进会
"""
WORDS = tuple(_WORDS.split())
MOST_PLACES = 60
# A figure stays with what it counts, a day with its month and year. From one day to another is better not torn apart either.
_DAY = r"(?:\d+年)?(?:\d+月)?(?:\d+日)?"
_FIGURES = re.compile(
    r"[\dA-Za-z.:—%％-]+(?:年(?:\d+月(?:份)?(?:\d+日)?)?|月(?:份)?(?:\d+日)?|[日号周期次个件项处条家%％]+)?"
)
_SPANS = re.compile(rf"\d[\d年月日]*至{_DAY}")


def title_lines(title: str, keep: Iterable[str] = ()) -> tuple[str, ...]:
    """The title in lines. Line breaks that are set stay. Otherwise it is cut into as few lines as fit, at the best places.

    A place is better when it does not tear a word or a date apart, as far as that can be told without a dictionary, and when the
    lines grow or shrink evenly instead of leaving one character alone. `keep`: more words that are not torn apart.
    """
    if "\n" in title:
        return tuple(line.strip() for line in title.splitlines() if line.strip())
    title = title.strip()
    many = max(1, -(-int(text_width(title) + 0.5) // WIDEST))
    torn = _torn_at(title, (*WORDS, *keep))
    while True:
        found = _best(title, many, torn)
        if found is not None:
            return found
        many += 1


def _best(title: str, many: int, torn: Mapping[int, float]) -> tuple[str, ...] | None:
    if many == 1:
        return (title,) if text_width(title) <= WIDEST else None
    if many >= len(title):
        return tuple(title)
    widths = (0.0, *accumulate(text_width(char) for char in title))
    share = widths[-1] / many
    near = [
        place for place in range(1, len(title))
        if any(abs(widths[place] - share * k) <= share / 2 + 2 for k in range(1, many))
    ]  # fmt: skip
    near.sort(key=lambda place: (torn.get(place, 0.0), place))
    near = sorted(near[:MOST_PLACES])
    options = (_cut(title, places) for places in combinations(near, many - 1))
    fitting = [lines for lines in options if all(text_width(line) <= WIDEST for line in lines)]
    return min(fitting, key=lambda lines: _ugliness(lines) + _torn(lines, torn), default=None)


def _cut(title: str, places: tuple[int, ...]) -> tuple[str, ...]:
    ends = (0, *places, len(title))
    return tuple(title[a:b] for a, b in pairwise(ends))


def _torn_at(title: str, words: Iterable[str]) -> dict[int, float]:
    """What it costs to end a line at a place: much inside a known word, a figure with its unit or a date, less inside a span."""
    found: dict[int, float] = {}
    for match in _SPANS.finditer(title):
        found.update(dict.fromkeys(range(match.start() + 1, match.end()), 15.0))
    for match in _FIGURES.finditer(title):
        found.update(dict.fromkeys(range(match.start() + 1, match.end()), 60.0))
    for word in words:
        begin = title.find(word)
        while begin >= 0:
            found.update(dict.fromkeys(range(begin + 1, begin + len(word)), 40.0))
            begin = title.find(word, begin + 1)
    return found


def _torn(lines: tuple[str, ...], torn: Mapping[int, float]) -> float:
    ends = accumulate(len(line) for line in lines[:-1])
    return sum(torn.get(end, 0.0) for end in ends)


def _ugliness(lines: tuple[str, ...]) -> float:
    widths = [text_width(line) for line in lines]
    mean = sum(widths) / len(widths)
    cost = sum((width - mean) ** 2 for width in widths) / mean
    for line, following in pairwise(lines):
        cost += 100 * (following[0] in NOT_FIRST) + 100 * (line[-1] in NOT_LAST)
        cost += 30 * (_half(line[-1]) and _half(following[0]))  # a figure is never torn apart
        cost -= 3 * (line[-1] in AFTER) + 2 * (following[0] in BEFORE)
    # An hourglass is the one shape the standard frowns upon.
    if len(widths) > 2 and widths[1] < min(widths[0], widths[2]):
        cost += 20
    return cost


def _half(char: str) -> bool:
    return char.isascii() and char.isalnum()
