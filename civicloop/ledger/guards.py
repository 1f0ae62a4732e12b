"""The database itself refuses to change or remove what the ledger holds.

PostgreSQL raises on UPDATE, DELETE and TRUNCATE; SQLite on UPDATE and DELETE (it has no TRUNCATE). `remove` exists for the
migration's way back and for test databases that are emptied between tests.
"""

from __future__ import annotations

from typing import Any

TABLES = ("ledger_ledgerline", "ledger_ledgerseal")
MESSAGE = "the ledger is append-only"

_PG_FUNCTION = f"""
CREATE OR REPLACE FUNCTION civicloop_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege'; END $$
"""


# SQLite's INSERT OR REPLACE removes the row in its way without asking a DELETE trigger.
SAME = {
    "ledger_ledgerline": "id = NEW.id OR (kind = NEW.kind AND uid = NEW.uid AND seq = NEW.seq)",
    "ledger_ledgerseal": "id = NEW.id OR day = NEW.day",
}


def install(connection: Any) -> None:
    """Put the guards in place; those already there are replaced."""
    remove(connection)
    for statement in _install_statements(connection.vendor):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the guards away."""
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS append_only ON {table}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update")
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete")


def _install_statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [_PG_FUNCTION] + [
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION civicloop_ledger_is_append_only()"
            for table in TABLES
        ]
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in TABLES
        for verb in ("UPDATE", "DELETE")
    ] + [
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {SAME[table]}) BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for table in TABLES
    ]
