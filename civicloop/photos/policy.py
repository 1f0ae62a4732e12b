"""Who may read an original. Copies are for whoever may see the case; the door asks the case's own policy for both."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from civicloop.kernel.refusal import NotAllowed
from civicloop.organisation.rules.roles import Role
from civicloop.photos.models import Photo

# Those who judge evidence. An original tells when and where its sender stood, and with which device.
READERS: AbstractSet[str] = frozenset({Role.FILER, Role.VERIFIER, Role.SUPERVISOR, Role.AUDITOR})


class Asker(Protocol):
    """What is asked of an actor: `standards.reference.Actor` fits."""

    @property
    def person_id(self) -> int: ...
    @property
    def person_uid(self) -> UUID: ...
    @property
    def roles(self) -> AbstractSet[str]: ...


@dataclass(frozen=True, slots=True)
class _Refused:
    uid: UUID


def sent_it(person_id: int, photo: Photo) -> bool:
    """Whether a person has sent these very bytes, first or later."""
    return photo.sent_by_id == person_id or photo.also_sent_by.filter(pk=person_id).exists()


def may_read_original(actor: Asker, photo: Photo) -> bool:
    """Who judges evidence, and who sent the picture."""
    return bool(READERS & actor.roles) or sent_it(actor.person_id, photo)


def require_original(actor: Asker, photo: Photo) -> None:
    """Raises NotAllowed, which the door keeps in the ledger beside the photo."""
    if not may_read_original(actor, photo):
        raise NotAllowed(
            "read_original",
            "judges_evidence_or_sent_it",
            who=sorted(READERS),
            about=("photo", str(photo.uid)),
            by=_Refused(actor.person_uid),
        )
