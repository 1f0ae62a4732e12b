"""Refusals that carry their reason.

A refusal is an exception with a `code` and `params`; it never holds a sentence. The door (page, API, importer) writes the
sentence in the asker's language with `civicloop.sentences`, so that one rule reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Refused(Exception):
    """Something was asked that a rule forbids. `status` is the HTTP status a door answers with."""

    status = 400

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, Any] = params

    def __str__(self) -> str:
        told = ", ".join(f"{key}={value!r}" for key, value in sorted(self.params.items()))
        return f"{self.code}({told})"


class Invalid(Refused):
    """What came in cannot be taken as it is; `field` names the part at fault."""

    status = 422

    def __init__(self, field: str, code: str, /, **params: Any) -> None:
        super().__init__(code, **params)
        self.field = field


class TooLarge(Invalid):
    """More bytes, pixels or rows than the door accepts."""

    status = 413


class NotAllowed(Refused):
    """Policy says no. `verb` is what was tried, `rule` the row of the policy table that refused, `who` the roles that could.

    `about` is the (kind, uid) of the loop or object, so that the ledger can keep the refusal beside the object it is about.
    """

    status = 403

    def __init__(
        self, verb: str, rule: str, *, who: Iterable[str] = (), about: tuple[str, str] | None = None, by: Any = None
    ) -> None:
        super().__init__("not_allowed", verb=verb, rule=rule, who=tuple(who))
        self.verb = verb
        self.rule = rule
        self.who = tuple(who)
        self.about = about
        self.by = by
        self.recorded = False


class NotFound(Refused):
    """No such thing, or none that the asker may see: the answer does not tell which."""

    status = 404

    def __init__(self, kind: str, key: Any) -> None:
        super().__init__("not_found", kind=kind, key=str(key))


class Conflict(Refused):
    """The same thing was done already, or done with other content."""

    status = 409


class StepRefused(Conflict):
    """The loop is not in a state from which this step can be taken, or the step lacks what it needs.

    `kind` is the kind of loop, once the engine knows it: the same name means different things to a case and an order.
    """

    kind = ""

    def __init__(self, step: str, state: str, *, missing: Iterable[str] = (), code: str = "", **params: Any) -> None:
        missing = tuple(sorted(missing))
        super().__init__(
            code or ("step_needs" if missing else "step_not_from_here"),
            step=step,
            state=state,
            missing=missing,
            **params,
        )
        self.step = step
        self.state = state
        self.missing = missing


class Stale(Refused):
    """The asker looked at an older version than the one kept now."""

    status = 412

    def __init__(self, *, expected: str, present: str) -> None:
        super().__init__("stale", expected=expected, present=present)


def as_record(refused: Refused) -> Mapping[str, Any]:
    """The refusal as plain data, for the ledger and for row reports."""
    return {"code": refused.code, **{key: _plain(value) for key, value in refused.params.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
