"""The kinds of paper: each module says what its paper tells. To add one: a module with `collect`, its texts in
`documents/blocks/<kind>.yaml`, and a row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from civicloop.cases.rules.lifecycle import State
from civicloop.documents.papers import brief, bulletin, exposure, handbook, letter, notice, registers, summary, whistle
from civicloop.documents.rules.kinds import Kind
from civicloop.documents.rules.options import Option

PHOTOS = {"photos": Option("number", most=60)}
CASES = {
    "states": Option("words", choices=tuple(str(one) for one in State)), "area": Option("text"), "category": Option("text"),
    "photos": Option("flag"),
}  # fmt: skip
EXPOSED = {
    "days": Option("number", most=365), "sent_back": Option("number", least=1, most=20),
    "most": Option("number", least=1, most=200),
}  # fmt: skip
HANDBOOK = {"purpose": Option("text"), "standard": Option("text")}

_ALL = (
    Kind("problem_list", "问题清单", registers.problem_list, ("xlsx",), by_unit=True, numbered=False, options=CASES),
    Kind(
        "ledger", "整改台账", registers.ledger, ("xlsx",), by_unit=True, numbered=False, period="year", options=CASES
    ),
    Kind("notice", "整改通知书", notice.collect, about="unit", period="year"),
    Kind("letter", "督办函", letter.collect, about="unit", period="day"),
    Kind("whistle", "联合会商记录", whistle.collect, about="city_or_case", by_unit=True, numbered=False),
    Kind("brief", "周暗访简报", brief.collect, period="week", options=PHOTOS),
    Kind("bulletin", "月度通报", bulletin.collect, options=PHOTOS),
    Kind("exposure", "曝光材料", exposure.collect, numbered=False, public=True, period="week", options=EXPOSED),
    Kind(
        "handbook", "片区手册", handbook.collect, about="unit", by_unit=True, numbered=False, period="year",
        options=HANDBOOK,
    ),
    Kind("summary", "工作总结", summary.collect, by_unit=True, numbered=False, period="year", options=PHOTOS),
)  # fmt: skip
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
"""Every kind by its name, in the order offices need them."""
