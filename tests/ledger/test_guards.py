"""The database itself keeps the ledger: even somebody at its own prompt changes nothing by accident."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from civicloop.ledger import guards
from civicloop.ledger.actions import record
from civicloop.ledger.models import LedgerLine, LedgerSeal
from tests.cast import MONDAY_NINE

pytestmark = pytest.mark.django_db

COLUMNS = (("ledger_ledgerline", "verb"), ("ledger_ledgerseal", "digest"))


@pytest.fixture(autouse=True)
def _something_is_written(db: None) -> None:
    record("case", uuid4(), "case.report", by=None, at=MONDAY_NINE, data={"a": 1})
    LedgerSeal.objects.create(day=MONDAY_NINE.date(), sealed_at=MONDAY_NINE, heads=1, digest="d", seal="s")


def refused(sql: str) -> str:
    with pytest.raises(DatabaseError) as no, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(no.value)


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_line_can_be_neither_changed_nor_removed(table: str, column: str) -> None:
    assert guards.MESSAGE in refused(f"UPDATE {table} SET {column} = 'x'")
    assert guards.MESSAGE in refused(f"DELETE FROM {table}")
    assert (LedgerLine.objects.count(), LedgerSeal.objects.count()) == (1, 1)


@pytest.mark.postgres
@pytest.mark.parametrize("table", guards.TABLES)
def test_a_table_cannot_be_emptied_at_one_stroke(table: str) -> None:
    assert guards.MESSAGE in refused(f"TRUNCATE {table}")


def test_the_orm_is_refused_as_well() -> None:
    line = LedgerLine.objects.get()
    line.verb = "case.close"
    with pytest.raises(DatabaseError), transaction.atomic():
        line.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        line.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerLine.objects.all().delete()
    assert LedgerLine.objects.get().verb == "case.report"


def test_a_second_line_in_the_same_place_is_refused() -> None:
    line = LedgerLine.objects.get()
    line.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        line.save(force_insert=True)


def test_guards_can_be_put_back_twice() -> None:
    guards.install(connection)
    guards.install(connection)
    assert guards.MESSAGE in refused("DELETE FROM ledger_ledgerline")
