"""What holds for every kind of loop: a changed calendar moves its clocks, one sweep looks at all of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from civicloop.commands import sweep as command
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.loops import matters
from civicloop.loops.kinds import known_kinds
from civicloop.loops.matters import Known
from civicloop.loops.models import Loop, Notice
from civicloop.loops.recount import recount
from civicloop.loops.sweep import sweep_all
from civicloop.organisation import actions as organisation
from civicloop.organisation.models import WorkCalendar
from civicloop.publicity import actions as publicity
from civicloop.residents.actions import complaints
from civicloop.schedule import SCHEDULES, ensure_schedules, sweep_alarms
from tests.cast import MONDAY_NINE, SOUTH, WEST
from tests.volunteers.cast import Corps, corps

__all__ = ["corps"]
pytestmark = pytest.mark.django_db
YEARS = timedelta(days=900)


@pytest.fixture
def loops(corps: Corps) -> dict[str, Loop]:
    """One open loop of each kind, with a clock in working time that runs."""
    return {
        "case": corps.city.walk("dispatched"),
        "order": corps.order(),
        "complaint": complaints.submit(kind="complaint", text="太慢", sent_key="key-of-a-complaint", at=MONDAY_NINE)[0],
        "display": publicity.plan_display(
            kind="led", code="LED-001", name="屏", unit_id=corps.lotus_north.pk, lon=WEST + 0.005, lat=SOUTH + 0.005,
            by=corps.grid_worker, at=MONDAY_NINE,
        ),
        "honour": publicity.apply_for(
            kind="unit", holder="莲花镇", unit_id=corps.lotus.pk, year=2026, grounds="干净", by=corps.leader, at=MONDAY_NINE
        ),
    }  # fmt: skip


def holiday() -> None:
    """The very day and the next become days on which nobody works."""
    for day in (MONDAY_NINE, MONDAY_NINE + timedelta(days=1)):
        organisation.set_day(
            calendar=WorkCalendar.objects.get(), day=day.date(), is_working=False, by=None, at=MONDAY_NINE
        )


def test_a_new_holiday_moves_the_clocks_of_every_kind(loops: dict[str, Any]) -> None:
    before = {name: (loop.act_by, type(loop).objects.get(pk=loop.pk).version) for name, loop in loops.items()}
    assert set(before) == {kind.name for kind in known_kinds()}
    holiday()

    for name, loop in loops.items():
        loop.refresh_from_db()
        assert loop.act_by > before[name][0], name
        lines = LedgerLine.objects.filter(kind=name, uid=loop.uid, verb=f"{name}.recount")
        assert loop.version == before[name][1] + len(lines), name
        assert all(line.by is None and line.data["before"] < line.data["after"] for line in lines), name
    assert [kind.name for kind in known_kinds() if recount(kind, at=MONDAY_NINE)] == []
    assert list(breaks()) == []


def test_what_has_ended_is_not_counted_again(corps: Corps, loops: dict[str, Any]) -> None:
    ended = publicity.withdraw_honour(uid=loops["honour"].uid, reason="不报了", by=corps.leader, at=MONDAY_NINE)
    holiday()

    assert not LedgerLine.objects.filter(uid=ended.uid, verb="honour.recount").exists()


def test_one_command_sweeps_every_kind(loops: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY_NINE + YEARS)
    told = json.loads(CliRunner().invoke(command).output)

    assert {name for name, sums in told.items() if sums["taken"] and sums["notices"]} == set(loops)
    for name, loop in loops.items():
        assert Notice.objects.filter(loop_kind=name, loop_uid=loop.uid).exists()
    again = json.loads(CliRunner().invoke(command).output)
    assert {sums["taken"] for sums in again.values()} == {0}


def test_what_has_run_out_runs_out_before_the_ladder_looks(corps: Corps) -> None:
    order = corps.walk("assigned")
    done = sweep_all(at=order.act_by)

    assert done["order"].ran_out == 1
    order.refresh_from_db()
    assert order.state == "pooled"


def test_the_fault_of_one_kind_keeps_no_other_from_being_swept(
    loops: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*, at: object) -> int:
        raise ZeroDivisionError

    first, *others = matters.known().values()
    rows = {one.matter.name: one for one in (Known(first.matter, first=broken), *others)}
    monkeypatch.setattr("civicloop.loops.sweep.known", lambda: rows)
    with pytest.raises(ZeroDivisionError):
        sweep_all(at=MONDAY_NINE + YEARS)

    told = set(Notice.objects.filter(kind__startswith="alarm.").values_list("loop_kind", flat=True))
    assert told == set(loops) - {first.matter.name}


def test_the_worker_sweeps_them_all_and_forgets_schedules_of_an_earlier_version(loops: dict[str, Any]) -> None:
    from django_q.models import Schedule

    Schedule.objects.create(name="sweep_order_times", func="civicloop.schedule.sweep_order_times", schedule_type="I")
    Schedule.objects.create(name="somebody's own", func="city.own", schedule_type="I")
    ensure_schedules()

    assert set(Schedule.objects.values_list("name", flat=True)) == {*SCHEDULES, "somebody's own"}
    assert sweep_alarms().endswith("notices")
