"""Sentences about visits: how many, what was seen, what failed most. Rates are estimates of scoring, said with their interval."""

from __future__ import annotations

from collections.abc import Sequence

from civicloop.documents.rules.figures import ItemFaults, Seen, TypeSeen
from civicloop.documents.rules.sentences.numerals import joined, listed, share

CUT = 46


def visited(seen: Seen, when: str, action: str = "暗访检查") -> str:
    """How many visits by how many people to how many points; a period without visits is said to be one."""
    if not seen.visits:
        return f"{when}未开展{action}。"
    kinds = [f"{name}{many}次" for name, many in seen.round_kinds.items()]
    how = f"（{'、'.join(kinds)}）" if len(kinds) > 1 else ""
    missed = f"另有{seen.missed}个点位次因故未检查，不计入统计" if seen.missed else ""
    return joined(
        f"{when}开展{action}{seen.visits}次{how}", f"参加{seen.inspectors}人", f"检查点位{seen.points}个", missed
    )


def judged(seen: Seen) -> str:
    """How many judgements, how many met and not met, how many could not be made."""
    if not seen.judged:
        return ""
    failed = f"不符合{seen.failed}项次" if seen.failed else "未发现不符合项"
    aside = [
        f"不适用{seen.not_applicable}项次" if seen.not_applicable else "",
        f"无法判定{seen.cannot_tell}项次" if seen.cannot_tell else "",
    ]
    told = "、".join(word for word in aside if word)
    left = f"（{told}，不计入）" if told else ""
    return joined(f"按标准逐项判定{seen.judged}项次{left}", f"其中符合{seen.met}项次", failed)


def led_to(seen: Seen) -> str:
    """What the failed ones led to."""
    if not seen.cases:
        return ""
    new = seen.cases - seen.known
    told = [f"新立问题{new}件" if new else "", f"原已在办{seen.known}件" if seen.known else ""]
    good = f"另记录做得较好的{seen.commended}项次" if seen.commended else ""
    return joined(
        f"不符合项已全部转入问题清单，涉及问题{seen.cases}件（{'、'.join(word for word in told if word)}）", good
    )


def by_type(types: Sequence[TypeSeen], most: int = 6) -> str:
    """Which kinds of place were visited."""
    told = [f"{short(one.name)}{one.points}个" for one in types]
    return f"检查点位中，{listed(told, most, '类点位')}。" if told else ""


def by_question(items: Sequence[ItemFaults]) -> str:
    """How the failures spread over the five questions, most first."""
    failed: dict[str, int] = {}
    for item in items:
        if item.question and item.failed:
            failed[item.question] = failed.get(item.question, 0) + item.failed
    total = sum(failed.values())
    if not total:
        return ""
    order = sorted(failed.items(), key=lambda pair: (-pair[1], pair[0]))
    return "不符合项按方面分布为：" + "，".join(f"{name}{share(many, total, '项次')}" for name, many in order) + "。"


def worst(items: Sequence[ItemFaults], most: int = 5, at_least: int = 1) -> tuple[str, ...]:
    """The items that failed most, one sentence each: what, how often, of how many. Where several checklists have an item of
    the same text, the checklist is named."""
    told = [item for item in items if item.failed >= at_least][:most]
    texts = [item.text for item in items]
    whole = [(short(item.where) if texts.count(item.text) > 1 else "") + f"“{cut(item.text)}”" for item in told]
    return tuple(
        f"{name}不符合{item.failed}项次，占该项判定的{share(item.failed, item.judged, '项次')}。"
        for name, item in zip(whole, told, strict=True)
    )


def short(name: str) -> str:
    """A type without its remark in brackets."""
    return name.split("（")[0]


def cut(text: str, most: int = CUT) -> str:
    """A long item in one line."""
    text = text.strip().rstrip("。；")
    return text if len(text) <= most else text[: most - 1] + "…"
