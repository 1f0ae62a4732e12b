"""The database itself refuses to change an issued paper. Rows are also never deleted: files and history point at them."""

from __future__ import annotations

from typing import Any

TABLE = "documents_paper"
MESSAGE = "an issued paper never changes"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION civicloop_issued_paper_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege'; END $$
"""


def install(connection: Any) -> None:
    """Put the guard in place."""
    if connection.vendor == "postgresql":
        statements = [
            _FUNCTION,
            (
                f"CREATE TRIGGER issued_stays BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN (OLD.state = 'issued') "
                "EXECUTE FUNCTION civicloop_issued_paper_stays()"
            ),
        ]
    else:
        statements = [
            (
                f"CREATE TRIGGER {TABLE}_issued_stays BEFORE UPDATE ON {TABLE} WHEN OLD.state = 'issued' "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the guard away (the migration's way back)."""
    name = f"issued_stays ON {TABLE}" if connection.vendor == "postgresql" else f"{TABLE}_issued_stays"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
