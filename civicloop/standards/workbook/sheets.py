"""The sheets of the workbook and their columns: one table, read by the writer and the reader alike."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, the path of keys to its value in a piece, what kind of cell it is, its width."""

    heading: str
    path: str
    kind: str = "text"
    width: int = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of rows. `place` is the section, or the list inside the pieces of the sheet `under`, that the rows make up.

    Rows of a sheet under another begin with the key of their piece there. `key` names the field that rows below refer to.
    """

    name: str
    place: str
    columns: tuple[Column, ...]
    under: str = ""
    key: str = "code"


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet of one value a row: section, key and value. `place` is a section that stands once."""

    name: str
    place: str
    rows: tuple[Column, ...]


CODE = Column("编码", "code", width=14)
KEY = Column("标识", "key", width=18)
NAME = (Column("名称", "name.zh_Hans", width=30), Column("英文名称", "name.en", width=30))
SURE = Column("把握程度", "sure", "sure", 10)
LINE = Column("条线", "line", width=18)


def _words(heading: str, path: str, width: int = 40) -> tuple[Column, Column]:
    return Column(heading, f"{path}.zh_Hans", width=width), Column(f"{heading}（英文）", f"{path}.en", width=width)


SOURCE = _words("来源", "source")
HEADER = Form("说明", "pack", (
    Column("标准包", "name"), Column("版本", "edition"), *_words("标题", "title"), Column("标准号", "standard"),
    Column("施行日期", "in_force"), Column("代替", "replaces"), *SOURCE, Column("引用的标准包", "uses", "codes"),
))  # fmt: skip
SAMPLE = Form("抽样说明", "sample", (SURE, *SOURCE))
SAMPLING = Form("抽样表说明", "sampling", (SURE, *SOURCE, Column("年份", "year", "whole")))
SCORING = Form("计分规则", "scoring", (
    SURE, Column("实地权重", "methods.site", "number"), Column("材料权重", "methods.document", "number"),
    Column("问卷权重", "methods.survey", "number"), Column("最低分", "floor", "number"), Column("最高分", "cap", "number"),
    Column("目标分", "target", "number"), Column("重复出现期限（天）", "repeat.within_days", "whole"),
    Column("重复出现加权", "repeat.factor", "number"),
))  # fmt: skip
POLICY = Form("城市参数", "policy", (
    Column("立案时限", "stages.file", "limit"), Column("派遣时限", "stages.dispatch", "limit"),
    Column("核查时限", "stages.verify", "limit"), Column("结案时限", "stages.close", "limit"),
    Column("退回期限", "return.within", "limit"), Column("最多退回次数", "return.at_most", "whole"),
    Column("重复案件半径（米）", "duplicate.radius_m", "whole"), Column("重复案件天数", "duplicate.days", "whole"),
    Column("回潮半径（米）", "recurrence.radius_m", "whole"), Column("回潮天数", "recurrence.window_days", "whole"),
    Column("回潮时限系数", "recurrence.limit_factor", "number"), Column("申诉期限", "appeal.within", "limit"),
    Column("最多延期次数", "extend.at_most", "whole"), Column("延期时限系数", "extend.limit_factor", "number"),
    Column("挂账复查天数", "suspend.review_days", "whole"),
))  # fmt: skip
FORMS = (HEADER, SAMPLE, SAMPLING, SCORING, POLICY)

SHEETS = (
    Sheet("条线", "lines", (KEY, *NAME), key="key"),
    Sheet("点位类型", "point_types", (
        CODE, *NAME, Column("名录", "list", "list", 16), Column("沿用检查表的类型", "like"), LINE, SURE)),
    Sheet("检查表", "checklists", (CODE, *NAME, Column("适用点位类型", "applies_to", "codes", 30))),
    Sheet("检查项目", "items", (
        CODE, *_words("内容", "text"), *_words("怎样看", "observe"), Column("方法", "how", "how", 8),
        Column("方面", "aspect", "aspect", 10), *_words("计数内容", "counts.what", 24),
        Column("计数比较", "counts.compare", "compare", 10), Column("计数值", "counts.value", "number", 8),
        Column("计数单位", "counts.unit", width=12), Column("每多少米", "counts.per_m", "whole", 10),
        Column("例外（不算问题）", "exceptions", "texts", 40), Column("转为事项", "becomes", width=10),
        Column("十乱", "disorder", width=16), Column("权重", "weight", "number", 8),
        Column("拍照", "photo", "photo", 12), SURE), under="检查表"),
    Sheet("测评项目", "projects", (CODE, *NAME, Column("权重", "weight", "number", 8), SURE)),
    Sheet("测评内容", "contents", (CODE, *NAME), under="测评项目"),
    Sheet("测评标准", "criteria", (
        CODE, *_words("内容", "text"), Column("方法", "method", "method", 8), Column("权重", "weight", "number", 8),
        Column("检查项目", "items", "codes", 60), LINE, SURE), under="测评内容"),
    Sheet("抽样", "rows", (
        Column("点位类型", "point_type"), Column("点位数", "points", "whole", 8), Column("权重", "weight", "number", 8),
        SURE), under="抽样说明", key="point_type"),
    Sheet("封顶项", "vetoes", (Column("检查项目", "item", width=16), Column("最高得分", "cap", "number")), under="计分规则",
          key="item"),
    Sheet("扣分", "deductions", (
        KEY, *NAME, Column("情形", "event", "event", 12), Column("来源", "source"),
        Column("阶梯（第几次起:每次扣分）", "ladder", "ladder", 30), Column("最多扣", "at_most", "number", 8), SURE),
        under="计分规则", key="key"),
    Sheet("负面清单", "negative_list", (
        CODE, *_words("内容", "text"), Column("后果", "consequence", "consequence", 16), Column("扣分", "points", "number", 8),
        Column("期限（月）", "window_months", "whole", 10), SURE)),
    Sheet("五问", "questions", (KEY, *NAME, Column("方面", "aspects", "aspects", 30)), key="key"),
    Sheet("十乱", "disorders", (KEY, *NAME), key="key"),
    Sheet("指标", "indicators", (
        CODE, *NAME, Column("部分", "section", width=16), Column("比较", "compare", "compare", 12),
        Column("目标", "value", "value", 8), Column("单位", "unit", width=20), *_words("或者", "or_else", 24), *SOURCE,
        Column("年份", "year", "whole", 8), LINE, SURE)),
    Sheet("城市规模", "sizes", (
        KEY, *NAME, Column("人口自", "from_people", "whole"), Column("人口至（不含）", "below_people", "whole")),
        under="抽样表说明", key="key"),
    Sheet("抽样表", "rows", (
        CODE, *NAME, Column("上级", "part_of"), Column("各规模点数", "sites", "figures", 40),
        Column("分项齐全", "complete", "yes", 10)), under="抽样表说明"),
    Sheet("大类", "majors", (CODE, Column("种类", "kind", "kind", 8), *NAME, SURE)),
    Sheet("类别", "categories", (
        CODE, Column("种类", "kind", "kind", 8), *NAME, Column("大类", "major"), LINE,
        Column("上报拍照", "photos.report", "yes", 10), Column("整改拍照", "photos.rectify", "yes", 10),
        Column("同处半径（米）", "radius_m", "whole"), Column("重复天数", "duplicate_days", "whole"),
        Column("回潮天数", "recurrence_days", "whole"), SURE), key="kind+code"),
    Sheet("立案条件", "conditions", (
        CODE, *_words("立案条件", "when"), *_words("结案条件", "closing"), Column("A类时限", "limits.A", "limit"),
        Column("B类时限", "limits.B", "limit"), Column("C类时限", "limits.C", "limit"), SURE), under="类别"),
    Sheet("易混提示", "hints", (CODE, *_words("提示", "text")), under="类别"),
    Sheet("附加问题", "questions", (
        CODE, *_words("问题", "question"), Column("数据类型", "datatype", width=16), Column("必答", "required", "yes", 8),
        *_words("说明", "help"), Column("选项", "values", "choices", 40)), under="类别"),
    Sheet("类别用语", "texts", (
        CODE, Column("状态", "state"), *_words("标题", "title", 20), *_words("正文", "body", 60)), under="类别"),
    Sheet("新旧对照", "crosswalk", (
        Column("种类", "kind", "kind", 8), Column("旧名", "name", width=30), Column("旧编码", "code"),
        Column("对应", "match", "match", 8), Column("现类别", "to", "targets", 40), SURE), key="name"),
    Sheet("督办阶梯", "escalation", (
        KEY, *NAME, Column("时限的几成", "fraction", "number"), Column("超期后", "after_due", "limit"),
        Column("告知", "tell")), under="城市参数", key="key"),
    Sheet("吹哨", "whistles", (
        Column("种类", "kind"), *NAME, Column("到场时限", "arrive", "limit"), Column("最短", "shortest", "limit"),
        Column("最长", "longest", "limit"), SURE), under="城市参数", key="kind"),
    Sheet("标准用语", "texts", (
        CODE, Column("状态", "state"), *_words("标题", "title", 20), *_words("正文", "body", 60))),
)  # fmt: skip
FORM_OF = {form.name: form for form in FORMS}
SHEET_OF = {sheet.name: sheet for sheet in SHEETS}
FORM_HEADINGS = ("项目", "值")


def parent_headings(sheet: Sheet) -> tuple[str, ...]:
    """The headings of the columns that say under which piece a row stands; none under a form, which stands once."""
    if not sheet.under or sheet.under in FORM_OF:
        return ()
    return ("所属种类", "所属编码") if SHEET_OF[sheet.under].key == "kind+code" else ("所属编码",)


def is_filled(sheet: Sheet, document: dict[str, object]) -> bool:
    """Whether the top of a chain of sheets has a section in the document."""
    while sheet.under in SHEET_OF:
        sheet = SHEET_OF[sheet.under]
    return (FORM_OF[sheet.under].place if sheet.under else sheet.place) in document
