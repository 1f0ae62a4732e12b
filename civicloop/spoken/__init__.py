"""Words and sentences that several doors speak: steps, states, roles, fields, the reasons of refusals, what notices say."""

from civicloop.spoken.base import ROLES, UNITS_OF_TIME
from civicloop.spoken.rooms import REASONS, STATES, STEPS, THINGS
from civicloop.spoken.verbs import LEFT_OUT, NOTICES, VERBS

__all__ = ["LEFT_OUT", "NOTICES", "REASONS", "ROLES", "STATES", "STEPS", "THINGS", "UNITS_OF_TIME", "VERBS"]
