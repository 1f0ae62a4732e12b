"""The lists that the national information system of voluntary service takes in: the fields of order 67, by their names there."""

from __future__ import annotations

from civicloop.documents.rules.sheets import SheetColumn

PEOPLE_TITLE, RECORDS_TITLE = "志愿者基本信息", "志愿服务记录"
SEXES = {"": "", "female": "女", "male": "男"}
PEOPLE = (
    SheetColumn("姓名", 12), SheetColumn("性别", 6), SheetColumn("出生日期", 12, "date"), SheetColumn("证件类型", 20),
    SheetColumn("证件号码", 22), SheetColumn("所在区域", 20), SheetColumn("联系电话", 16), SheetColumn("服务技能", 28),
    SheetColumn("注册日期", 12, "date"),
)  # fmt: skip
RECORDS = (
    SheetColumn("姓名", 12), SheetColumn("证件类型", 20), SheetColumn("证件号码", 22), SheetColumn("活动名称", 28),
    SheetColumn("服务日期", 12, "date"), SheetColumn("服务地点", 24), SheetColumn("服务内容", 36, "wrap"),
    SheetColumn("服务时间（小时）", 10, "number"), SheetColumn("组织单位", 24), SheetColumn("负责人", 12),
)  # fmt: skip
