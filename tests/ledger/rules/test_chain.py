"""A chain holds only as it was written: no field of any line can be changed without showing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicloop.ledger.rules.chain import Line, canonical, first_break, first_hash, line_hash
from civicloop.ledger.rules.seal import Head, digest_of, seal_of

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
UID = "0197e0f0-0000-7000-8000-000000000001"
Row = tuple[Line, str, str]


def chain(length: int = 5, uid: str = UID) -> list[Row]:
    rows, previous = [], first_hash("case", uid)
    for seq in range(1, length + 1):
        line = Line("case", uid, seq, "case.note", "somebody", AT + timedelta(minutes=seq), {"n": seq, "text": "莲花"})
        own = line_hash(line, previous)
        rows.append((line, previous, own))
        previous = own
    return rows


def test_a_chain_as_written_holds_and_so_does_an_empty_one() -> None:
    assert first_break(chain()) is None
    assert first_break([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "person"}, {"uid": UID[:-1] + "2"}, {"verb": "case.close"}, {"by": ""}, {"at": AT},
        {"data": {"n": 3, "text": "莲花 "}}, {"data": {"n": "3", "text": "莲花"}}, {"data": {}},
    ],
    ids=str,
)  # fmt: skip
def test_a_changed_field_is_found_at_its_line(change: dict[str, Any]) -> None:
    rows = chain()
    line, previous, own = rows[2]
    rows[2] = (replace(line, **change), previous, own)

    found = first_break(rows)
    assert found is not None
    assert (found.seq, found.reason) == (3, "changed")


def test_a_changed_line_whose_hash_was_made_anew_breaks_at_the_next() -> None:
    rows = chain()
    line, previous, _ = rows[2]
    forged = replace(line, data={"n": 99})
    rows[2] = (forged, previous, line_hash(forged, previous))

    found = first_break(rows)
    assert found is not None
    assert (found.seq, found.reason) == (4, "unbound")


@pytest.mark.parametrize("gone", range(4))
def test_a_removed_line_is_named_by_its_number(gone: int) -> None:
    rows = chain()
    del rows[gone]

    found = first_break(rows)
    assert found is not None
    assert (found.seq, found.reason) == (gone + 1, "missing")


def test_lines_that_changed_places_are_found() -> None:
    rows = chain()
    rows[1], rows[2] = rows[2], rows[1]
    found = first_break(rows)
    assert found is not None
    assert found.seq == 2


def test_a_whole_chain_cannot_be_moved_to_another_object() -> None:
    other = UID[:-1] + "2"
    moved = [(replace(line, uid=other), previous, own) for line, previous, own in chain()]

    found = first_break(moved)
    assert found is not None
    assert (found.uid, found.seq, found.reason) == (other, 1, "unbound")


def test_the_same_moment_in_another_zone_is_the_same_line() -> None:
    line = chain()[0][0]
    china = replace(line, at=line.at.astimezone(timezone(timedelta(hours=8))))
    assert line_hash(line, "") == line_hash(china, "")


def test_what_has_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"x": float("nan")})


@given(
    data=st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.text(max_size=9), st.none(), st.booleans())),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_the_hash_does_not_depend_on_the_order_in_which_details_were_written(
    data: dict[str, Any], at: datetime
) -> None:
    line = Line("case", UID, 1, "v", "", at, data)
    turned = replace(line, data=dict(reversed(data.items())))
    assert line_hash(line, "p") == line_hash(turned, "p")
    assert line_hash(line, "p") != line_hash(line, "q")


def test_a_seal_depends_on_every_head_and_on_the_seal_before() -> None:
    heads = [Head("case", UID, 3, "a" * 64), Head("person", UID, 1, "b" * 64)]
    whole = digest_of(heads)
    day = AT.date()
    seals = {
        seal_of(day, whole.heads, whole.hexdigest(), ""),
        seal_of(day, whole.heads, whole.hexdigest(), "c" * 64),
        seal_of(day + timedelta(1), whole.heads, whole.hexdigest(), ""),
        seal_of(day, 1, digest_of(heads[:1]).hexdigest(), ""),
        seal_of(day, 2, digest_of([heads[0], replace(heads[1], seq=2)]).hexdigest(), ""),
    }
    assert len(seals) == 5
