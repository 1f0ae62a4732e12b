"""From material to the whole book of a score."""

from __future__ import annotations

from datetime import datetime

from civicloop.scoring.rules.judged import CITY
from civicloop.scoring.rules.material import Material
from civicloop.scoring.rules.plain import rule_digest
from civicloop.scoring.rules.shapes import Scope, ScoreBook
from civicloop.scoring.rules.tree import Tree

# Changed whenever the same material would give another score; it is part of the rule's digest.
VERSION = "1"


def reckon(material: Material, scope: Scope, as_of: datetime) -> ScoreBook:
    """The score of a scope as of a moment: pure, the same for the same material in any order."""
    return book_of(Tree(material), scope, as_of)


def book_of(tree: Tree, scope: Scope, as_of: datetime) -> ScoreBook:
    """The book of a tree that was built already."""
    material, judged = tree.material, tree.judged
    city = tree.city()
    visits = {row.visit for row in judged.judgements}
    return ScoreBook(
        scope=scope,
        as_of=as_of,
        edition=material.ruling,
        rule_digest=rule_digest(material.books, material.ruling, VERSION),
        observations=len(judged.judgements),
        points=len(judged.values(None)),
        visits=len(visits),
        city=city,
        units=tree.units(),
        groups=tree.rankings(),
        types=city.children[0].children,
        questions=tree.questions(),
        deductions=tree.deductions,
        negative=tree.negative,
        left_out=left_out(tree),
        target=material.ruling.scoring.target,
    )


def left_out(tree: Tree) -> tuple[tuple[str, int], ...]:
    """What did not enter, by reason: second visits, items no edition knows, points without a score, strata nobody visited."""
    material, judged = tree.material, tree.judged
    found = dict(material.left_out)
    found["second_visits"] = len({row.visit for row in material.judgements} - {row.visit for row in judged.judgements})
    found["unknown_items"] = sum(row.item not in material.books[row.edition_id].items for row in judged.judgements)
    found["points_without_score"] = sum(mark.value is None for mark in judged.marks.values())
    found["points_outside_frame"] = sum(judged.place_of(mark) is None for mark in judged.marks.values())
    found["strata_not_visited"] = sum(not cell.values and cell.population > 0 for cell in judged.cells(CITY))
    found["methods"] = sum(method != "site" for method in material.ruling.scoring.methods)
    return tuple(sorted((reason, many) for reason, many in found.items() if many))
