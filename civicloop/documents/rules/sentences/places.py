"""Names of places told together."""

from __future__ import annotations

import re
from collections.abc import Iterable

_COUNTED = re.compile(r"(.*?)(\d+)(\D*)")


def scopes(names: Iterable[str]) -> str:
    """What somebody answers for: 西池社区第1—3、5网格，桥头巷. Names that differ only by their number are told together."""
    found: dict[tuple[str, str], list[int]] = {}
    for name in dict.fromkeys(name for name in names if name):
        match = _COUNTED.fullmatch(name)
        if match is None:
            found[name, ""] = []
        else:
            found.setdefault((match[1], match[3]), []).append(int(match[2]))
    return "，".join(f"{before}{_numbers(numbers)}{after}" for (before, after), numbers in found.items())


def _numbers(numbers: list[int]) -> str:
    """1—3、5: three or more that follow each other are told by the first and the last."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    told = [f"{run[0]}—{run[-1]}" if len(run) > 2 else "、".join(str(one) for one in run) for run in runs]
    return "、".join(told)
