"""What stands around a problem and is no part of it: fields of an order, heads of a mail, who spoke in a chat, closing phrases.

An order (工单) is a form: of it the content and the address of the matter stay, in their order. Where no field says that it is
the content, only fields that hold nothing but numbers go: a sentence is never thrown away for its first word.
"""

from __future__ import annotations

import re

_CONTENT = "诉求内容|工单内容|反映内容|投诉内容|来电内容|事件描述|问题描述|问题内容|主要内容|具体内容|内容"
_PLACE = "事发地址|事发地点|发生地点|诉求地址|问题地址|问题地点|地址|地点|位置"
# Fields that say a number or a name: what follows behind a comma is told again.
_SHORT = (
    "工单编号|工单号|受理编号|流水号|受理时间|来电时间|登记时间|诉求时间|派单时间|联系电话|联系方式|回访号码|来电号码|电话号码|电话|手机号|手机"
    "|诉求人|来电人|联系人|投诉人|反映人|姓名|性别"
)
# Fields that are the office's own to their end.
_WHOLE = (
    "工单标题|诉求标题|标题|诉求类型|工单类型|诉求分类|事件类型|诉求来源|工单来源|来源|诉求目的|办理要求|处理时限|办结时限|答复时限"
    "|承办单位|转办单位|紧急程度|是否保密|是否回访|备注"
)
# Said by forms alone: these begin a field wherever they stand, for the blank before them may have been lost.
_FORMS_OWN = (
    "诉求内容|工单内容|反映内容|投诉内容|来电内容|诉求地址|事发地[址点]|工单编号|受理编号|受理时间|诉求人|诉求目的|诉求类型"
    "|工单类型|是否回访|是否保密"
)
_FIELD = re.compile(
    rf"(?:(?<=[\s；;，,。】\])）])|^|(?=(?:{_FORMS_OWN})[：:]))"
    rf"(?:(?P<content>{_CONTENT})|(?P<place>{_PLACE})|(?P<short>{_SHORT})|(?P<whole>{_WHOLE}))[：:][ \t]*"
)
_FIRST = re.compile(r"^[^，,；;。\n]*[，,；;。\s]*")
_NUMBERS = re.compile(rf"(?m)^(?:{_SHORT})[：:][ \t]*[\dA-Za-z*/:：.\- ]{{0,40}}$\n?")
_MOMENT = r"(?:\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?\s*)?(?:[上下]午)?\d{1,2}:\d{2}(?::\d{2})?"
_SPOKE = re.compile(rf"(?m)^[\[【(（]?{_MOMENT}[\]】)）]?[ ]?(?P<who>[^：:\n，。！？]{{1,20}})[：:][ \t]*")
_NAMED = re.compile(
    rf"(?m)^(?P<who>[^：:\n，。！？]{{1,20}}?)[ ]?\d{{4}}[-/年.]\d{{1,2}}[-/月.]\d{{1,2}}日?\s*{_MOMENT}$\n?"
)
_MAIL = re.compile(
    r"(?mi)^(?:-{2,}[ ]?(?:原始邮件|转发的?邮件|转发邮件信息|original message|forwarded message)[ ]?-{0,}"
    r"|(?:发件人|收件人|抄送|发送时间|日期|from|to|cc|sent|date)[：:].*|免责声明[：:].*)$\n?"
)
_SUBJECT = re.compile(
    r"(?mi)^(?:主题|subject)[：:][ \t]*(?:(?:【转发】|\[转发\]|转发|答复|回复|fwd?|re)[：:]?[ ]?)*(?P<said>.*)$\n?"
)
_CLOSING = re.compile(
    r"[（(]?请(?:贵|各|相关|有关|责任|承办|属地)[^。\n]{0,20}?(?:单位|部门|镇街|街道|镇|村居|社区)[^。\n]{0,60}"
    r"(?:整改|处理|办理|回复|答复|反馈|落实|报送?)[^。\n]{0,40}[。）)]*\s*$"
)
_AFTERWORD = re.compile(r"^(?:以上|上述)(?:问题|情况|事项)[^，。；]{0,16}$")
_HOTLINE = re.compile(r"12345|热线|工单|来电人|来电反映|诉求人|诉求内容|市民来电|回访")
_REPORT = re.compile(r"简报|通报|督查|督导|巡查情况|检查发现|测评|各(?:镇街|责任单位|有关单位|相关单位)|的函|经查")
_MESSAGE = re.compile(r"微信|群里|领导好|你好|您好|有没有人|请问|我们(?:小区|村|楼)|谢谢|管管")
FEWEST = 6
"""A subject of fewer characters says nothing of its own."""
MOST_ROUNDS = 40
"""A mail forwarded so often is none: a text that is taken apart piece by piece must not keep the house busy."""


def content_of(text: str) -> str:
    """The told problem out of a cleaned text: without form fields, mail heads, speakers of a chat and closing phrases to offices.

    A text that is nothing else stays as it is. Doing it twice is doing it once, unless forty rounds were not enough.
    """
    told = _once(text)
    for _ in range(MOST_ROUNDS):
        again = _once(told)
        if again == told or not again:
            return again or text.strip()
        told = again
    return told or text.strip()


def source_of(text: str) -> str:
    """Where a cleaned text seems to come from: `hotline`, `meeting` (a report), `resident` (a message), else `other`."""
    if _HOTLINE.search(text):
        return "hotline"
    if _REPORT.search(text):
        return "meeting"
    return "resident" if _SPOKE.search(text) or _NAMED.search(text) or _MESSAGE.search(text) else "other"


def is_afterword(part: str) -> bool:
    """Whether a part of a text only speaks of the parts before it: 以上问题已拍照."""
    return _AFTERWORD.match(part) is not None


def _once(text: str) -> str:
    text = _MAIL.sub("", text)
    text = _SUBJECT.sub(lambda found: found["said"] + "\n" if len(found["said"]) >= FEWEST else "", text)
    text = _NUMBERS.sub("", _silent(text))
    return _CLOSING.sub("", _fields(text)).strip(" \n\t，,、；;")


def _silent(text: str) -> str:
    """A chat without who said it: names at the head of a line, and where somebody is called by one of them."""
    names = {found["who"].strip() for one in (_SPOKE, _NAMED) for found in one.finditer(text)}
    text = _NAMED.sub("", _SPOKE.sub("", text))
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(f"@{name}", "")
    return text


def _fields(text: str) -> str:
    """The content and the place of a form; the text itself where no field is its content."""
    marks = list(_FIELD.finditer(text))
    if not any(mark["content"] for mark in marks):
        return text
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    kept, begun = [], False
    for mark, end in zip(marks, ends, strict=True):
        said = text[mark.end() : end]
        begun = begun or bool(mark["content"])
        if mark["content"] or mark["place"]:
            kept.append(said)
        elif mark["short"] and begun:
            kept.append(_FIRST.sub("", said, count=1))
    return "\n".join(one.strip(" \t；;，,") for one in kept if one.strip(" \t；;，,\n"))
