"""What a checklist asks for, in the words of a handbook."""

from __future__ import annotations

from civicloop.documents.rules.sentences.numerals import decimal
from civicloop.standards.rules.shapes import ChecklistItem

COMPARE = {"at_least": "不少于", "at_most": "不超过"}
# Units of counts in the packs; one without a word here stands as the pack writes it.
UNITS = {"percent": "%", "piece": "处", "face": "面", "metre": "米", "person_time": "人次", "vehicle": "辆"}


def counts(item: ChecklistItem) -> str:
    """每200米不少于1处（公益广告）; empty for items that are only looked at."""
    rule = item.counts
    if rule is None:
        return ""
    number = str(int(rule.value)) if rule.value == int(rule.value) else decimal(rule.value)
    per = f"每{rule.per_m}米" if rule.per_m else ""
    what = rule.what.zh_Hans.split("（每")[0]  # packs often repeat the distance in words
    if rule.compare == "at_most" and not rule.value:
        return f"{what}：无"
    return f"{what}：{per}{COMPARE.get(rule.compare, '')}{number}{UNITS.get(rule.unit, '')}"


def excepted(item: ChecklistItem) -> str:
    """What looks like a fault and is none."""
    return "；".join(one.zh_Hans.rstrip("。；") for one in item.exceptions)
