"""All writes of field work."""

from civicloop.fieldwork.actions.applying import apply_entries, apply_waiting, photo_here
from civicloop.fieldwork.actions.receiving import Taken, receive
from civicloop.fieldwork.actions.settling import resend, retry, stand_alone, withdraw

__all__ = [
    "Taken", "apply_entries", "apply_waiting", "photo_here", "receive", "resend", "retry", "stand_alone", "withdraw",
]  # fmt: skip
