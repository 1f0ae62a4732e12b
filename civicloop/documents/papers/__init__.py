"""The kinds of paper: each module says what its paper tells. To add one: a module with `collect`, its texts in
`documents/blocks/<kind>.yaml`, and a row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from civicloop.documents.papers import brief, bulletin, exposure, handbook, letter, notice, registers, summary, whistle
from civicloop.documents.rules.kinds import Kind

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                "problem_list",
                "问题清单",
                registers.problem_list,
                ("xlsx",),
                by_unit=True,
                numbered=False,
                period="month",
            ),
            Kind("ledger", "整改台账", registers.ledger, ("xlsx",), by_unit=True, numbered=False, period="year"),
            Kind("notice", "整改通知书", notice.collect, about="unit", period="year"),
            Kind("letter", "督办函", letter.collect, about="unit", period="day"),
            Kind(
                "whistle", "联合会商记录", whistle.collect, about="case", by_unit=True, numbered=False, period="month"
            ),
            Kind("brief", "周暗访简报", brief.collect, period="week"),
            Kind("bulletin", "月度通报", bulletin.collect, period="month"),
            Kind("exposure", "曝光材料", exposure.collect, numbered=False, public=True, period="week"),
            Kind("handbook", "片区手册", handbook.collect, about="unit", by_unit=True, numbered=False, period="year"),
            Kind("summary", "工作总结", summary.collect, by_unit=True, numbered=False, period="year"),
        )
    }
)
"""Every kind by its name, in the order offices need them."""
