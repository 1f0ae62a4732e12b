"""Open fonts for print: those of `scripts/assets.py`, else those of the machine. Which stands for which is told on the paper.

The four named faces are licensed fonts that offices own and we may not ship. No open 仿宋 or 楷体 comes as a file from a package
registry, so an open 宋体 stands for both; a machine without the assets is asked for an open 楷体 first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import typst

from civicloop.documents.rules.body import Face
from civicloop.documents.rules.gongwen.page import FONTS
from civicloop.kernel.assets import FOLDER, asset

FILES = ("NotoSerifSC-Regular.ttf", "NotoSerifSC-Bold.ttf", "NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")
SERIF, SANS = ("Noto Serif SC", "Noto Serif CJK SC"), ("Noto Sans SC", "Noto Sans CJK SC")
KAI = ("LXGW WenKai", "LXGW WenKai GB", "AR PL UKai CN")
# 小标宋 is a heavy 宋体, 黑体 a heavy sans.
WANTED: Mapping[Face, tuple[tuple[str, ...], int]] = {
    "body": (SERIF, 400),
    "kai": (KAI + SERIF, 400),
    "title": (SERIF, 700),
    "hei": (SANS, 700),
}


@dataclass(frozen=True)
class FontSet:
    """What is printed with: folders to look in, the family for each face, whether they are the pinned ones."""

    folders: tuple[str, ...]
    families: Mapping[Face, str]
    pinned: bool

    def told(self) -> str:
        """Which font stands for which, in a sentence."""
        faces = "，".join(f"{FONTS[face]}以{family}代" for face, family in self.families.items())
        return f"本PDF所用字体为开源字体：{faces}；正式印制以DOCX所列字体为准。"


@cache
def fonts() -> FontSet:
    """The fonts of this installation, looked for once."""
    pinned = all(asset(name) for name in FILES)
    # Fonts of the machine are asked only for what was not fetched: papers look the same on every machine that has the assets.
    folders = (str(FOLDER),) if pinned else ()
    known = set(typst.Fonts(font_paths=list(folders), include_system_fonts=not pinned).families())
    families: dict[Face, str] = {face: _first(names, known) for face, (names, _) in WANTED.items()}
    return FontSet(folders, families, pinned)


def _first(names: tuple[str, ...], known: set[str]) -> str:
    return next((name for name in names if name in known), names[-1])
