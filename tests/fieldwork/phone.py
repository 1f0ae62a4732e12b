"""A phone in a test: it notes entries with rising numbers, and sends them as the door would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from civicloop.fieldwork import actions
from civicloop.fieldwork.models import Entry
from civicloop.organisation.models import Person
from tests.cast import MONDAY_NINE, SOUTH, WEST, hours
from tests.inspection.made_up import sheet

TEN = MONDAY_NINE + hours(1)
NOON = MONDAY_NINE + hours(3)


@dataclass
class Phone:
    """One device of one person."""

    person: Person
    device: UUID = field(default_factory=uuid4)
    seq: int = 0

    def note(self, kind: str, loop: UUID | None = None, content: Any = None, **more: Any) -> dict[str, Any]:
        """An entry as the phone keeps it."""
        self.seq += 1
        return {
            "uid": str(uuid4()), "kind": kind, "loop": str(loop or uuid4()), "by": str(self.person.uid), "seq": self.seq,
            "after": [], "noted_at": TEN.isoformat(), "content": content if content is not None else {}, "photos": [], **more,
        }  # fmt: skip

    def case(self, category: str = "09009", loop: UUID | None = None, **more: Any) -> dict[str, Any]:
        """A new case in the first grid."""
        content = {"category": category, "description": "三轮车占道", "lon": WEST + 0.005, "lat": SOUTH + 0.005}
        return self.note("case", loop, content | more.pop("content", {}), **more)

    def step(self, loop: Any, step: str, given: Any = None, version: int | None = None, **more: Any) -> dict[str, Any]:
        """A step of a case."""
        content = {"step": step, "given": given or {}, "expected_version": version}
        return self.note("step", loop, content, **more)

    def comment(self, loop: Any, note: str = "已到现场", **more: Any) -> dict[str, Any]:
        """A comment on a case."""
        return self.note("comment", loop, {"note": note}, **more)

    def visit(self, visit: Any, *changed: Any, **more: Any) -> dict[str, Any]:
        """The answers of a visit; `more` goes into the envelope."""
        return self.note("visit", visit.uid, sheet(*changed), **more)

    def send(self, *entries: dict[str, Any], at: datetime = NOON, apply: bool = True, **more: Any) -> list[Entry]:
        """Store them, and apply what can be applied. Returns the rows as they stand afterwards."""
        rows = [actions.receive(given=one, by=self.person, at=at, device=self.device, **more).entry for one in entries]
        if apply:
            actions.apply_entries(by=self.person, at=at)
        return [Entry.objects.get(pk=row.pk) for row in rows]

    def state(self, entry: dict[str, Any]) -> str:
        """How an entry stands now."""
        return str(Entry.objects.values_list("state", flat=True).get(pk=entry["uid"]))


def named_photo(word: str, **more: Any) -> dict[str, Any]:
    """A photo an entry lists, whether or not it is stored."""
    from hashlib import sha256

    from tests.inspection.made_up import jpeg

    return {"sha256": sha256(jpeg(word)).hexdigest(), "size": len(jpeg(word)), "kind": "near", **more}
