"""Chinese texts for cases, put together from phrases; every shop and place is invented."""

from __future__ import annotations

from random import Random

PLACES = (
    "主街",
    "环村路",
    "小学旁",
    "农贸市场口",
    "公园北门",
    "卫生站前",
    "公交站旁",
    "老街拐角",
    "文化广场",
    "桥头",
    "工业路口",
    "沿河步道",
)
WHAT = (
    "路边有一堆生活垃圾裸露", "人行道上堆放木板杂物", "电动车停满人行道，行人绕行",
    "小车停在路口转角，影响转弯", "电线杆张贴小广告多处", "流动摊贩占用非机动车道", "店铺货物摆出门槛线外",
    "路面积尘明显，纸屑较多", "垃圾桶满溢，周边散落", "路面坑洼，约一平方米", "绿地内有塑料袋和烟头",
    "雨水井盖松动有异响", "路灯夜间不亮，连续三盏", "果皮箱破损，门脱落", "装修垃圾堆在路边未清运",
    "护栏上晾挂衣物", "共享单车倒伏一片", "饭店油烟直排，居民开窗困难", "工地未喷淋，扬尘明显",
    "消防通道停放车辆", "公益广告画面褪色破损", "河面有漂浮物", "树枝折断挂在电线上", "墙面渗水长青苔",
)  # fmt: skip
THEN = (
    "已持续三天",
    "群众多次反映",
    "雨天更严重",
    "请尽快处理",
    "影响通行",
    "夜间尤其明显",
    "现场无人看管",
    "附近有学校",
)
# Shops of which each is named in few cases: what somebody searches who knows what he looks for.
SIGNS = "春夏秋冬梅兰竹菊松柏桃李杏荷桂枫柳榕"
KINDS = ("面馆", "粮油店", "五金行", "理发室", "水果铺", "茶庄", "药房", "修车行", "照相馆", "裁缝铺")


def address(village: str, rng: Random) -> str:
    """Somewhere in a village."""
    return f"{village}{rng.choice(PLACES)}{rng.randint(1, 400)}号"


def description(rng: Random) -> str:
    """What is wrong; one in five names a shop, of which there are thousands."""
    said = f"{rng.choice(WHAT)}，{rng.choice(THEN)}。"
    return f"{said}就在{shop(rng)}门口。" if rng.random() < 0.2 else said


def shop(rng: Random) -> str:
    """The invented name of a shop: three signs and a trade."""
    return "".join(rng.choice(SIGNS) for _ in range(3)) + rng.choice(KINDS)
