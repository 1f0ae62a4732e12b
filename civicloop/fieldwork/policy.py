"""Who may do what with entries: each person with his own, and nobody else with anybody's. Support reads and tries again."""

from __future__ import annotations

from civicloop.fieldwork.models import Entry
from civicloop.fieldwork.rules.envelope import Envelope
from civicloop.kernel.refusal import NotAllowed, NotFound
from civicloop.organisation.models import Person


def require_maker(envelope: Envelope, by: Person) -> None:
    """An entry belongs to who made it, whoever has logged in on that phone since. Raises NotAllowed (`entry_of_another`)."""
    if envelope.by != by.uid:
        refused = NotAllowed("entry.send", "made_it", by=by)
        refused.code = "entry_of_another"
        raise refused


def require_own(entry: Entry, by: Person) -> None:
    """Raise NotFound for an entry of somebody else: the answer does not tell that there is one."""
    if entry.by_id != by.pk:
        raise NotFound("entry", entry.pk)
