"""Chinese search: bigrams made by `kernel.text` in the column `search`, looked up by the database's own full text index.

PostgreSQL: a GIN index over to_tsvector('simple', search). SQLite: an FTS5 table over the same column, kept by triggers.
Neither needs an extension, and both find words of two characters, which trigram indexes do not.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from civicloop.kernel.text import query_tokens

POSTGRESQL = [
    "CREATE INDEX case_search ON cases_case USING gin (to_tsvector('simple', search)) WITH (fastupdate = off)",
]
POSTGRESQL_BACK = ["DROP INDEX IF EXISTS case_search"]
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
        words = " & ".join("'" + token.replace("'", "''").replace("\\", "") + "'" for token in tokens)
        sql = "to_tsvector('simple', cases_case.search) @@ to_tsquery('simple', %s)"
    else:
        words = " ".join('"' + token.replace('"', '""') + '"' for token in tokens)
        sql = "cases_case.id IN (SELECT rowid FROM cases_search WHERE cases_search MATCH %s)"
    return RawSQL(sql, [words], output_field=BooleanField())
