"""Sentences about scores. An estimate is always said with its interval; units that cannot be told apart are said to stand level."""

from __future__ import annotations

from collections.abc import Sequence

from civicloop.documents.rules.figures import Group, Part, Ranked, Rated, Scores
from civicloop.documents.rules.sentences.numerals import change, decimal, joined, listed


def points(rated: Rated) -> str:
    """92.4分（95%区间90.1—94.7）; a census has no interval; nothing known: —."""
    if rated.value is None:
        return "—"
    if rated.low is None or rated.high is None or rated.how == "census":
        return f"{decimal(rated.value)}分" + ("（全数检查）" if rated.how == "census" else "")
    return f"{decimal(rated.value)}分（95%区间{decimal(rated.low)}—{decimal(rated.high)}）"


def city(scores: Scores, when: str, name: str = "全市") -> str:
    """The score of the whole with its interval, against earlier periods and against the target."""
    rated = scores.city
    if rated.value is None:
        return f"{when}没有可用于评分的检查结果，不作评分。"
    before = change(rated.value, scores.before, kind="环比", unit="分")
    year = change(rated.value, scores.year_before, kind="同比", unit="分")
    return joined(f"{when}{name}实地测评得分{points(rated)}", before, year, against(rated, scores.target))


def against(rated: Rated, target: float) -> str:
    """Whether the target is reached, beyond doubt or not."""
    if rated.value is None:
        return ""
    goal = f"{decimal(target, 0) if target == int(target) else decimal(target)}分目标"
    low = rated.value if rated.low is None else rated.low
    high = rated.value if rated.high is None else rated.high
    if low >= target:
        return f"达到{goal}"
    if high < target:
        return f"距{goal}还差{decimal(target - rated.value)}分"
    return f"与{goal}的差别在抽样误差之内"


def place(row: Ranked) -> str:
    """A rank as it can be told: 1, or 2—5 where the sample does not separate."""
    return str(row.first) if row.first == row.last else f"{row.first}—{row.last}"


def ranking(group: Group) -> str:
    """Who is certainly ahead and who certainly behind; who cannot be told apart is not put in order."""
    rows = group.rows
    if not rows:
        return ""
    if len(rows) == 1:
        return f"{group.name}仅{rows[0].name}有检查结果，得分{points(rows[0].rated)}，不作排名。"
    half = len(rows) / 2
    ahead = [row.name for row in rows if row.last <= half]
    behind = [row.name for row in rows if row.first > half + 0.5 and row.name not in ahead]
    values = {decimal(row.rated.value) for row in rows if row.rated.value is not None}
    if len(values) == 1:
        return f"{group.name}组{len(rows)}个单位得分相同，均为{values.pop()}分，本期不分先后。"
    if all(row.first == 1 and row.last == len(rows) for row in rows):
        return f"{group.name}组{len(rows)}个单位得分差别均在抽样误差之内，本期不分先后。"
    if not ahead and not behind:
        return f"{group.name}组{len(rows)}个单位的位次区间见表，区间重叠的单位不分先后。"
    told = [
        f"{listed(ahead)}排在前列" if ahead else "",
        f"{listed(behind)}位次靠后" if behind else "",
        "其余单位位次区间重叠的不分先后" if len(ahead) + len(behind) < len(rows) else "",
    ]
    return f"{group.name}组{len(rows)}个单位中，{joined(*told)}"


def questions(parts: Sequence[Part]) -> str:
    """The five questions, highest first, with how each moved."""
    known = sorted(
        (part for part in parts if part.rated.value is not None), key=lambda part: (-(part.rated.value or 0), part.key)
    )
    told = []
    for part in known:
        moved = change(part.rated.value, part.before, kind="环比", unit="分")
        told.append(f"{part.name}{decimal(part.rated.value or 0)}分" + (f"（{moved}）" if moved else ""))
    return f"分方面看，{'，'.join(told)}。" if told else ""


def moved(groups: Sequence[Group]) -> tuple[str, str]:
    """Units that rose and units that fell by more than chance explains: the earlier value lies outside today's interval."""
    rose, fell = [], []
    for row in (row for group in groups for row in group.rows):
        now, before, low, high = row.rated.value, row.before, row.rated.low, row.rated.high
        if now is None or before is None or low is None or high is None:
            continue
        words = f"{row.name}（{decimal(before)}→{decimal(now)}分）"
        rose += [words] if before < low else []
        fell += [words] if before > high else []
    return (
        f"得分较上期上升且超出抽样误差的有{listed(rose, 5, '个单位')}。" if rose else "",
        f"得分较上期下降且超出抽样误差的有{listed(fell, 5, '个单位')}。" if fell else "",
    )


def rule(scores: Scores) -> str:
    """As of when, of how many, which rule: what stands under a ranking."""
    before = f"环比{scores.before_how}；" if scores.before_how and scores.before is not None else ""
    return (
        f"得分依据《{scores.edition}》，由{scores.visits}次检查、{scores.points}个点位、{scores.observations}项次判定按分层加权估计，括号内为95%区间；"
        f"位次为区间，同一区间内的单位不分先后；组间不作比较；{before}规则摘要{scores.rule[:12]}。"
    )
