"""What stands on a certificate of voluntary service, in words: who, when, what, how long, certified by whom (order 67); free of
charge, with a number and a way to check it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from civicloop.documents.rules.gongwen.words import day as long_day
from civicloop.kernel.codes import shown

TITLE = "志愿服务记录证明"
STARS = ("未评定", "一星级", "二星级", "三星级", "四星级", "五星级")
PAPERS = {
    "resident": "居民身份证", "hk_macao": "港澳居民来往内地通行证", "taiwan": "台湾居民来往大陆通行证", "passport": "护照",
    "foreigner": "外国人永久居留身份证",
}  # fmt: skip
COLUMNS = ("序号", "日期", "活动名称", "地点", "组织单位", "小时")


def page_data(content: Mapping[str, Any], code: str, address: str) -> dict[str, Any]:
    """The texts of the page, from the frozen content of the certificate."""
    issued = date.fromisoformat(content["issued_on"])
    first, last = (long_day(date.fromisoformat(content[name])) for name in ("first_day", "last_day"))
    hours, activities = told_hours(content["hours"]), content["activities"]
    return {
        "title": TITLE, "number": content["number"], "issuer": content["issuer"], "code": shown(code),
        "day": [issued.year, issued.month, issued.day], "issued": long_day(issued),
        "statement": f"兹证明　{who(content)}　自{first}至{last}参加志愿服务{content['times']}次，服务时间共计{hours}小时。",
        "ground": "本证明依据《志愿服务记录与证明出具办法（试行）》（民政部令第67号）出具，服务时间为实际服务时间，不含路途时间。",
        "facts": [
            ["服务次数", f"{content['times']} 次"], ["服务时间", f"{hours} 小时"],
            ["对应星级时数", STARS[int(content["stars"])]],
        ],
        "note": f"核验：扫描二维码，或打开 {address} ；也可凭编号与验证码查询。本证明免费出具，内容以核验页面为准。"
        "“对应星级时数”按累计服务时间100、300、600、1000、1500小时折算，星级以志愿者协会评定为准。",
        "columns": list(COLUMNS), "total": hours,
        "rows": [
            [str(place), one["day"], one["title"], one["place"], one["organiser"], told_hours(one["hours"])]
            for place, one in enumerate(activities, 1)
        ],
    }  # fmt: skip


def who(content: Mapping[str, Any]) -> str:
    """The name, and the last four places of the identity paper where it is known."""
    if not content["id_last4"]:
        return str(content["name"])
    return f"{content['name']}（{PAPERS[content['id_type']]}尾号{content['id_last4']}）"


def told_hours(hours: str) -> str:
    """12 or 12.5, never 12.0."""
    return f"{Decimal(hours).normalize():f}"
