"""Personal data in a text made unreadable before the text is kept: phones, identity numbers, plates, names of callers, addresses.

Masked: mobile and fixed lines, identity numbers (18 and 15 digits), every other run of seven digits or more, plates, e-mail and
chat names, the name behind 来电人, 联系人 and the like, and the home address behind 住址. What stays is the place of the problem.
"""

from __future__ import annotations

import re
import unicodedata

from civicloop.kernel.text import mask_id_number, mask_name, mask_phone

HAN = r"\u4e00-\u9fff"
_GAP = r"[ \u00a0\-‐‑–—.·•_]?"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# The hundred surnames that most people bear, and the two-character ones.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤洪纪柯庄连颜傅俞祝叶涂游章易倪童申欧"
)
_LONG_SURNAMES = "欧阳|上官|司徒|诸葛|司马|皇甫|尉迟|公孙|慕容|令狐"
_NAME = rf"(?:(?:{_LONG_SURNAMES})[{HAN}]{{1,2}}|[{_SURNAMES}][{HAN}]{{1,2}})"
_WHO = (
    "来电人|联系人|投诉人|反映人|诉求人|举报人|报料人|上报人|当事人|业主|户主|租户|本人|姓名|我叫"
    "|老板娘|老板|店主|车主|房东|负责人|经营者"
)
# After a name comes a sign, a verb of telling or a title; without any of them two characters are taken.
_THEN = (
    rf"(?=[^{HAN}]|$|先生|女士|小姐|同志|反映|反应|来电|称|表示|投诉|举报|电话|手机|联系|于|在|住|要求|诉求|咨询|报料)"
)
_VERBS = "(?!反映|来电|投诉|举报|要求|称|表示)"
_CALLER = re.compile(rf"((?:{_WHO})(?:姓名)?(?:是|为)?[：:\s]*){_VERBS}({_NAME}){_THEN}")
_CALLER_FIELD = re.compile(
    rf"((?:{_WHO})(?:姓名)?[：:][ \t]*)([{HAN}·]{{2,4}})(?=[^{HAN}]|$|先生|女士|反映|来电|电话|手机)"
)
# Nothing tells where the name ends: up to two characters behind the surname go.
_CALLER_OPEN = re.compile(
    rf"((?:来电人|联系人|投诉人|反映人|诉求人|举报人|报料人|上报人)(?:姓名)?(?:是|为)?[：:\s]*){_VERBS}"
    rf"([{_SURNAMES}])(?!先生|女士|小姐|同志|某)([{HAN}]{{1,2}})"
)
_CITIZEN = re.compile(rf"((?:市民|居民|村民|群众|网友))({_NAME})(?=先生|女士|反映|来电|称|表示|投诉|举报|[（(，,：:])")
_SAFE = re.compile(r"^[一-鿿](?:先生|女士|小姐|某某?|同志)$")
_HOME = re.compile(r"((?:家庭住址|家庭地址|居住地址|现住址|住址|户籍地址)[：:\s]*)([^\s，,。；;]{2,60})")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63})+")
_CHAT = re.compile(r"((?:微信号?|QQ|qq|wx)(?:号码?)?[：:\s]*)([A-Za-z0-9][\w-]{4,19})")
_ID = re.compile(rf"(?<!\d)(?:\d{_GAP}){{17}}[\dXx](?!\d)|(?<!\d)(?:\d{_GAP}){{14}}\d(?!\d)")
_MOBILE = re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
_FIXED = re.compile(rf"(?<!\d)[(（]?0\d{{2,3}}[)）]?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)")
_LONG = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{6,}}(?!\d)|\d{{7,}}")
_PLATE = re.compile(rf"([{_PROVINCES}]\s?[A-Za-z])[\s·•.\-]?[A-Za-z0-9]{{4,5}}[A-Za-z0-9挂学警港澳]?(?![A-Za-z0-9])")
# By what a name, a home or a plate is known.
_MARKED = re.compile(rf"{_WHO}|市民|居民|村民|群众|网友|住址|地址|[{_PROVINCES}]\s?[A-Za-z]")
# A moment or a day written with marks between is no number of a person.
_MOMENT = re.compile(r"(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./](?:3[01]|[12]\d|0?[1-9])(?!\d)")
_DIGITS = re.compile(r"\d")


def masked(text: str) -> str:
    """The text with personal data masked; masking twice is masking once."""
    text = "".join(_plain_digit(char) for char in text)
    text = _HOME.sub(lambda found: found[1] + "***", text)
    text = _MAIL.sub("***@***", text)
    text = _CHAT.sub(lambda found: found[1] + "***", text)
    text = _PLATE.sub(lambda found: found[1].replace(" ", "") + "·*****", text)
    text = _numbers(text)
    for pattern in (_CALLER, _CALLER_FIELD, _CITIZEN):
        text = pattern.sub(_name, text)
    return _CALLER_OPEN.sub(lambda found: found[1] + found[2] + "*" * len(found[3]), text)


def without_names(text: str) -> str:
    """The text without names, homes and number plates; numbers, mail and chat names are left to `kernel.masking`. Twice is once.

    Most texts hold none of the words that a name, a home or a plate is known by, and are handed back after one look.
    """
    if not _MARKED.search(text):
        return text
    text = _HOME.sub(lambda found: found[1] + "***", text)
    text = _PLATE.sub(lambda found: found[1].replace(" ", "") + "·*****", text)
    for pattern in (_CALLER, _CALLER_FIELD, _CITIZEN):
        text = pattern.sub(_name, text)
    return _CALLER_OPEN.sub(lambda found: found[1] + found[2] + "*" * len(found[3]), text)


def _numbers(text: str) -> str:
    """Numbers of persons, between the moments that stand in the text."""
    parts, begun = [], 0
    for moment in _MOMENT.finditer(text):
        parts += [_without_numbers(text[begun : moment.start()]), moment[0]]
        begun = moment.end()
    joined = "".join([*parts, _without_numbers(text[begun:])])
    # A number torn apart by what looked like a day is still a number.
    return joined if parts == [] or not (_MOBILE.search(joined) or _ID.search(joined)) else _without_numbers(joined)


def _without_numbers(text: str) -> str:
    text = _ID.sub(lambda found: mask_id_number("".join(_kept(found[0]))), text)
    text = _MOBILE.sub(lambda found: mask_phone("".join(_kept(found[0]))), text)
    text = _FIXED.sub(lambda found: mask_phone("".join(_kept(found[0]))), text)
    return _LONG.sub(lambda found: mask_phone("".join(_kept(found[0]))), text)


def _kept(text: str) -> list[str]:
    return [char for char in text if char.isdigit() or char in "Xx"]


def _name(found: re.Match[str]) -> str:
    return found[0] if _SAFE.match(found[2]) else found[1] + mask_name(found[2])


def _plain_digit(char: str) -> str:
    """Digits of every script as 0 to 9: a number in full-width or Arabic digits is a number."""
    if char < "\u0080" or not char.isdigit():
        return char
    value = unicodedata.digit(char, -1)
    return str(value) if value >= 0 and unicodedata.category(char) == "Nd" else char
