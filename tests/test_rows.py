"""Rows written together, and read back, are what Django's own ways write and read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from civicloop.cases.models import Case, CaseReach, CaseStep
from civicloop.kernel.ids import new_uid
from civicloop.ledger.actions import first_line
from civicloop.ledger.models import LedgerLine
from civicloop.rows import Kin, insert_with, read
from tests.cast import MONDAY_NINE, City

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 1, 2, 3, 456789, UTC)
TEXT = "引号 \" ' \\ 换行\n\t与 😀 %s {} null"


def _case(city: City, **more: Any) -> Case:
    return Case(
        uid=new_uid(), owner=city.office, category=city.litter, state="reported", description=TEXT, reported_at=AT, received_at=AT,
        act_by=AT, answers={"数": [1, 2.5, None, {"深": "是"}]}, clock={"a": "b"}, urgent=True, lon=118.12345678901234,
        lat=24.1, tile_key=2**61 + 1, **more,
    )  # fmt: skip


def _kin(case: Case, city: City) -> tuple[CaseStep, list[Kin]]:
    step = CaseStep(seq=1, name="report", at=AT, state_before="", state_after="reported", note=TEXT, data={"空": ""})
    reach = Kin(
        CaseReach, ("unit_id", "reported_at"), [(unit.pk, AT) for unit in (city.office, city.command)], "case_id"
    )
    line = first_line("case", case.uid, "case.report", by=None, at=AT, data={"字": TEXT, "数": 118.12345678901234})
    return step, [Kin.of(step, "case_id"), reach, Kin.of(line)]


def test_a_row_and_its_kin_are_what_was_given(city: City) -> None:
    case = _case(city)
    step, kin = _kin(case, city)
    insert_with(case, *kin)

    kept = Case.objects.get(pk=case.pk)
    for field in Case._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(case, field.attname), field.name
    assert CaseStep.objects.get(pk=step.pk).case_id == case.pk
    assert (kept.steps.get().note, kept.steps.get().data, kept.steps.get().noted_at) == (TEXT, {"空": ""}, None)
    assert set(kept.reach.values_list("unit", flat=True)) == {city.office.pk, city.command.pk}
    line = LedgerLine.objects.get(uid=case.uid)
    assert (line.data["字"], line.data["数"], line.at) == (TEXT, 118.12345678901234, AT)
    assert not case._state.adding


def test_either_all_of_it_is_written_or_nothing(city: City) -> None:
    case = _case(city, external_key="k")
    insert_with(case, *_kin(case, city)[1])
    other = _case(city, external_key="k")

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_with(other, *_kin(other, city)[1])
    assert (Case.objects.count(), CaseStep.objects.count(), LedgerLine.objects.filter(uid=other.uid).count()) == (
        1,
        1,
        0,
    )


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such statement")
def test_on_postgresql_it_is_one_statement(city: City) -> None:
    case = _case(city)
    with CaptureQueriesContext(connection) as seen:
        insert_with(case, *_kin(case, city)[1])
    assert len(seen) == 1


def test_what_is_read_is_what_django_reads(city: City) -> None:
    case = city.walk("dispatched", at=MONDAY_NINE, description=TEXT)
    names = tuple(field.attname for field in reversed(Case._meta.concrete_fields))
    columns = ", ".join(f'"{name}"' for name in names)

    [found] = read(Case, names, f"SELECT {columns} FROM cases_case WHERE id = %s", [case.pk])
    kept = Case.objects.get(pk=case.pk)
    assert {name: getattr(found, name) for name in names} == {name: getattr(kept, name) for name in names}
    [some] = read(Case, ("uid", "state", "id"), "SELECT uid, state, id FROM cases_case WHERE id = %s", [case.pk])
    assert (some.pk, some.uid, some.state, some.address) == (case.pk, case.uid, "dispatched", case.address)
    assert read(Case, names, f"SELECT {columns} FROM cases_case WHERE id = %s", [0]) == []
