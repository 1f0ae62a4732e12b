"""Text as it arrives from chat groups, web forms and hotlines, made plain: one script, one width, no markup, no letterhead.

Kept libraries do what is hard: ftfy undoes text decoded with the wrong code page, OpenCC turns traditional characters into
simplified ones. Cleaning is repeated until nothing changes, so that cleaning a cleaned text changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

MOST_ROUNDS = 12
HAN = r"\u3400-\u4dbf\u4e00-\u9fff"

_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
# What UTF-8 looks like when it was read as Latin-1, Windows-1252 or the like: two such signs side by side.
_TORN = re.compile(r"[\u0080-\u00ff\u0152-\u0192\u02c6-\u02dc\u2013-\u2122]{2}")
_HIDDEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]|[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# What no database keeps: halves of surrogate pairs, and the zero.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Pictures of faces and things; marks that may number a list stay.
_PICTURES = re.compile("[\u2600-\u26ff\U0001f300-\U0001faff]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\u0085\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+")
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}，。；：！？、]) (?=[{HAN}，。；：！？、])")
_LINE_ENDS = re.compile(r" *\n[ \n]*")
# 學(xué), 垃圾（lā jī）: pinyin in brackets behind a Han character. The tones are what tells it from an English word; without
# them only one short syllable without a capital is taken for pinyin.
_PINYIN = re.compile(
    rf"(?<=[{HAN}]) ?[(（][ ]?(?=[^)）]{{0,39}}[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü])[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ' ·-]{{1,40}}[)）]"
)
_FULL_WIDTH = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
# Lines that stand around what was said and are not part of it.
_CHAFF = re.compile(
    r"""^(?:
      [-=_*~#·•.。\s]{3,}
    | (?:转发|转载|转自|来自|发自|发送自)(?:我的)?[^，。；]{0,20}
    | \[?(?:图片|视频|语音|文件|位置|链接|表情|聊天记录|動畫表情|动画表情)\]?
    | (?:sent\ from|get\ outlook)\ .{0,60}
    | 【?(?:广告|推广|免责声明|温馨提示)】?[：:]?.{0,80}
    | (?:点击|长按|扫码|扫一扫|识别二维码|关注(?:公众号|我们)|阅读原文|回复\s?TD|退订).{0,60}
    | (?:责任编辑|编辑|来源|阅读量?|点赞|在看|分享|收藏)[：:\s]?.{0,20}
    | (?:https?://|www\.)\S+
    | [“"「]?.{1,24}[”"」]?\s?(?:撤回了一条消息|加入了?群聊|拍了拍.{1,20})
    | (?:\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}日?\s*)?(?:[上下]午|晚上|凌晨)?\s?\d{1,2}:\d{2}(?::\d{2})?
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:https?://[\x21-\x7e]+|[【\[(（]?(?:发送?|来)自我的[^，。；！\n】\])）]{1,20}[】\])）]?$|点击(?:查看|阅读)(?:更多|原文|详情)|退订回复\s?TD|\[(?:图片|视频|语音|位置|链接|表情)\]|[(（]?回复\s?TD\s?退订[)）]?)",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>?")
_OPENING = re.compile(r"<(?:!--|(?![a-zA-Z/!?][^<>]{0,2000}>))")
_REPEATED = re.compile(r"([!！?？。，,~～…])\1+")


def clean(text: str) -> str:
    """The text in simplified characters, without markup, pinyin, hidden signs and letterhead lines; line ends are kept.

    Cleaning twice is cleaning once. Nothing is translated and nothing shortened.
    """
    for _ in range(MOST_ROUNDS):
        done = _round(text)
        if done == text:
            break
        text = done
    return text


def _round(text: str) -> str:
    text = mended(_UNSTORABLE.sub("", text))
    text = _BREAKS.sub("\n", text)
    if _MARKUP.search(text):
        text = text_of(text)
    text = unicodedata.normalize("NFC", _HIDDEN.sub("", text))
    text = _FULL_WIDTH.sub(lambda found: chr(ord(found[0]) - 0xFEE0), text)
    text = _PINYIN.sub("", simplified(text))
    text = _TAIL.sub("", _PICTURES.sub("", text))
    lines = [
        line for line in _LINE_ENDS.sub("\n", _BLANKS.sub(" ", text)).split("\n") if not _CHAFF.match(line.strip())
    ]
    text = _REPEATED.sub(r"\1", "\n".join(lines))
    return _BETWEEN_HAN.sub("", text).strip()


def mended(text: str) -> str:
    """The text with wrong decoding undone: UTF-8 read as a Western page (ftfy), or as GBK (own, where it is certain)."""
    if text.isascii():
        return text
    if _TORN.search(text):
        text = _ftfy().fix_encoding(text)
    try:
        # A Chinese text is hardly ever valid UTF-8 when written as GBK; when it is, it was read wrongly.
        again = text.encode("gbk").decode("utf-8")
    except UnicodeError:
        return text
    return again if len(again) >= 2 else text


def simplified(text: str) -> str:
    """Traditional characters as simplified ones, by characters and phrases (OpenCC t2s)."""
    if text.isascii():
        return text
    return str(_opencc().convert(text))


def text_of(markup: str) -> str:
    """What a reader of the markup would see; scripts and styles are left out, blocks begin a line."""
    reader = _Reader()
    try:
        reader.feed(_closed(markup))
        reader.close()
    except AssertionError:  # a marked section that is none: what reads like a tag goes, the rest stays
        return unescape(_TAG.sub("\n", markup))
    return "".join(reader.found)


def _closed(markup: str) -> str:
    """The markup with signs that open nothing written as text: the parser would look for the end of each to the end of the text."""
    last = markup.rfind("-->")
    return _OPENING.sub(
        lambda found: "&lt;" + found[0][1:] if found[0] == "<" or found.start() > last else found[0], markup
    )


class _Reader(HTMLParser):
    """Collects the text of a page."""

    BLOCKS = frozenset(
        "p div br li tr h1 h2 h3 h4 h5 h6 section article table ul ol dd dt blockquote".split()  # noqa: SIM905  (a line, not a column)
    )
    SILENT = frozenset(("script", "style", "head", "title"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins a line; what is no text falls silent."""
        self._silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A block ends its line."""
        if tag in self.SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in self.BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._silent:
            self.found.append(data)


@cache
def _opencc() -> Any:
    import opencc  # noqa: PLC0415  (heavy: loaded where it is used)

    return opencc.OpenCC("t2s")


@cache
def _ftfy() -> Any:
    import ftfy  # noqa: PLC0415  (heavy: loaded where it is used)

    return ftfy
