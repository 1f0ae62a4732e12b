"""What was done beside the ordinary way, in one sentence; what did not happen is not mentioned."""

from __future__ import annotations

from typing import Protocol

from civicloop.documents.rules.sentences.numerals import joined


class Pressed(Protocol):
    """Counts of supervisions, whistles and suspensions of a period."""

    @property
    def supervised(self) -> int: ...
    @property
    def answered(self) -> int: ...
    @property
    def whistles(self) -> int: ...
    @property
    def whistles_ended(self) -> int: ...
    @property
    def suspended(self) -> int: ...


def pressed(numbers: Pressed) -> str:
    """发出督办12次，已回复10次；发起联合会商3次 …"""
    told = []
    if numbers.supervised:
        rest = "，均已回复" if numbers.answered == numbers.supervised else f"，已回复{numbers.answered}次"
        told.append(f"发出督办{numbers.supervised}次{rest}")
    if numbers.whistles:
        told.append(f"发起联合会商（吹哨报到）{numbers.whistles}次，已办结{numbers.whistles_ended}次")
    if numbers.suspended:
        told.append(f"对{numbers.suspended}件短期内难以解决的问题列入挂账管理，明确方案、责任人和复查日期")
    return joined("；".join(told)) if told else ""
