"""Publishing a score: what was said is kept whole, with its digest, so that anybody can reckon it again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from civicloop.bus import announce
from civicloop.kernel.refusal import Invalid
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.models import Person
from civicloop.scoring.facts import ScorePublished
from civicloop.scoring.models import Publication
from civicloop.scoring.policy import require_publisher
from civicloop.scoring.queries import book_data, read
from civicloop.scoring.rules.plain import digest
from civicloop.scoring.rules.shapes import Scope
from civicloop.standards import reference
from civicloop.standards.reference import Reference


@transaction.atomic
def publish_score(
    *, scope: Scope, as_of: datetime, title: str, by: Person, at: datetime, ref: Reference | None = None
) -> Publication:
    """Publish the score of a scope as of a moment. Its digest goes to the ledger. Raises Invalid when nothing was judged."""
    require_publisher(by, "score.publish", at=at)
    if as_of > at:
        raise Invalid("as_of", "in_the_future", at=as_of.isoformat())
    told = clean_text(title, limit=120, field="title")
    if not told:
        raise Invalid("title", "required", field="title")
    score = read(scope, as_of=as_of, ref=ref or reference.now())
    if not score.book.observations:
        raise Invalid("scope", "nothing_judged")
    content = book_data(score.book)
    row = Publication.objects.create(
        title=told, scope=content["scope"], as_of=as_of, edition_id=score.book.edition.id, digest=digest(content),
        content=content, units=_units(score.tree.material.units), published_by=by, published_at=at,
    )  # fmt: skip
    data = {"digest": row.digest, "scope": content["scope"], "as_of": content["as_of"], "rule": content["rule"]}
    record("publication", row.uid, "score.publish", by=by.uid, at=at, data=data, new=True)
    announce(ScorePublished(row.uid, at))
    return row


def _units(units: Any) -> list[dict[str, Any]]:
    return [{**asdict(one), "lines": list(one.lines)} for _, one in sorted(units.items())]
