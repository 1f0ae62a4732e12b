"""Labelled texts as people write them, harder than the demo city's: paraphrases, and several kinds of noise.

They are invented by the same hands as the lexicon, so they are still easier than life: the figures say how the parts compare, not
what a city will see. A city measures itself with `civicloop texts train` and `civicloop texts measure --file`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

SAYINGS: dict[str, tuple[str, ...]] = {
    code: tuple(said)
    for code, said in yaml.safe_load((Path(__file__).parent / "sayings.yaml").read_text(encoding="utf-8")).items()
}
OPENINGS = (
    "",
    "",
    "你好，",
    "我要投诉，",
    "市民来电反映：",
    "麻烦看一下，",
    "领导好，",
    "请问有人管吗，",
    "多次反映无果，",
    "在线等，",
)
ENDINGS = (
    "",
    "",
    "。",
    "，请处理。",
    "，好几天了",
    "，希望尽快解决，谢谢！",
    "，打了几次电话都没人来。",
    "！！！",
    "，影响很不好。",
)
PLACES = (
    "{town}{village}主街中段",
    "{village}小学旁边",
    "{town}{village}",
    "{village}农贸市场对面",
    "工业路18号门口",
    "",
    "我们小区",
    "建设路与银湖路路口",
)
WRONG = {
    "垃圾": "拉圾",
    "电动车": "电车",
    "人行道": "行人道",
    "没人": "冇人",
    "已经": "己经",
    "停": "亭",
    "的": "滴",
    "处理": "处里",
    "堆": "推",
}
NOISES = ("plain", "traditional", "pinyin", "typo", "markup", "torn", "gaps")


@dataclass(frozen=True, slots=True)
class Hard:
    """A text with its label, the saying it was made of, and what was done to it."""

    text: str
    code: str
    saying: str
    noise: str


@cache
def _traditional() -> Any:
    import opencc  # noqa: PLC0415  (heavy: only this noise needs it)

    return opencc.OpenCC("s2t")


def texts(many: int, villages: list[tuple[str, str]], rng: Random) -> list[Hard]:
    """So many labelled texts; `villages` are pairs of town and village."""
    codes = sorted(SAYINGS)
    found = []
    for _ in range(many):
        code = rng.choice(codes)
        saying = rng.choice(SAYINGS[code])
        town, village = rng.choice(villages)
        place = rng.choice(PLACES).format(town=town, village=village)
        noise = rng.choice(NOISES)
        said = f"{rng.choice(OPENINGS)}{place}{saying}{rng.choice(ENDINGS)}"
        if rng.random() < 0.3:
            said += f"来电人：王小明 138{rng.randrange(10**8):08d}"
        found.append(Hard(_noisy(said, noise, rng), code, saying, noise))
    return found


def _noisy(text: str, noise: str, rng: Random) -> str:
    match noise:
        case "traditional":
            return str(_traditional().convert(text))
        case "pinyin":
            return text.replace("车", "车(chē)").replace("路", "路（lù）").replace("垃", "垃(lā)")
        case "typo":
            for right in rng.sample(sorted(WRONG), 3):
                text = text.replace(right, WRONG[right])
            return text
        case "markup":
            return f"<div><p>{text}</p><br>[图片]<span>&nbsp;发送自我的手机</span></div>"
        case "torn":
            return text.encode().decode("latin-1")
        case "gaps":
            return "".join(f"{char} " if rng.random() < 0.3 else char for char in text)
        case _:
            return text
