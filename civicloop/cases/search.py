"""Chinese search: bigrams made by `kernel.text` in the column `search`, looked up by the database's own full text index.

PostgreSQL: a GIN index over to_tsvector('simple', search). SQLite: an FTS5 table over the same column, kept by triggers.
Neither needs an extension, and both find words of two characters, which trigram indexes do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from civicloop.kernel.text import query_tokens

# New cases wait in a short list and are sorted in together: that costs a third of sorting each in alone.
_WAITING = "WITH (fastupdate = on, gin_pending_list_limit = 512)"
POSTGRESQL = [
    # Room on each page for a case's next versions: a change of columns without index then leaves the indexes alone.
    "ALTER TABLE cases_case SET (fillfactor = 80)",
    f"CREATE INDEX case_search ON cases_case USING gin (to_tsvector('simple', search)) {_WAITING}",
]
POSTGRESQL_BACK = ["ALTER TABLE cases_case RESET (fillfactor)", "DROP INDEX IF EXISTS case_search"]
_ADD = "INSERT INTO cases_search(rowid, search) VALUES (new.id, new.search);"
_REMOVE = "INSERT INTO cases_search(cases_search, rowid, search) VALUES ('delete', old.id, old.search);"
# A save writes every column; the index is touched only when the words are others.
_CHANGED = "WHEN old.search <> new.search"
SQLITE = [
    "CREATE VIRTUAL TABLE cases_search USING fts5(search, content='cases_case', content_rowid='id', tokenize='unicode61')",
    f"CREATE TRIGGER cases_search_added AFTER INSERT ON cases_case BEGIN {_ADD} END",
    f"CREATE TRIGGER cases_search_removed AFTER DELETE ON cases_case BEGIN {_REMOVE} END",
    f"CREATE TRIGGER cases_search_changed AFTER UPDATE OF search ON cases_case {_CHANGED} BEGIN {_REMOVE} {_ADD} END",
]
STATISTICS = """
SELECT known.word, known.share, pg_class.reltuples FROM pg_stats JOIN pg_class ON pg_class.oid = to_regclass('cases_case')
CROSS JOIN LATERAL unnest(most_common_elems::text::text[], most_common_elem_freqs) AS known(word, share)
WHERE pg_stats.schemaname = current_schema() AND pg_stats.tablename = 'case_search' AND known.word = ANY(%s)
"""
LOOKED_UP_PER_ROW = 50
SQLITE_BACK = [
    "DROP TRIGGER IF EXISTS cases_search_added",
    "DROP TRIGGER IF EXISTS cases_search_removed",
    "DROP TRIGGER IF EXISTS cases_search_changed",
    "DROP TABLE IF EXISTS cases_search",
]


def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The cases in which every word of `text` is found. A text without any word finds nothing."""
    return rows.filter(condition(text)) if query_tokens(text) else rows.none()


def condition(text: str) -> RawSQL:
    """The condition that every word of `text` is in a case's search words."""
    tokens = query_tokens(text)
    if connection.vendor == "postgresql":
        return _walked(tokens) if _is_common(text) else _looked_up(tokens)
    words = " ".join('"' + token.replace('"', '""') + '"' for token in tokens)
    sql = "cases_case.id IN (SELECT rowid FROM cases_search WHERE cases_search MATCH %s)"
    return RawSQL(sql, [words], output_field=BooleanField())


def _looked_up(tokens: Sequence[str]) -> RawSQL:
    """The full text index finds the cases, which are then sorted: right for what few cases hold."""
    words = " & ".join("'" + token.replace("'", "''").replace("\\", "") + "'" for token in tokens)
    sql = "to_tsvector('simple', cases_case.search) @@ to_tsquery('simple', %s)"
    return RawSQL(sql, [words], output_field=BooleanField())


def _walked(tokens: Sequence[str]) -> RawSQL:
    """Cases are looked through in the order of the list until the page is full: right for what many cases hold.

    One CASE instead of several conditions, because the planner would take each of them for a reason to expect few rows.
    """
    tests = " ".join(["WHEN strpos(' ' || cases_case.search || ' ', %s) = 0 THEN false"] * len(tokens))
    return RawSQL(f"(CASE {tests} ELSE true END)", [f" {token} " for token in tokens], output_field=BooleanField())


def _is_common(text: str) -> bool:
    """Whether so many cases hold these words that walking is cheaper than looking up, by the database's own statistics.

    Looking up reads every case found, walking reads as many as lie between two that hold the words; the two cost the same when
    the square of the number found is some fifty times the number of cases. The pairs of one word come together, so the rarest
    tells how often the word does; words come independently. A word the statistics do not know is rare.
    """
    words = [tokens for part in text.split() if (tokens := query_tokens(part))]
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS, [[token for tokens in words for token in tokens]])
        found = cursor.fetchall()
    known = {token: share for token, share, _ in found}
    if any(token not in known for tokens in words for token in tokens):
        return False
    share, cases = math.prod(min(known[token] for token in tokens) for tokens in words), max(found[0][2], 0)
    return bool((share * cases) ** 2 > LOOKED_UP_PER_ROW * cases)
