"""What a text tells of, what was made of earlier ones, and how good the suggestions were. Nothing here files a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q

from civicloop.kernel.refusal import NotFound
from civicloop.standards.reference import Reference
from civicloop.textintake.models import Suggestion, TextModel
from civicloop.textintake.reading import MOST_CHARACTERS, Reader, Suggested
from civicloop.textintake.rules.cleaning import clean
from civicloop.textintake.rules.ranking import Ranked
from civicloop.textintake.rules.splitting import MOST_PARTS

__all__ = [
    "Accuracy", "Suggested", "accuracy_in_use", "as_json", "earlier", "newest_model", "of_intake", "of_part", "suggest",
    "suggest_categories", "suggest_many",
]  # fmt: skip

SHARE = 3


def suggest(text: str, *, at: datetime, ref: Reference) -> list[Suggested]:
    """The problems a text tells of, each with categories, place, unit and urgency. `at` is asked of the dispatch rules' hours.

    Raises Invalid (`required` for a text without content, `too_long`). One statement besides books that have changed.
    """
    return Reader.now(ref).read(text, at=at)


def suggest_many(texts: Sequence[str], *, at: datetime, ref: Reference) -> list[list[Suggested]]:
    """As `suggest`, for many texts with one look at the books."""
    reader = Reader.now(ref)
    return [reader.read(text, at=at) for text in texts]


def suggest_categories(text: str, ref: Reference, most: int = 5) -> list[Ranked]:
    """The categories a few words may mean, the likeliest first; for a form in which somebody types. Empty when nothing speaks."""
    return list(Reader.now(ref).categories(clean(text[:MOST_CHARACTERS]), most))


def as_json(one: Suggested, ref: Reference) -> dict[str, Any]:
    """A suggestion as it is kept and sent: codes and words, no numbers of rows."""
    place, proposal = one.place, one.proposal
    unit = ref.org.unit(proposal.unit_id) if proposal is not None and proposal.unit_id else None
    grid = ref.grids.info(place.grid) if place is not None and place.grid else None
    block = ref.org.units.get(place.unit) if place is not None and place.unit else None
    return {
        "categories": [_category(row, ref) for row in one.categories],
        "sure": one.sure,
        "place": None if place is None else {
            "kind": place.kind, "name": place.name, "address": place.address, "sure": place.sure,
            "words": list(place.words), "borrowed": place.borrowed, "lon": place.lon, "lat": place.lat,
            "grid": grid.code if grid else None, "block": block.code if block else None,
            "block_name": block.name if block else None, "point": place.point,
        },
        "unit": None if unit is None else {"code": unit.code, "name": unit.name},
        "reasons": [] if proposal is None else [{"code": why.code, **why.data} for why in proposal.reasons],
        "urgent": one.urgent,
        "urgent_words": list(one.urgent_words),
        "source": one.source,
    }  # fmt: skip


def _category(row: Ranked, ref: Reference) -> dict[str, Any]:
    category = ref.categories.by_id(row.category)
    return {
        "code": category.code, "pack": category.pack, "uid": str(category.uid), "name": category.name,
        "name_en": category.name_en, "score": row.score, "words": list(row.words), "learned": list(row.learned),
    }  # fmt: skip


def of_intake(intake: UUID, *, by_id: int) -> list[Suggestion]:
    """The parts of one text, for whoever gave it. NotFound for anybody else: a text is not passed around."""
    rows = Suggestion.objects.filter(intake=intake, by_id=by_id).select_related("case", "chosen").order_by("seq")
    found = list(rows)
    if not found:
        raise NotFound("text", intake)
    return found


def of_part(uid: UUID, *, by_id: int) -> list[Suggestion]:
    """All parts of the text that this part belongs to, for whoever gave it. NotFound for anybody else."""
    intake = Suggestion.objects.filter(uid=uid, by_id=by_id).values_list("intake", flat=True).first()
    if intake is None:
        raise NotFound("text", uid)
    return of_intake(intake, by_id=by_id)


def earlier(*, by_id: int, most: int) -> list[Suggestion]:
    """The first parts of a person's newest texts, each with `parts` and how many of them are still `undecided`."""
    newest = Suggestion.objects.filter(by_id=by_id).order_by("-id").values_list("intake", flat=True)
    # The newest parts hold the newest texts: a text has 40 parts at most.
    intakes = list(dict.fromkeys(newest[: most * MOST_PARTS]))[:most]
    sums = (
        Suggestion.objects.filter(intake__in=intakes)
        .values("intake")
        .order_by("intake")
        .annotate(first=Min("pk"), parts=Count("pk"), undecided=Count("pk", filter=Q(outcome="open")))
    )
    told = {one["first"]: one for one in sums}
    found = list(Suggestion.objects.filter(pk__in=told).order_by("-id"))
    for row in found:
        row.parts, row.undecided = told[row.pk]["parts"], told[row.pk]["undecided"]  # type: ignore[attr-defined]
    return found


def newest_model() -> TextModel | None:
    """The classifier in use with its figures, without its weights."""
    return TextModel.objects.defer("weights", "roads").order_by("-id").first()


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often what a person filed had been suggested first, or among the first three."""

    filed: int
    first: int
    three: int
    dropped: int

    @property
    def top1(self) -> float | None:
        """Share right at first; None before anything was filed."""
        return self.first / self.filed if self.filed else None

    @property
    def top3(self) -> float | None:
        """Share among the first three."""
        return self.three / self.filed if self.filed else None


def accuracy_in_use(since: datetime | None = None) -> Accuracy:
    """What people chose, held against what was suggested to them: one statement."""
    rows = Suggestion.objects.exclude(outcome="open")
    if since is not None:
        rows = rows.filter(decided_at__gte=since)
    filed = Q(outcome="filed")
    sums = rows.aggregate(
        filed=Count("pk", filter=filed), first=Count("pk", filter=filed & Q(rank=1)),
        three=Count("pk", filter=filed & Q(rank__gte=1, rank__lte=SHARE)),
        dropped=Count("pk", filter=Q(outcome="dropped")),
    )  # fmt: skip
    return Accuracy(**sums)
