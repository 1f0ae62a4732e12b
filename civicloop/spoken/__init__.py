"""Words and sentences that several doors speak: steps, states, roles, fields, the reasons of refusals, what notices say."""

import civicloop.spoken.places  # noqa: F401  (its words join the tables)
from civicloop.spoken.base import ROLES, UNITS_OF_TIME
from civicloop.spoken.dispatch import FELL, FORCED, SIEVE_WORDS, SKIPPED, WHY, WHY_NOT
from civicloop.spoken.hours import AGE_BANDS, CONFIRMED_BY
from civicloop.spoken.orders import ORDER_STATES, ORDER_STEPS
from civicloop.spoken.publicity import DISPLAY_STATES, DISPLAY_STEPS, HONOUR_STATES, HONOUR_STEPS
from civicloop.spoken.residents import COMPLAINT_STATES, COMPLAINT_STEPS
from civicloop.spoken.rooms import REASONS, STATES, STEPS, THINGS
from civicloop.spoken.verbs import LEFT_OUT, NOTICES, VERBS

__all__ = [
    "AGE_BANDS", "COMPLAINT_STATES", "COMPLAINT_STEPS", "CONFIRMED_BY", "DISPLAY_STATES", "DISPLAY_STEPS", "FELL", "FORCED",
    "HONOUR_STATES", "HONOUR_STEPS", "LEFT_OUT", "NOTICES", "ORDER_STATES", "ORDER_STEPS", "REASONS", "ROLES",
    "SIEVE_WORDS", "SKIPPED", "STATES", "STEPS", "THINGS", "UNITS_OF_TIME", "VERBS", "WHY", "WHY_NOT",
]  # fmt: skip
