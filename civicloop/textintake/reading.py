"""A text read: cleaned, cut into its problems, masked; for each the categories, the place, the unit and whether it is urgent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from civicloop.cases.dispatching import propose_for, rules_in_force
from civicloop.cases.rules.dispatching import Proposal, RuleInfo
from civicloop.kernel.refusal import Invalid
from civicloop.standards.reference import Reference
from civicloop.textintake.books import gazetteer_of, lexicon_of, model_of
from civicloop.textintake.rules.cleaning import clean
from civicloop.textintake.rules.forms import content_of, is_afterword, source_of
from civicloop.textintake.rules.gazetteer import Gazetteer, Place
from civicloop.textintake.rules.linear import Linear
from civicloop.textintake.rules.masking import masked
from civicloop.textintake.rules.ranking import Ranked, how_sure, ranked
from civicloop.textintake.rules.splitting import Piece, split
from civicloop.textintake.rules.urgency import urgency
from civicloop.textintake.rules.words import Lexicon

MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Suggested:
    """One problem of a text. `sure` is sure, likely or unsure; `proposal` says which unit and why, None where no block is known."""

    seq: int
    text: str
    categories: tuple[Ranked, ...]
    sure: str
    place: Place | None
    proposal: Proposal | None
    urgent: bool
    urgent_words: tuple[str, ...]
    source: str = "other"


@dataclass(frozen=True)
class Reader:
    """Everything reading needs, taken once for many texts."""

    ref: Reference
    lexicon: Lexicon
    gazetteer: Gazetteer
    model: Linear | None
    trust: float
    rules: tuple[RuleInfo, ...]

    @classmethod
    def now(cls, ref: Reference) -> Reader:
        """With the books as of these stamps: one statement, the dispatch rules."""
        model, trust = model_of(ref)
        return cls(ref, lexicon_of(ref), gazetteer_of(ref), model, trust, rules_in_force())

    def categories(self, text: str, most: int = 5) -> tuple[Ranked, ...]:
        """The categories of a cleaned text, the likeliest first; none where nothing speaks for one."""
        learned = self.model.top(text, most) if self.model is not None and self.model.knows(text) else []
        known = self.ref.categories.categories
        in_use = [one for one in learned if one[0] in known and known[one[0]].active]
        return ranked(self.lexicon.hits(text), in_use, self.trust, most)

    def read(self, text: str, *, at: datetime) -> list[Suggested]:
        """The problems a text tells of, in its order. Raises Invalid (`too_long`, `required`)."""
        if len(text) > MOST_CHARACTERS:
            raise Invalid("text", "too_long", limit=MOST_CHARACTERS, length=len(text))
        cleaned = clean(text)
        plain, source = content_of(cleaned), source_of(cleaned)
        if not plain:
            raise Invalid("text", "required", field="text")
        pieces = split(plain, self.lexicon.kinds)
        found: list[Suggested] = []
        context: Place | None = None
        for piece in pieces:
            if piece.lead:
                # A heading holds until the next one that names a place.
                context = self.gazetteer.find(masked(piece.text)) or context
                continue
            one = self._part(len(found) + 1, piece, context, at)
            if one is not None:
                found.append(replace(one, source=source))
                context = context or one.place
        return found

    def _part(self, seq: int, piece: Piece, context: Place | None, at: datetime) -> Suggested | None:
        text = masked(piece.body).strip(" \n，,；;、")
        if not text or (seq > 1 and is_afterword(text)):
            return None
        categories = self.categories(text)
        place = self.gazetteer.find(text)
        if context is not None and (place is None or place.unit is None):
            place = _borrowed(context, place)
        urgent, words = urgency(text)
        return Suggested(
            seq, text, categories, how_sure(categories), place, self._unit(categories, place, at), urgent, words
        )

    def _unit(self, categories: Sequence[Ranked], place: Place | None, at: datetime) -> Proposal | None:
        if not categories:
            return None
        grid = self.ref.grids.info(place.grid) if place is not None and place.grid else None
        block = grid.unit_id if grid and grid.unit_id else place.unit if place else None
        if block is not None and block not in self.ref.org.units:
            block = None
        area_class = grid.area_class if grid else "B"
        return propose_for(categories[0].category, block, area_class, at=at, ref=self.ref, rules=self.rules)


def _borrowed(context: Place, own: Place | None) -> Place:
    """The place told before, made more exact by what the part itself says."""
    sure = round(context.sure * 0.8, 2)
    if own is None:
        return replace(context, sure=sure, borrowed=True)
    apart = "" if own.address.startswith(context.address) else context.address
    return replace(
        own, unit=context.unit, sure=sure, address=(apart + own.address)[:200], words=(*context.words, *own.words),
        borrowed=True,
    )  # fmt: skip
