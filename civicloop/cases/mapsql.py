"""The triggers that keep the counts of the map, as SQL of both databases.

Whoever writes a case or a row of reach, by whatever way, leaves a row in `cases_mapchange` in the same transaction. On
PostgreSQL a row of reach locks its case for as long as it is written: a case that ends at that moment is counted once. Cases
and reach are never deleted; whoever does so by hand counts anew afterwards (`civicloop map recount`).
"""

from __future__ import annotations

from civicloop.cases.models.map import CITY, FINEST
from civicloop.kernel.tilekey import KEY_ZOOM

SHIFT = 2 * (KEY_ZOOM - FINEST)
UNSEEN = "ended_at IS NULL AND (late_for IS NULL OR late_for <> act_by)"
"""Open cases that the counts do not count as overdue."""
# What makes a case look other on a map without counting otherwise.
_SHOWN = ("state", "act_by", "ended_at", "late_for", "tile_key", "lon", "lat", "category_id", "urgent")
_INTO = "INSERT INTO cases_mapchange (unit, cell, open, late, closed, whole, touched)"


def _counts(row: str) -> list[str]:
    """Open, late and closed of one case, each 0 or 1."""
    return [
        f"(CASE WHEN {row}.ended_at IS NULL THEN 1 ELSE 0 END)",
        f"(CASE WHEN {row}.ended_at IS NULL AND {row}.late_for = {row}.act_by THEN 1 ELSE 0 END)",
        f"(CASE WHEN {row}.state = 'closed' THEN 1 ELSE 0 END)",
    ]


def counted(row: str, sign: str = "", touched: int = 1) -> str:
    """Cell and counts of one case, as the columns after the unit."""
    signed = [f"{sign}{one}" for one in (*_counts(row), "1")]
    return ", ".join([f"{row}.tile_key >> {SHIFT}", *signed, str(touched)])


def _differ(columns: list[tuple[str, str]], distinct: str) -> str:
    return " OR ".join(f"{old} {distinct} {new}" for old, new in columns)


def _add(row: str, sign: str) -> str:
    """The case as it was or is now, for the city and every unit it reaches."""
    everybody = f"SELECT {CITY} AS unit UNION ALL SELECT unit_id FROM cases_casereach WHERE case_id = {row}.id"
    return f"{_INTO} SELECT o.unit, {counted(row, sign)} FROM ({everybody}) o WHERE {row}.tile_key IS NOT NULL;"


def _touch() -> str:
    return f"{_INTO} SELECT {CITY}, new.tile_key >> {SHIFT}, 0, 0, 0, 0, 1 WHERE new.tile_key IS NOT NULL;"


def _counts_change(distinct: str) -> str:
    pairs = list(zip(_counts("old"), _counts("new"), strict=True))
    cells = (f"(old.tile_key >> {SHIFT})", f"(new.tile_key >> {SHIFT})")
    return _differ([cells, *pairs], distinct)


def _looks_change(distinct: str) -> str:
    return _differ([(f"old.{name}", f"new.{name}") for name in _SHOWN], distinct)


# With all that is asked of it, so that PostgreSQL reads nothing else and prefers it to the wider indexes over `act_by`.
INDEXES = [f"CREATE INDEX case_late_unseen ON cases_case (act_by, tile_key, id) WHERE {UNSEEN}"]

SQLITE = [
    *INDEXES,
    (
        f"CREATE TRIGGER cases_map_added AFTER INSERT ON cases_case BEGIN {_INTO} SELECT {CITY}, {counted('new')} "
        "WHERE new.tile_key IS NOT NULL; END"
    ),
    f"CREATE TRIGGER cases_map_changed AFTER UPDATE ON cases_case WHEN {_looks_change('IS NOT')} BEGIN {_touch()} END",
    (
        f"CREATE TRIGGER cases_map_moved AFTER UPDATE ON cases_case WHEN {_counts_change('IS NOT')} "
        f"BEGIN {_add('old', '-')} {_add('new', '')} END"
    ),
    (
        f"CREATE TRIGGER cases_map_reached AFTER INSERT ON cases_casereach BEGIN {_INTO} SELECT new.unit_id, {counted('c')} "
        "FROM cases_case c WHERE c.id = new.case_id AND c.tile_key IS NOT NULL; END"
    ),
]
_TRIGGERS = {"added": "cases_case", "reached": "cases_casereach", "changed": "cases_case"}
SQLITE_BACK = [
    *(f"DROP TRIGGER IF EXISTS cases_map_{name}" for name in (*_TRIGGERS, "moved")),
    "DROP INDEX IF EXISTS case_late_unseen",
]


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION cases_map_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"


def _many(name: str, table: str) -> str:
    """Once for each statement: a report writes its rows of reach in one."""
    return (
        f"CREATE TRIGGER cases_map_{name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS told "
        f"FOR EACH STATEMENT EXECUTE FUNCTION cases_map_{name}()"
    )


_OF_TOLD = f"{_INTO} SELECT {CITY}, {counted('c')} FROM told c WHERE c.tile_key IS NOT NULL;"
_OF_REACH = (
    f"{_INTO} SELECT told.unit_id, {counted('c')} FROM told JOIN cases_case c ON c.id = told.case_id "
    "WHERE c.tile_key IS NOT NULL ORDER BY c.id FOR SHARE OF c;"
)
_ON_CHANGE = (
    f"IF {_counts_change('IS DISTINCT FROM')} THEN {_add('old', '-')} {_add('new', '')} ELSE {_touch()} END IF;"
)
POSTGRESQL = [
    *INDEXES,
    _function("added", _OF_TOLD),
    _function("reached", _OF_REACH),
    _function("changed", _ON_CHANGE),
    *(_many(name, _TRIGGERS[name]) for name in ("added", "reached")),
    (
        f"CREATE TRIGGER cases_map_changed AFTER UPDATE ON cases_case FOR EACH ROW WHEN ({_looks_change('IS DISTINCT FROM')}) "
        "EXECUTE FUNCTION cases_map_changed()"
    ),
]
POSTGRESQL_BACK = [
    *(f"DROP TRIGGER IF EXISTS cases_map_{name} ON {table}" for name, table in _TRIGGERS.items()),
    *(f"DROP FUNCTION IF EXISTS cases_map_{name}()" for name in _TRIGGERS),
    "DROP INDEX IF EXISTS case_late_unseen",
]
