"""What waits for what: pure, and the same in whatever order entries arrive."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from civicloop.fieldwork.rules.ordering import OPEN, STATES, STOPPED, Queued, in_order, judge, predecessors

A, B, C, D = (UUID(int=number) for number in range(1, 5))
LOOP, OTHER, PHONE, TABLET = (UUID(int=number) for number in range(101, 105))


def queued(uid: UUID, seq: int, loop: UUID = LOOP, **more: object) -> Queued:
    return Queued(uid, "step", loop, **{"device": PHONE, "seq": seq, **more})  # type: ignore[arg-type]


def test_of_one_loop_and_one_device_the_earlier_goes_first() -> None:
    first = predecessors([queued(B, 2), queued(A, 1), queued(C, 3, OTHER)])

    assert first == {A: (), B: (A,), C: ()}


def test_two_devices_do_not_wait_for_each_other() -> None:
    assert predecessors([queued(A, 1), queued(B, 2, device=TABLET)])[B] == ()


def test_what_is_named_goes_first_whatever_its_loop() -> None:
    assert predecessors([queued(A, 5, OTHER), queued(B, 1, after=(A,))])[B] == (A,)


def test_who_stands_alone_waits_for_nobody_but_others_still_wait_for_him() -> None:
    first = predecessors([queued(A, 1), queued(B, 2, after=(A, D), alone=True), queued(C, 3)])

    assert (first[B], first[C]) == ((), (A, B))


def test_a_case_goes_before_all_that_was_noted_about_it() -> None:
    case = Queued(A, "case", LOOP, PHONE, 9)
    first = predecessors([queued(B, 2), case, queued(C, 3, device=TABLET)])

    assert first == {A: (), B: (A,), C: (A,)}


def test_two_that_name_each_other_do_not_wait_for_ever() -> None:
    first = predecessors([queued(A, 1, after=(C,)), queued(B, 2, OTHER, after=(A,)), queued(C, 3, OTHER, after=(B,))])

    assert first == {A: (), B: (A,), C: (B,)}


def test_one_that_never_came_holds() -> None:
    verdict = judge((A, B), {A: "applied"})

    assert (verdict.name, verdict.unknown) == ("held", (B,))


def test_one_refused_stops_even_where_another_is_missing() -> None:
    verdict = judge((A, B, C), {A: "refused", B: "waiting"})

    assert (verdict.name, verdict.behind) == ("stopped", (A,))


def test_what_was_applied_or_taken_back_holds_nobody() -> None:
    assert judge((A, B), {A: "applied", B: "withdrawn"}).name == "ready"


entries = st.lists(
    st.builds(
        Queued,
        uid=st.uuids(),
        kind=st.sampled_from(["case", "step", "comment"]),
        loop=st.sampled_from([LOOP, OTHER]),
        device=st.sampled_from([PHONE, TABLET]),
        seq=st.integers(0, 6),
        after=st.just(()),
        alone=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: one.uid,
)


@given(entries, st.randoms())
def test_the_order_of_arrival_makes_no_difference(rows: list[Queued], random: object) -> None:
    mixed = rows[:]
    random.shuffle(mixed)  # type: ignore[attr-defined]

    assert in_order(mixed) == in_order(rows)
    assert predecessors(mixed) == predecessors(rows)


@given(entries)
def test_without_names_the_first_of_every_loop_is_always_ready(rows: list[Queued]) -> None:
    """Nobody waits in a circle: the numbers of a device rise."""
    states = {row.uid: "held" for row in rows}
    first = predecessors(rows)
    for _ in rows:
        ready = [row.uid for row in rows if states[row.uid] in OPEN and judge(first[row.uid], states).name == "ready"]
        if not ready:
            break
        states[ready[0]] = "applied"

    assert set(states.values()) <= {"applied"}


@given(st.lists(st.uuids(), unique=True, max_size=6), st.data())
def test_a_verdict_names_only_those_at_fault(uids: list[UUID], data: st.DataObject) -> None:
    known = data.draw(st.dictionaries(st.sampled_from(uids), st.sampled_from(sorted(STATES)))) if uids else {}
    verdict = judge(uids, known)

    if verdict.name == "stopped":
        assert {known[uid] for uid in verdict.behind} <= STOPPED
    elif verdict.name == "held":
        assert {known[uid] for uid in verdict.behind} <= OPEN
        assert all(uid not in known for uid in verdict.unknown)
        assert verdict.behind or verdict.unknown
    else:
        assert {known.get(uid) for uid in uids} <= {"applied", "withdrawn"}
