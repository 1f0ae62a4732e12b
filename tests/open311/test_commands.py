"""Keys and subscribers from the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import translation

from civicloop.api.open311.commands import open311
from civicloop.kernel.refusal import Invalid, NotAllowed, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.residents.models import Open311Key, Open311Subscription
from tests.cast import City
from tests.open311.conftest import HERE, Program

pytestmark = pytest.mark.django_db


def done(*words: str, typed: str | None = None) -> str:
    with translation.override("en"):
        result = CliRunner().invoke(open311, words, input=typed)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_a_key_is_made_shown_once_listed_and_revoked(city: City) -> None:
    text = done("key", "create", "FixMyStreet", "--service", "06010", "--by", "security_admin").split()[0]
    row = Open311Key.objects.get()

    assert Program(text).report()
    assert text not in done("key", "list")
    assert "production" in done("key", "list")
    done("key", "revoke", str(row.pk), "--by", "security_admin")
    assert "revoked" in done("key", "list")
    Program(text).post(status=403, service_code="06010", description="x", **HERE)
    assert list(LedgerLine.objects.filter(kind="open311_key").order_by("seq").values_list("verb", flat=True)) == [
        "open311_key.make", "open311_key.revoke",
    ]  # fmt: skip


def test_nobody_but_a_security_administrator_makes_keys(city: City) -> None:
    for name in ("filer", "system_admin", "supervisor"):
        with pytest.raises(NotAllowed):
            done("key", "create", "x", "--by", name)
    with pytest.raises(Invalid):
        done("key", "create", "x", "--service", "nothing")
    with pytest.raises(NotFound):
        done("key", "revoke", "7", "--by", "security_admin")


def test_a_subscriber_is_set_changed_and_told(city: City) -> None:
    done("key", "create", "FixMyStreet")
    number = str(Open311Key.objects.get().pk)
    done("subscribe", number, "http://127.0.0.1:9/open311/v2", "--by", "security_admin", typed="secret\n")
    sealed = Open311Subscription.objects.get().secret
    assert "(off)" in done("subscribe", number, "http://127.0.0.1:9/v2", "--off", "--everything", typed="\n")
    row = Open311Subscription.objects.get()

    assert (row.active, row.own_only, row.secret, row.address) == (False, False, sealed, "http://127.0.0.1:9/v2")
    told: dict[str, Any] = json.loads(done("push"))
    assert told == {"planned": 0, "sent": 0, "failed": 0}
