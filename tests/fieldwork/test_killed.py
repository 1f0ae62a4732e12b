"""The server is killed in the middle of a day's work, again and again; what it has stored is applied by whoever comes next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from civicloop.cases.models import Case, CaseStep
from civicloop.fieldwork import actions
from civicloop.fieldwork.models import Entry
from civicloop.ledger.queries import breaks
from tests.cast import City
from tests.fieldwork.phone import NOON, Phone

SERVER = """
import json, sys
from datetime import datetime
from uuid import UUID
import django
django.setup()
from civicloop.fieldwork import actions
from civicloop.organisation.models import Person
told = json.load(open(sys.argv[1]))
by, at = Person.objects.get(username=told["by"]), datetime.fromisoformat(told["at"])
for entry in told["entries"]:
    actions.receive(given=entry, by=by, at=at, device=UUID(told["device"]))
    print("stored", flush=True)
actions.apply_entries(by=by, at=at)
print("done", flush=True)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_a_server_that_is_killed_loses_nothing_and_does_nothing_twice(city: City, tmp_path: Path) -> None:
    phone = Phone(city.handler)
    cases = [phone.case() for _ in range(20)]
    comments = [phone.comment(one["loop"], after=[one["uid"]]) for one in cases]
    batch = tmp_path / "batch.json"
    told: dict[str, Any] = {"by": city.handler.username, "at": NOON.isoformat(), "device": str(phone.device)}
    batch.write_text(json.dumps(told | {"entries": [*cases, *comments]}))

    killed = 0
    for _ in range(4):
        before = Entry.objects.filter(state="applied").count()
        server = start(batch)
        while server.poll() is None and Entry.objects.filter(state="applied").count() < before + 5:
            time.sleep(0.01)
        if server.poll() is None:
            server.send_signal(signal.SIGKILL)
            killed += 1
        server.wait(30)
    assert killed >= 2, "the server was quicker than the test: nothing was cut"

    actions.apply_waiting(at=NOON)
    assert Entry.objects.filter(state="applied").count() == Entry.objects.count() == 40
    assert Case.objects.count() == 20
    assert sorted(CaseStep.objects.values_list("name", flat=True)) == ["comment"] * 20 + ["report"] * 20
    assert list(breaks()) == []


def start(batch: Path) -> subprocess.Popen[bytes]:
    """A server process of its own, on the test's database."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else postgres(name)
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "civicloop.settings", "CIVICLOOP_DATABASE_URL": url,
        "CIVICLOOP_DATA_DIR": str(settings.DATA_DIR), "CIVICLOOP_JOBS_RUN": "none",
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", SERVER, str(batch)], env=environment, stdout=subprocess.DEVNULL)


def postgres(name: str) -> str:
    """The address of the test's database."""
    told = connection.settings_dict
    return f"postgresql://{told['USER']}:{told['PASSWORD']}@{told['HOST'] or 'localhost'}:{told['PORT']}/{name}"
