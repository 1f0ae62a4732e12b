"""Sentences about problems found, put right and struck off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civicloop.documents.rules.figures import Found, FoundIn, Problem, Ratio, UnitRates
from civicloop.documents.rules.sentences.numerals import change, growth, joined, listed, percent, share
from civicloop.documents.rules.sentences.words import RATES


def found(numbers: Found, when: str, *, before: int | None = None, year_before: int | None = None) -> str:
    """How many were found and where they stand; a period without problems is said to be one."""
    if not numbers.found:
        return f"{when}未发现问题。"
    against = joined(
        growth(numbers.found, before, kind="环比"), growth(numbers.found, year_before, kind="同比"), end=""
    )
    head = f"{when}共发现问题{numbers.found}件" + (f"，{against}" if against else "")
    return f"{head}。{standing(numbers)}"


def standing(numbers: Found) -> str:
    """Where the problems found stand: 已全部整改销号, or how many are closed, open, suspended, overdue."""
    if not numbers.found:
        return ""
    if numbers.closed == numbers.found:
        return f"已销号{numbers.closed}件，全部整改到位，销号率100.0%。"
    closed = f"已销号{numbers.closed}件，销号率{percent(numbers.rate)}" if numbers.closed else "尚无销号"
    left = f"正在办理{numbers.open}件" if numbers.open else ""
    late = f"其中超期{numbers.overdue}件" if numbers.overdue else "均在时限内" if numbers.open else ""
    held = f"挂账{numbers.suspended}件" if numbers.suspended else ""
    return joined(closed, held, left, late)


def extras(numbers: Found) -> str:
    """What came back and what is supervised; nothing is said of what did not happen."""
    parts = [
        f"反复出现{numbers.repeated}件" if numbers.repeated else "",
        f"列入督办{numbers.supervised}件" if numbers.supervised else "",
    ]
    return joined(*parts) if any(parts) else ""


def by_source(rows: Sequence[FoundIn]) -> str:
    """Where the problems come from, with each source's own standing: 其中，督查检查发现42件、已销号42件；…"""
    told = [row for row in rows if row.numbers.found]
    if not told:
        return ""
    if len(told) == 1:
        return f"问题均来自{told[0].name}。"
    return "其中，" + "；".join(f"{row.name}{row.numbers.found}件、已销号{row.numbers.closed}件" for row in told) + "。"


def by_category(rows: Sequence[FoundIn], most: int = 5) -> str:
    """The commonest categories, with the share they make together."""
    told = [row for row in rows if row.numbers.found][:most]
    if not told:
        return ""
    total = sum(row.numbers.found for row in rows)
    names = listed([f"{row.name}（{row.numbers.found}件）" for row in told])
    if len([row for row in rows if row.numbers.found]) <= most:
        return f"按类别看，涉及{names}。"
    top = sum(row.numbers.found for row in told)
    return f"按类别看，数量居前的是{names}，合计占{share(top, total)}。"


def rates(now: Mapping[str, Ratio], before: Mapping[str, Ratio], year: Mapping[str, Ratio]) -> str:
    """The four rates leaders ask for, each with what it is made of and how it moved."""
    told = []
    for name in ("rectified_rate", "on_time_rate", "sent_back_rate", "recurrence_rate"):
        ratio = now.get(name)
        if ratio is None or ratio.value is None:
            continue
        moved = joined(moved_by(ratio, before.get(name), "环比"), moved_by(ratio, year.get(name), "同比"), end="")
        told.append(f"{RATES[name]}{share(ratio.part, ratio.whole)}" + (f"，{moved}" if moved else ""))
    return "；".join(told) + "。" if told else ""


def moved_by(now: Ratio, before: Ratio | None, kind: str) -> str:
    """How a rate moved against another period, in points; empty where that period had nothing to judge."""
    if now.value is None or before is None or before.value is None:
        return ""
    return change(now.value * 100, before.value * 100, kind=kind)


def movers(now: Sequence[UnitRates], before: Sequence[UnitRates], name: str = "on_time_rate") -> tuple[str, str]:
    """Units whose rate rose, and units whose rate fell, the largest move first; only those with problems in both periods."""
    old = {row.name: row.rates.get(name) for row in before}
    moves: list[tuple[float, str]] = []
    for row in now:
        ratio, past = row.rates.get(name), old.get(row.name)
        if ratio is None or past is None or ratio.value is None or past.value is None:
            continue
        points = (ratio.value - past.value) * 100
        if abs(points) >= 0.05:
            words = f"{row.name}（{percent(past.value)}→{percent(ratio.value)}，{change(points, 0, kind='')}）"
            moves.append((points, words))
    rose = [words for points, words in sorted(moves, key=lambda move: (-move[0], move[1])) if points > 0]
    fell = [words for points, words in sorted(moves, key=lambda move: (move[0], move[1])) if points < 0]
    return (
        f"{RATES[name]}上升的有{listed(rose, 5, '个单位')}。" if rose else "",
        f"{RATES[name]}下降的有{listed(fell, 5, '个单位')}。" if fell else "",
    )


def state_line(problem: Problem) -> str:
    """Where one problem stands, for a cell: 已销号（11月5日）, 整改中（超期2天）."""
    if problem.closed_at is not None and problem.state == "已销号":
        return f"已销号（{problem.closed_at.month}月{problem.closed_at.day}日）"
    return f"{problem.state}（超期{problem.overdue_days}天）" if problem.overdue_days else problem.state


def one(problem: Problem) -> str:
    """One problem in a sentence: where, what, of which category."""
    what = problem.what.rstrip("。；，") or problem.category
    named = "" if problem.category in what or not problem.category else f"（{problem.category}）"
    return f"{problem.place or '（地点未填）'}：{what}{named}"
