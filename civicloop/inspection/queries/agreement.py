"""Whether two inspectors who saw the same place say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from civicloop.inspection.models import Observation, Round
from civicloop.inspection.rules.judging import kappa


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """One item: how many pairs of answers, how many agree, and kappa (None where chance alone would agree)."""

    item: str
    pairs: int
    agreed: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Double visits of a round. `items` counts pairs of answers; pairs in which one could not tell are left out."""

    visits: int
    items: int
    agree: int
    undecided: int
    kappa: float | None
    by_item: tuple[ItemAgreement, ...]


def agreement(round: Round) -> Agreement:
    """Cohen's kappa over the items both visits of a double visit answered: two statements."""
    seconds = Observation.objects.filter(visit__round=round, visit__state="judged", visit__twin__state="judged")
    seconds = seconds.exclude(item="")
    told = list(seconds.values_list("visit__twin_id", "item", "answer").order_by("visit_id", "seq"))
    twins = {twin for twin, _, _ in told}
    firsts = Observation.objects.filter(visit__in=twins).exclude(item="").values_list("visit_id", "item", "answer")
    first: dict[tuple[int | None, str], str] = {(visit, item): answer for visit, item, answer in firsts}
    pairs: dict[str, list[tuple[str, str]]] = {}
    undecided = 0
    for twin, item, answer in told:
        other = first.get((twin, item))
        if other is None:
            continue
        if "cannot_tell" in (answer, other):
            undecided += 1
            continue
        pairs.setdefault(item, []).append((other, answer))
    return _counted(pairs, visits=len(twins), undecided=undecided)


def _counted(pairs: Mapping[str, Sequence[tuple[str, str]]], *, visits: int, undecided: int) -> Agreement:
    rows = tuple(
        ItemAgreement(item, len(of_item), sum(one == other for one, other in of_item), kappa(of_item))
        for item, of_item in sorted(pairs.items())
    )
    every = [pair for of_item in pairs.values() for pair in of_item]
    agreed = sum(row.agreed for row in rows)
    return Agreement(visits, len(every), agreed, undecided, kappa(every), rows)
