"""Filling a PostgreSQL with as many cases as wanted, in minutes: rows made by the database itself from pools of places and texts.

Nine in ten cases are closed, two in a hundred void, the open ones mostly recent. Units, categories and grids are drawn unevenly,
as in life. The rows are what intake and steps would have left of a case in the tables that lists, export and sweep read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np

YEARS = 3
CHUNK = 250_000
# Half of this newest part is still open.
RECENT = 0.16
TABLES = ("cases_case", "cases_casereach")
# Which pool rows are drawn: floor(size * random()^2) prefers the first rows, floor(size * random()) does not.
CASES = """
insert into cases_case (id, uid, state, category_id, condition_id, description, answers, source, urgent, address, lon, lat,
  given_lon, given_lat, datum, tile_key, grid_id, area_class, unit_id, owner_id, reporter_id, reported_at, received_at,
  filed_at, dispatched_at, accepted_at, rectified_at, verified_at, closed_at, ended_at, act_by, due_at, clock, stage_clock,
  due_provisional, alarm_at, alarm_rung, version, returned_count, sent_back_count, reopened_count, supervised, excused, search)
select d.g, gen_random_uuid(), d.state, c.category_id, c.condition_id, t.description, '{}', 'patrol', d.r1 < 0.03, p.address,
  p.lon, p.lat, p.lon, p.lat, 'wgs84', p.tile_key, p.grid_id, p.area_class,
  case when d.state in ('reported', 'filed', 'voided') then null else u.unit_id end,
  case when d.state in ('dispatched', 'accepted', 'suspended') then u.unit_id else d.desk end, d.reporter, d.at, d.at,
  d.at + '1 hour', d.at + '2 hours', d.at + '4 hours', d.at + '1 day', d.at + '25 hours',
  case when d.state = 'closed' then d.at + '26 hours' end,
  case when d.state in ('closed', 'voided') then d.at + '26 hours' end,
  case when d.state not in ('closed', 'voided') then d.at + '3 days' end,
  case when d.state not in ('reported', 'filed', 'voided') then d.at + '3 days' end, d.clock, null, false,
  case when d.state not in ('closed', 'voided') then d.alarm end, 1, 6, 0, 0, 0, false, false,
  p.search || ' ' || c.search || ' ' || t.search
from (
  select g, %(begin)s::timestamptz + g * %(step)s::interval + random() * interval '3 minutes' as at,
    random() as r1, %(desk)s::bigint as desk, %(reporter)s::bigint as reporter, %(clock)s::jsonb as clock,
    %(alarm)s::timestamptz + random() * interval '30 days' as alarm,
    case when random() < %(void)s then 'voided'
      when random() < case when g > %(recent)s then (%(open)s::float[])[1] else (%(open)s::float[])[2] end
        then (array['reported','filed','dispatched','dispatched','accepted','accepted','accepted','rectified','suspended'])
          [1 + floor(random() * 9)::int]
      else 'closed' end as state,
    floor(random() * %(places)s)::int as place, floor(random() * %(texts)s)::int as text,
    floor(power(random(), 2) * %(categories)s)::int as category, floor(power(random(), 2) * %(units)s)::int as unit
  from generate_series(%(first)s::bigint, %(last)s::bigint) g offset 0
) d
join pool_place p on p.n = d.place join pool_text t on t.n = d.text join pool_category c on c.n = d.category
join pool_unit u on u.n = d.unit
"""
REACH = """
insert into cases_casereach (case_id, unit_id, reported_at)
select c.id, o.unit_id, c.reported_at from cases_case c
cross join lateral (
  select unnest(over) as unit_id from pool_unit where unit_id = c.unit_id union select unnest(%(desk_over)s::bigint[])
) o where c.id between %(first)s and %(last)s
"""


def fill(many: int, rng: Random, *, all_open: bool = False) -> None:
    """Empty the case tables and fill them; indexes are taken away meanwhile. Alarms ring from a month ahead on."""
    from django.db import connection  # noqa: PLC0415  (Django is ready now)

    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")  # no foreign keys to look after: the pools are right
        cursor.execute("truncate cases_case cascade")
        facts = _pools(cursor, rng)
        made = _without_indexes(cursor)
        now = datetime.now(UTC)
        span = timedelta(days=365 * YEARS)
        for first in range(1, many + 1, CHUNK):
            last = min(many, first + CHUNK - 1)
            told = {
                **facts, "first": first, "last": last, "begin": now - span, "step": (span - timedelta(hours=1)) / many,
                "recent": many * (1 - RECENT), "alarm": now + timedelta(days=30), "void": 0 if all_open else 0.02,
                "open": [1, 1] if all_open else [0.5, 0.002],
                "clock": json.dumps(_clock(now)),
            }  # fmt: skip
            cursor.execute(CASES, told)
            cursor.execute(REACH, told)
        for statement in made:
            cursor.execute(statement)
        cursor.execute("select setval(pg_get_serial_sequence('cases_case', 'id'), %s)", [many])
        cursor.execute("set session_replication_role = default")
        cursor.execute("vacuum analyze")


def _clock(at: datetime) -> dict[str, Any]:
    """A clock as a case carries it."""
    from civicloop.kernel import worktime  # noqa: PLC0415
    from civicloop.standards import reference  # noqa: PLC0415

    ref = reference.now()
    limit = ref.parameters.limit("limit.default")
    return dict(worktime.start(limit, at, ref.calendar_for(None)).to_json())


def _without_indexes(cursor: Any) -> list[str]:
    """Drop the indexes that are no constraints; returns the statements that make them again."""
    cursor.execute(
        "select indexname, indexdef from pg_indexes where tablename = any(%s) and not exists "
        "(select 1 from pg_constraint where conname = indexname)",
        [list(TABLES)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f'drop index "{name}"')
    return [definition for _, definition in found]


def _pools(cursor: Any, rng: Random) -> dict[str, Any]:
    """The pools, as temporary tables, and what holds for all rows."""
    from civicloop.organisation.models import Person  # noqa: PLC0415
    from civicloop.standards import reference  # noqa: PLC0415

    ref = reference.now()
    desk = next(unit.id for unit in ref.org.units.values() if unit.parent_id is None)
    sizes = {
        "places": _places(cursor, rng), "texts": _texts(cursor, rng), "categories": _categories(cursor, ref, rng),
        "units": _units(cursor, ref, rng),
    }  # fmt: skip
    desk_over = [desk, *ref.org.above(desk)]
    return {**sizes, "desk": desk, "desk_over": desk_over, "reporter": Person.objects.get(username="reporter").pk}


def _places(cursor: Any, rng: Random, many: int = 20_000) -> int:
    from benchmarks.texts import address  # noqa: PLC0415
    from civicloop.demo.land import land  # noqa: PLC0415
    from civicloop.kernel.text import search_tokens  # noqa: PLC0415
    from civicloop.kernel.tilekey import tile_key  # noqa: PLC0415
    from civicloop.organisation.models import Grid  # noqa: PLC0415

    grids = dict(Grid.objects.values_list("code", "pk"))
    rows = []
    for n in range(many):
        plot = rng.choice(land().plots)
        place = plot.ground.representative_point()
        lon, lat = place.x + rng.uniform(-3e-4, 3e-4), place.y + rng.uniform(-3e-4, 3e-4)
        where = address(plot.village.short, rng)
        rows.append((n, where, lon, lat, tile_key(lon, lat), grids[plot.code], plot.area_class, search_tokens(where)))
    columns = "n int, address text, lon float, lat float, tile_key bigint, grid_id bigint, area_class text, search text"
    return _pool(cursor, "place", columns, rows)


def _texts(cursor: Any, rng: Random, many: int = 40_000) -> int:
    from benchmarks.texts import description  # noqa: PLC0415
    from civicloop.kernel.text import search_tokens  # noqa: PLC0415

    said = (description(rng) for _ in range(many))
    return _pool(cursor, "text", "n int, description text, search text",
                 [(n, text, search_tokens(text)) for n, text in enumerate(said)])  # fmt: skip


def _categories(cursor: Any, ref: Any, rng: Random) -> int:
    from civicloop.kernel.text import search_tokens  # noqa: PLC0415

    found = [one for one in ref.categories.categories.values() if one.pack == "gb47678-2026" and one.conditions]
    rng.shuffle(found)
    rows = [
        (n, one.id, one.conditions[0].id, search_tokens(f"{one.name} {one.name_en}"))
        for n, one in enumerate(sorted(found[:200], key=lambda one: one.id))
    ]
    return _pool(cursor, "category", "n int, category_id bigint, condition_id bigint, search text", rows)


def _units(cursor: Any, ref: Any, rng: Random) -> int:
    units = sorted(one.id for one in ref.org.units.values() if one.parent_id is not None and one.active)
    Random(7).shuffle(units)  # which units have much to do is the same in every database
    rows = [(n, unit, [unit, *ref.org.above(unit)]) for n, unit in enumerate(units)]
    return _pool(cursor, "unit", "n int, unit_id bigint, over bigint[]", rows)


def _pool(cursor: Any, name: str, columns: str, rows: Sequence[Iterable[Any]]) -> int:
    cursor.execute(f"drop table if exists pool_{name}")
    cursor.execute(f"create temporary table pool_{name} ({columns})")
    with cursor.copy(f"copy pool_{name} from stdin") as copy:
        for row in rows:
            copy.write_row(tuple(int(one) if isinstance(one, np.integer) else one for one in row))
    cursor.execute(f"create index on pool_{name} (n)")
    cursor.execute(f"analyze pool_{name}")
    return len(rows)
