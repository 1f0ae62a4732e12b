"""Names of people in a text, known by what stands beside them: a word of introduction, a title, a telephone, an identity card.

A name that stands alone between other words is known by nothing: no list of surnames tells 石井 (a place) from 石井 (a person).
What looks like a name and ends as places do (路, 镇, 社区 …), or is one of the words that begin like a surname, stays.
"""

from __future__ import annotations

import re

from civicloop.kernel.text import mask_name

HAN = r"\u4e00-\u9fff"
# The hundred surnames that most people bear, and the two-character ones.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤洪纪柯庄连颜傅俞祝叶涂游章易倪童申欧"
)
# Without those that are prepositions as well (位于某处, 向老师傅).
_PLAIN_SURNAMES = _SURNAMES.replace("于", "").replace("向", "")
_LONG_SURNAMES = "欧阳|上官|司徒|诸葛|司马|皇甫|尉迟|公孙|慕容|令狐"
# What is said of somebody and begins like a name, and other such words of every day.
_SAID_OF = (
    "方便|方才|马上|万一|万元|万分|任何|任意|任由|任其|严重|严格|程度|于是|于今|许多|许久|何时|何地|何以|向来|向他|向我|连续|连夜|连着|连日|莫名|常常"
    "|时|申请|申报|高度|方面|金额|曾(?:经|多|向|于|在|致|打|联|反|去|就|因|拨|报|与|和|对|被|到|提|要)"
)
_WORDS = (
    f"{_SAID_OF}|白天|白色|白云|黄色|黄灯|黄沙|高空|高声|高速|高温|高兴|高层|高架|高压|方式|方向|方法|金色|金属|石头|石子|石块|石材|石板|石墩"
    "|江水|汤水|龙头|任务|毛病|余下|洪水|雷雨|雷电|夏天|夏季|段时|连接|易燃|易爆|钱款|钱财|田地|田里|施工|游客|史上|童年|章程|程序|马路"
    "|周围|周边|周末|周一|周二|周三|周四|周五|周六|周日|孔洞|宋体|唐突"
)
_WHO = (
    "来电人|联系人|投诉人|反映人|诉求人|举报人|报料人|上报人|当事人|业主|户主|租户|本人|姓名|我叫"
    "|老板娘|老板|店主|车主|房东|负责人|经营者"
)
# After a name comes a sign, a verb of telling or a title; without any of them two characters are taken.
_THEN = (
    rf"(?=[^{HAN}*]|$|先生|女士|小姐|同志|反映|反应|来电|称|表示|说|投诉|举报|电话|手机|联系|于|在|住|要求|诉求|咨询|报料"
    "|今年|现年|家里|家中|家门口)"
)
# Behind a word of introduction 于 may be a name, unless it says when or where.
_NO_NAME = rf"(?!{_SAID_OF}|向|于[昨今明前当上下本去同年月晚早近此周家楼路门店夜凌中村镇区])"
_NAME = rf"{_NO_NAME}(?!(?:{_WORDS}){_THEN})(?:(?:{_LONG_SURNAMES})[{HAN}]{{1,2}}|[{_SURNAMES}][{HAN}]{{1,2}})"
_VERBS = "(?!反映|来电|投诉|举报|要求|称|表示)"
_CALLER = re.compile(rf"((?:{_WHO})(?:姓名)?(?:是|为)?[：:\s]*){_VERBS}({_NAME}){_THEN}")
_CALLER_FIELD = re.compile(
    rf"((?:{_WHO})(?:姓名)?[：:][ \t]*)([{HAN}·]{{2,4}})(?=[^{HAN}*]|$|先生|女士|反映|来电|电话|手机)"
)
# Nothing tells where the name ends: up to two characters behind the surname go.
_CALLER_OPEN = re.compile(
    rf"((?:来电人|联系人|投诉人|反映人|诉求人|举报人|报料人|上报人)(?:姓名)?(?:是|为)?[：:\s]*){_VERBS}"
    rf"{_NO_NAME}([{_SURNAMES}])(?!先生|女士|小姐|同志|某)([{HAN}]{{1,2}})"
)
# Where nothing but its shape says that it is a name, it must not end like a place; behind a word of introduction less is doubtful:
# many a name ends in 山 or 海.
_END = "路街道巷弄村镇乡里桥店城区县市园楼栋苑庭湾山河湖海口站场院厂校所局队门库寺庙岛洋埔坑塘坡头社"
_STREETS = "路街道巷弄村镇乡桥店城区县市园苑场厂校社"
# 业主王小明的车: whose something is.
_OWNER = re.compile(
    rf"((?:业主|户主|租户|我叫|老板娘|老板|店主|车主|房东|负责人|经营者|当事人)(?:是|为)?[：:\s]*)(?!(?:{_WORDS})的)({_NAME})(?<![头{_STREETS}])(?=的)"
)
_CITIZEN = re.compile(rf"((?:市民|居民|村民|群众|网友))({_NAME})(?=先生|女士|反映|来电|称|表示|投诉|举报|[（(，,：:])")
_SAFE = re.compile(r"^[一-鿿](?:先生|女士|小姐|某某?|同志)$")

_SHAPE = rf"(?:(?:{_LONG_SURNAMES})[{HAN}]{{1,2}}|(?!{_LONG_SURNAMES})[{_PLAIN_SURNAMES}][{HAN}]{{1,2}})"
_ALONE = rf"(?<![{HAN}*])(?!{_WORDS})({_SHAPE})(?<![{_END}])"
# A telephone as it is typed, or as it stands when its middle is masked.
_PHONE = r"(?:(?:\+|00)?86[- ]?)?(?:1[ -]?[3-9][ -]?\d|0\d{2,3}[-)） ]?[\d*]{3})[\d*\- ]{4,}"
_CALLED = r"[\s，,、：:（(]{0,3}(?:的?(?:联系)?(?:电话|手机|手机号|号码)(?:号|号码)?)?(?:是|为)?[\s：:]{0,2}"
_BEFORE_PHONE = re.compile(rf"{_ALONE}(?={_CALLED}{_PHONE})")
_AFTER_PHONE = re.compile(rf"(1[3-9]\d[\d*]{{8}}[ \t]*[（(]?[ \t]*)(?!{_WORDS})({_SHAPE})(?<![{_END}])(?=[^{HAN}*]|$)")
_BEFORE_CARD = re.compile(rf"{_ALONE}(?=[\s，,、：:（(]{{0,3}}的?(?:身份证|证件号))")
_SAID = (
    "我是|名叫|名字叫|名字是|叫做|他叫|她叫|署名|签名|落款|邻居|住户|申请人|报修人|收件人|房主|摊主|司机|驾驶员|保安"
    "|法定代表人|法人代表"
)
_INTRODUCED = re.compile(
    rf"((?:{_SAID})(?:是|为)?[：:\s]*)(?!{_WORDS})({_SHAPE})(?<![{_STREETS}])(?=[^{HAN}*]|$|先生|女士|小姐|同志|的?(?:电话|手机|身份证))"
)
_SIGNED = re.compile(rf"((?:——|--)[ \t]*)(?!{_WORDS})({_SHAPE})(?<![{_END}])(?=[ \t]*$)", re.MULTILINE)
_TITLES = (
    "先生|女士|小姐|太太|师傅|老师|医生|同志|经理|主任|书记|局长|所长|队长|校长|院长|站长|镇长|处长|科长|警官|律师"
    "|阿姨|大爷|大妈|老板"
)
_TITLED = re.compile(rf"(?:(?<![{HAN}*])|(?<=业主|住户|店主|邻居|居民|市民|村民|联系|我是)){_SHAPE}(?={_TITLES})")
_SURNAME = re.compile(rf"(?:{_LONG_SURNAMES}|(?!(?<=对)方)[{_PLAIN_SURNAMES}])(?={_TITLES})")
_SOME = re.compile(rf"[{_PLAIN_SURNAMES.replace('何', '')}](?=某(?:某|先生|女士|反映|称|的|[^{HAN}*]|$))")

# One of these stands in every text that has a name one could know.
MARKS = rf"{_WHO}|市民|居民|村民|群众|网友|{_SAID}|{_TITLES}|某|身份证|证件|——|--"


def without_full_names(text: str) -> str:
    """The text with names of two characters and more masked: 王*明. A surname with a title stays: who works on it asks for him."""
    for pattern in (_CALLER, _CALLER_FIELD, _OWNER, _CITIZEN):
        text = pattern.sub(_name, text)
    text = _CALLER_OPEN.sub(lambda found: found[1] + found[2] + "*" * len(found[3]), text)
    for pattern in (_INTRODUCED, _SIGNED, _AFTER_PHONE):
        text = pattern.sub(_name, text)
    for pattern in (_BEFORE_PHONE, _BEFORE_CARD, _TITLED):
        text = pattern.sub(lambda found: mask_name(found[0]), text)
    return text


def without_surnames(text: str) -> str:
    """The text without surnames before a title or 某 as well: *先生, *某某. For everybody's eyes, beside an address."""
    text = _SURNAME.sub(lambda found: "*" * len(found[0]), text)
    return _SOME.sub("*", text)


def _name(found: re.Match[str]) -> str:
    return found[0] if _SAFE.match(found[2]) else found[1] + mask_name(found[2])
