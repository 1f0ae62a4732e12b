"""The side steps of one case, read together: what is pending, what runs, what is over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from civicloop.cases.models import Appeal, Case, Extension, Forward, Supervision, Suspension, Whistle, WhistleCall

ON_FORWARD = ("remind_forward", "answer_forward", "take_back_forward")


@dataclass
class Sides:
    """All side affairs of a case; each kind is read when first asked for, one statement each."""

    case: Case

    @cached_property
    def extensions(self) -> list[Extension]:
        """Extensions, oldest first."""
        return list(self.case.extensions.select_related("asked_by", "decided_by").order_by("id"))

    @cached_property
    def suspensions(self) -> list[Suspension]:
        """Suspensions, oldest first."""
        return list(self.case.suspensions.select_related("person").order_by("id"))

    @cached_property
    def calls(self) -> list[WhistleCall]:
        """All calls of all whistles, with their whistles and units."""
        rows = WhistleCall.objects.filter(whistle__case=self.case)
        return list(rows.select_related("whistle__blown_by", "unit", "arrived_person").order_by("whistle_id", "id"))

    @cached_property
    def whistles(self) -> list[Whistle]:
        """The whistles, oldest first; each calls at least one unit, so they come with the calls."""
        return list({call.whistle_id: call.whistle for call in self.calls}.values())

    @cached_property
    def supervisions(self) -> list[Supervision]:
        """Supervisions, oldest first."""
        return list(self.case.supervisions.select_related("by").order_by("id"))

    @cached_property
    def appeals(self) -> list[Appeal]:
        """Appeals, oldest first."""
        return list(self.case.appeals.select_related("unit", "asked_by", "decided_by").order_by("id"))

    @cached_property
    def forwards(self) -> list[Forward]:
        """Questions to parties outside, oldest first."""
        return list(self.case.forwards.select_related("sent_by", "unit").order_by("id"))

    @property
    def running_forwards(self) -> list[Forward]:
        """Those neither answered nor taken back; one may have run out."""
        return [one for one in self.forwards if one.answered_at is None and one.taken_back_at is None]

    @property
    def pending_extension(self) -> Extension | None:
        """The extension nobody has decided yet."""
        return next((one for one in self.extensions if not one.verdict), None)

    @property
    def running_suspension(self) -> Suspension | None:
        """The suspension in force."""
        return next((one for one in self.suspensions if one.ended_at is None), None)

    @property
    def running_whistle(self) -> Whistle | None:
        """The whistle that has not been ended."""
        return next((one for one in self.whistles if one.ended_at is None), None)

    @property
    def calls_of_running(self) -> list[WhistleCall]:
        """The units called by the running whistle."""
        running = self.running_whistle
        return [call for call in self.calls if running is not None and call.whistle_id == running.pk]

    @property
    def pending_appeal(self) -> Appeal | None:
        """The appeal nobody has decided yet."""
        return next((one for one in self.appeals if not one.verdict), None)

    @property
    def unanswered_supervision(self) -> Supervision | None:
        """The oldest supervision still to be answered."""
        return next((one for one in self.supervisions if one.answered_at is None), None)

    def fits(self, step: str) -> bool:
        """Whether a step makes sense now: nothing can be granted that was not asked for."""
        asks = {
            "grant_extension": self._has_pending_extension, "refuse_extension": self._has_pending_extension,
            "extend": lambda: self.pending_extension is None,
            "whistle": lambda: self.running_whistle is None,
            "report_in": lambda: any(call.arrived_at is None for call in self.calls_of_running),
            "plan_jointly": lambda: self.running_whistle is not None,
            "end_whistle": lambda: self.running_whistle is not None,
            "score_whistle": lambda: any(call.score is None for call in self.calls),
            "answer_supervision": lambda: self.unanswered_supervision is not None,
            "appeal": lambda: self.pending_appeal is None,
            "decide_appeal": lambda: self.pending_appeal is not None,
            **dict.fromkeys(ON_FORWARD, lambda: bool(self.running_forwards)),
        }  # fmt: skip
        return asks[step]() if step in asks else True

    def _has_pending_extension(self) -> bool:
        return self.pending_extension is not None


def forget_sides(case: Case) -> None:
    """After a step: whoever holds on to the case object must not read what was so before it."""
    for name in ("_sides", "_handlers"):
        case.__dict__.pop(name, None)


def sides_of(case: Case) -> Sides:
    """The side affairs of a case, read once per case object."""
    known: Sides | None = getattr(case, "_sides", None)
    if known is None:
        known = case._sides = Sides(case)  # type: ignore[attr-defined]
    return known
