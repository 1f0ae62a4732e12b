"""Whether a text tells of danger to people: words that say so, and words before them that take it back.

Source of the classes: the practice of hotlines (class I, two hours: emergencies of water, power, gas and heat) and the conditions
"存在坠落、触电、倒塌、绊倒等危险" of the national list. The words are a proposal for a person to confirm.
"""

from __future__ import annotations

import re

DANGER = (
    "漏电", "触电", "裸露电线", "电线裸露", "高压线断", "断落", "燃气泄漏", "煤气泄漏", "天然气泄漏", "漏气",
    "煤气味", "燃气味", "爆炸", "起火", "着火", "冒烟", "失火", "火灾", "自燃", "塌陷", "坍塌", "倒塌", "塌方",
    "滑坡", "坠落", "坠物", "高空抛物", "砸到", "砸伤", "砸中", "伤人", "受伤", "摔伤", "跌伤", "摔倒", "摔了",
    "掉下去", "掉进", "掉入", "被困", "溺水", "落水", "爆管", "水管爆裂", "摇摇欲坠", "随时会掉", "随时可能掉",
    "随时会倒", "要倒了", "快掉下来", "悬空", "井盖缺失", "井盖不见", "井盖丢失", "没有井盖", "没井盖", "井口敞开",
    "无盖", "中毒", "停水停电", "生命危险", "人身安全", "安全事故", "危及", "危险", "堵住救护车", "救护车进不",
    "消防车进不", "堵住消防", "逃生",
)  # fmt: skip
PRESSING = ("十万火急", "紧急", "立即处理", "马上处理", "立刻处理", "加急", "刻不容缓", "火速")
_NOT = re.compile(
    r"(?:没有?|无|不|未|不存在|不至于|暂无|尚未|避免|以防|防止|以免|注意)(?:造成|发生|出现|存在|有|会|什么|任何|人员|太大|很){0,3}(?:的)?$"
)
_WORDS = re.compile("|".join(sorted(map(re.escape, (*DANGER, *PRESSING)), key=len, reverse=True)))
# Words that hold a danger word and mean something else.
_HARMLESS = re.compile(r"危险(?:化学|废物|品)|紧急(?:集合|出口|避难|报警)|消防(?:通道|设施)?(?:危险)?宣传")
_DANGER = frozenset(DANGER)


def urgency(text: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the text tells of danger, and the words that say so. Haste alone (紧急) is told but makes nothing urgent."""
    harmless = [found.span() for found in _HARMLESS.finditer(text)]
    words = [
        found[0]
        for found in _WORDS.finditer(text)
        if not _NOT.search(text[max(0, found.start() - 8) : found.start()])
        and not any(begin <= found.start() < end for begin, end in harmless)
    ]
    told = tuple(dict.fromkeys(words))
    return any(word in _DANGER for word in told), told
