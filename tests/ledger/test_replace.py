"""SQLite lets INSERT OR REPLACE remove a row without a DELETE: the guards refuse that way too."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from civicloop.ledger.actions import record
from civicloop.ledger.models import LedgerLine

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_a_line_is_not_replaced_by_another() -> None:
    line = record("case", uuid4(), "case.report", by=None, at=datetime(2026, 11, 23, tzinfo=UTC), new=True)
    names = [field.column for field in LedgerLine._meta.concrete_fields]
    others = ", ".join("'changed'" if name == "verb" else name for name in names)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR REPLACE INTO ledger_ledgerline ({', '.join(names)}) SELECT {others} FROM ledger_ledgerline WHERE id = %s",
            [line.pk],
        )
    assert LedgerLine.objects.get(pk=line.pk).verb == "case.report"
