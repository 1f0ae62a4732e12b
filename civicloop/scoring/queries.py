"""Scores as of any moment, any node of their tree, published scores reckoned again, and appeals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from civicloop.inspection.models import ObservationPhoto, Round
from civicloop.kernel import worktime
from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.models import Point
from civicloop.scoring import rows
from civicloop.scoring.models import Appeal, DailyFigure, NegativeEvent, Publication
from civicloop.scoring.policy import Matter, may, visible_appeals
from civicloop.scoring.rules import plain
from civicloop.scoring.rules.engine import book_of
from civicloop.scoring.rules.lifecycle import LIFECYCLE
from civicloop.scoring.rules.material import Material, UnitCard
from civicloop.scoring.rules.opening import Names, observations_below, open_node
from civicloop.scoring.rules.shapes import Node, Scope, ScoreBook
from civicloop.scoring.rules.tree import Tree
from civicloop.standards.reference import Actor, Reference

__all__ = [
    "Scope",
    "Score",
    "Verdict",
    "appeal",
    "appeal_until",
    "appeals",
    "book_data",
    "daily_figures",
    "matter_of",
    "negative_events",
    "node",
    "publication",
    "publications",
    "read",
    "scope_of",
    "score",
    "steps_of",
    "verify",
]  # fmt: skip


@dataclass(frozen=True)
class Score:
    """A score that was read once: its book, and every node without reading the rows again."""

    scope: Scope
    as_of: datetime
    tree: Tree
    book: ScoreBook

    def node(self, path: str) -> Node:
        """The node at a path (see rules.opening), with names of points and photos: at most two more statements.

        Raises NotFound("score_path", …).
        """
        found = open_node(self.tree, path)
        uids = observations_below(found)
        codes = [one.key for one in (found, *found.children) if one.kind == "point"]
        if not uids and not codes:
            return found
        return open_node(self.tree, path, Names(_point_names(codes), _photos(uids)))


def read(
    scope: Scope, *, as_of: datetime, ref: Reference, edition_id: int | None = None,
    units: Mapping[int, UnitCard] | None = None,
) -> Score:  # fmt: skip
    """The score of a scope as of a moment, ready to be opened. At most nine statements, and one for each new edition.

    Raises Invalid for a moment without a zone: the same words would be another moment elsewhere.
    """
    if as_of.tzinfo is None:
        raise Invalid("as_of", "naive_moment")
    material = rows.load(scope, as_of=as_of, ref=ref, edition_id=edition_id, units=units)
    tree = Tree(material)
    return Score(scope, as_of, tree, book_of(tree, scope, as_of))


def score(scope: Scope, *, as_of: datetime, ref: Reference, edition_id: int | None = None) -> ScoreBook:
    """The book of a scope as of a moment. Raises NotFound("pack", …) when no standard was ever loaded."""
    return read(scope, as_of=as_of, ref=ref, edition_id=edition_id).book


def node(scope: Scope, path: str, *, as_of: datetime, ref: Reference, edition_id: int | None = None) -> Node:
    """One node of the tree with its children, down to observation and photo."""
    return read(scope, as_of=as_of, ref=ref, edition_id=edition_id).node(path)


def scope_of(codes: tuple[str, ...] = (), start: date | None = None, end: date | None = None) -> Scope:
    """The scope of the rounds with these codes (all rounds when there are none) between two days.

    Raises NotFound("round", code), Invalid when the last day lies before the first.
    """
    if start is not None and end is not None and end < start:
        raise Invalid("end", "ends_before_start")
    known = dict(Round.objects.filter(code__in=codes).values_list("code", "pk"))
    for code in codes:
        if code not in known:
            raise NotFound("round", code)
    return Scope(tuple(sorted(known.values())) if codes else None, start, end)


def book_data(book: ScoreBook) -> dict[str, Any]:
    """A score as plain data, the same bytes for the same score."""
    return plain.book_data(book)


def _photos(uids: list[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    photos = ObservationPhoto.objects.filter(observation__uid__in=uids).order_by("id")
    for uid, sha256 in photos.values_list("observation__uid", "photo__sha256"):
        found[str(uid)] = (*found.get(str(uid), ()), sha256)
    return found


def _point_names(codes: list[str]) -> dict[str, str]:
    return dict(Point.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


# Published scores


@dataclass(frozen=True, slots=True)
class Verdict:
    """A published score reckoned again. `differs` are the parts that came out otherwise; empty: it is the same."""

    publication: Publication
    digest: str
    differs: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether what is kept is what was published, and reckoning it again gives the same."""
        return not self.differs


def publications() -> QuerySet[Publication]:
    """Published scores, the newest first."""
    return Publication.objects.select_related("edition", "published_by").defer("content", "units")


def daily_figures(most: int = 14) -> list[DailyFigure]:
    """The kept figures of the last days, oldest first: one statement."""
    return list(DailyFigure.objects.order_by("-day")[:most])[::-1]


def publication(uid: UUID) -> Publication:
    """One published score. Raises NotFound."""
    found = Publication.objects.select_related("edition", "published_by").filter(uid=uid).first()
    if found is None:
        raise NotFound("publication", uid)
    return found


def verify(found: Publication, *, ref: Reference) -> Verdict:
    """Reckon a published score again from the rows of its moment, with its units, and compare every figure."""
    data = plain.book_data(_again(found, ref))
    digest = plain.digest(data)
    differs = [key for key in sorted(data) if data.get(key) != found.content.get(key)]
    if plain.digest(found.content) != found.digest:
        differs.append("content")
    elif digest != found.digest and not differs:
        differs.append("digest")
    return Verdict(found, digest, tuple(differs))


def _again(found: Publication, ref: Reference) -> ScoreBook:
    units = {one["id"]: unit_card(one) for one in found.units}
    return read(scope_from(found.scope), as_of=found.as_of, ref=ref, units=units).book


def unit_card(data: Mapping[str, Any]) -> UnitCard:
    """A unit as it was kept with a publication."""
    return UnitCard(data["id"], data["code"], data["name"], data["kind"], data["parent_id"], tuple(data["lines"]))


def scope_from(data: Mapping[str, Any]) -> Scope:
    """A scope as it was kept with a publication."""
    start, end = (date.fromisoformat(data[key]) if data[key] else None for key in ("start", "end"))
    return Scope(None if data["rounds"] is None else tuple(data["rounds"]), start, end)


# Appeals and the negative list


def appeals(actor: Actor, *, state: str = "") -> QuerySet[Appeal]:
    """The appeals a person may see, the newest first, with what a list shows."""
    found = Appeal.objects.filter(visible_appeals(actor)).select_related(
        "unit", "round", "observation__visit", "lodged_by", "adjustment"
    )
    return found.filter(state=state) if state else found


def appeal(actor: Actor, uid: UUID) -> Appeal:
    """One appeal with its stages. Raises NotFound, also when the person may not see it."""
    found = appeals(actor).prefetch_related("steps__by").filter(uid=uid).first()
    if found is None:
        raise NotFound("score_appeal", uid)
    return found


def matter_of(found: Appeal) -> Matter:
    """What permission asks of an appeal. The inspector of the visit judged it."""
    judged = found.observation.visit.inspector_id if found.observation else None
    reviewed = {step.by_id for step in found.steps.all() if step.name != "withdraw"}
    return Matter(
        found.unit_id, frozenset({judged} if judged else ()), found.lodged_by_id, frozenset(reviewed), str(found.uid)
    )


def steps_of(actor: Actor, found: Appeal) -> tuple[str, ...]:
    """The steps the person may take of an appeal now."""
    matter = matter_of(found)
    return tuple(step.name for step in LIFECYCLE.steps_from(found.state) if may(actor, step.name, matter))


def appeal_until(judged_at: datetime, unit_id: int, ref: Reference) -> datetime:
    """The end of the window in which a unit may appeal against what was judged then: the city's parameter `appeal.within`."""
    return worktime.due(ref.parameters.limit("appeal.within"), judged_at, ref.calendar_for(unit_id)).at


def negative_events() -> QuerySet[NegativeEvent]:
    """All events of the negative list, revoked ones too, the newest first."""
    return NegativeEvent.objects.select_related("unit", "recorded_by", "revoked_by")


def material(scope: Scope, *, as_of: datetime, ref: Reference) -> Material:
    """What a score is made of, for whoever reckons something else from it."""
    return rows.load(scope, as_of=as_of, ref=ref)
