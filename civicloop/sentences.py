"""The sentence of every refusal, in the reader's language. Rules raise codes; only here are they spoken.

A sentence says what happened, and where it helps which rule it was and who could. Unknown codes still get a sentence: the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from civicloop.kernel.refusal import NotAllowed, Refused, StepRefused
from civicloop.spoken import REASONS, ROLES, STATES, STEPS, THINGS, UNITS_OF_TIME, VERBS

# Parts of a rule that keep people from judging what their own unit has done.
OWN_WORK = ("not own_unit", "not was_with_own_unit", "not of_serving_team")


def sentence(refused: Refused) -> str:
    """The refusal as a sentence in the active language."""
    if isinstance(refused, NotAllowed) and refused.code == "not_allowed":
        return _not_allowed(refused)
    template = REASONS.get(f"{_kind(refused)}.{refused.code}") or REASONS.get(refused.code)
    if template is None:
        return _("This cannot be done: %(code)s.") % {"code": refused.code}
    try:
        return str(template) % _told(refused)
    except (KeyError, TypeError, ValueError):
        return str(template)


def _not_allowed(refused: NotAllowed) -> str:
    verb = refused.verb.rpartition(".")[2]
    what = VERBS[refused.verb] if refused.verb in VERBS else STEPS.get(verb, verb)
    roles = _("，").join(str(ROLES[role]) for role in refused.who if role in ROLES)
    if refused.rule.startswith("not worked_on_it") or any(one in refused.rule for one in OWN_WORK):
        return _("You may not do this: %(what)s. Nobody judges his own unit's work. Who may: %(roles)s.") % {
            "what": what,
            "roles": roles,
        }
    if not roles:
        return _("You may not do this: %(what)s.") % {"what": what}
    return _("You may not do this: %(what)s. Who may: %(roles)s.") % {"what": what, "roles": roles}


def _kind(refused: Refused) -> str:
    """Which kind of loop it was: its own words come first."""
    return refused.kind if isinstance(refused, StepRefused) else str(refused.params.get("kind", ""))


def _told(refused: Refused) -> Mapping[str, Any]:
    told = {key: _spoken(key, value) for key, value in refused.params.items()}
    if isinstance(refused, StepRefused):
        told["step"] = str(STEPS.get(f"{refused.kind}.{refused.step}") or STEPS.get(refused.step) or refused.step)
        told["state"] = str(STATES.get(f"{refused.kind}.{refused.state}") or STATES.get(refused.state) or refused.state)
        told["missing"] = _("，").join(str(THINGS.get(one, one)) for one in refused.missing)
    return _Forgiving(told)


def _spoken(key: str, value: Any) -> Any:
    if key in ("field", "kind") and value in THINGS:
        return str(THINGS[value])
    if key == "unit" and value in UNITS_OF_TIME:
        return str(UNITS_OF_TIME[value])
    if key in ("role", "others"):
        roles = [value] if isinstance(value, str) else value
        return _("，").join(str(ROLES.get(one, one)) for one in roles)
    return _("，").join(map(str, value)) if isinstance(value, (list, tuple)) else value


class _Forgiving(dict[str, Any]):
    """A parameter that is missing leaves a gap, not a traceback."""

    def __missing__(self, key: str) -> str:
        return ""
