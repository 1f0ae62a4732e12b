"""Support sees what is stuck, and has it tried again."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner

from civicloop.fieldwork.commands import fieldwork
from civicloop.fieldwork.models import Entry
from civicloop.ledger.models import LedgerLine
from civicloop.schedule import SCHEDULES, apply_phones
from tests.cast import City
from tests.fieldwork.phone import Phone

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    done = CliRunner().invoke(fieldwork, words)
    assert done.exit_code == 0, done.output
    return done.output


def test_what_is_stuck_is_listed_with_its_reason(city: City) -> None:
    phone = Phone(city.handler)
    bad, good = phone.case("77777"), phone.case()
    phone.send(bad, good)
    told = run("list")

    assert f"{bad['uid']} refused case handler" in told
    assert "77777" in told
    assert good["uid"] not in told
    assert good["uid"] in run("list", "--state", "applied", "--person", "handler")
    assert run("list", "--person", "filer") == ""


def test_one_entry_is_shown_with_what_was_sent(city: City) -> None:
    phone = Phone(city.handler)
    bad = phone.case("77777")
    phone.send(bad)
    told = json.loads(run("show", bad["uid"]))

    assert (told["state"], told["by"], told["content"]["category"]) == ("refused", "handler", "77777")


def test_support_has_an_entry_tried_again_and_that_is_written_down(city: City) -> None:
    from civicloop.organisation import actions as organisation
    from tests.cast import MONDAY_NINE, SINCE

    phone = Phone(city.system_admin)
    entry = phone.case()
    assert phone.send(entry)[0].refusal["code"] == "not_allowed"
    person = organisation.add_person(username="new", name="新人", password="lotus-pond-2026", by=None, at=MONDAY_NINE)
    assert person
    fresh = Phone(person)
    mine = fresh.case()
    assert fresh.send(mine)[0].state == "refused"
    organisation.appoint(person=person, role="reporter", unit=city.lotus, starts_on=SINCE, by=None, at=MONDAY_NINE)

    assert run("retry", mine["uid"]).startswith(f"{mine['uid']} applied")
    assert LedgerLine.objects.filter(kind="entry", uid=mine["uid"], verb="entry.retry", by=None).exists()


def test_the_sweep_applies_what_was_only_stored(city: City) -> None:
    phone = Phone(city.handler)
    phone.send(phone.case(), phone.comment(uuid4()), apply=False)
    assert set(Entry.objects.values_list("state", flat=True)) == {"held"}

    assert json.loads(run("retry")) == {"changed": 1}
    assert json.loads(run("retry")) == {"changed": 0}
    states = dict(Entry.objects.values_list("kind", "state"))
    assert states == {"case": "applied", "comment": "held"}, "what is said of a case that is not there waits for it"
    assert apply_phones() == "0 entries"
    assert SCHEDULES["apply_phones"][0] == "civicloop.schedule.apply_phones"
