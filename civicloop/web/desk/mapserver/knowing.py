"""Who asks for a tile with a session, known again by one statement: the row of the session and his password as they were."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from civicloop.insight.mapknown import KNOWN, Proof, ask
from civicloop.insight.mapsight import sight_of
from civicloop.organisation.models import Person
from civicloop.web.desk.asker import Asker

# What Django reads to know somebody by his session, as one text: other words in either row are another proof.
_STILL_LOGGED_IN = f"""
SELECT session.session_data || ' ' || person.password
FROM {Session._meta.db_table} AS session CROSS JOIN {Person._meta.db_table} AS person
WHERE session.session_key = %s AND session.expire_date > %s AND person.id = %s AND person.is_active
"""


def key_of(request: HttpRequest) -> str | None:
    """The key somebody comes with; None without a session."""
    key = request.session.session_key
    return f"session {key}" if key else None


def remember(request: HttpRequest, asking: Asker) -> None:
    """Keep what an asker may see, for his next tile. One statement, once for each session and state of the organisation."""
    key, person = key_of(request), asking.person
    if key is None or KNOWN.holds(key, asking.at, asking.ref):
        return
    proof = Proof(_STILL_LOGGED_IN, (request.session.session_key,), (person.pk,), None)
    told = ask(proof, asking.at)
    if told is None or not _is_his(request.session.decode(told.partition(" ")[0]), person):
        return
    KNOWN.keep(
        key, Proof(proof.statement, proof.before, proof.after, told), sight_of(asking.actor), asking.at, asking.ref
    )


def _is_his(session: dict[str, Any], person: Person) -> bool:
    """Whether this very state of the session names the person: it may have been written anew since the request was let in."""
    named = session.get(SESSION_KEY) == str(person.pk)
    return named and session.get(HASH_SESSION_KEY) == cast(Any, person).get_session_auth_hash()
