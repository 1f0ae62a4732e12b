"""All that is written in residents' affairs. `by` is a person at the desk; residents have none: the door checks their code."""

from civicloop.residents.actions.asking import (
    ask_how_content,
    ask_link,
    claim_message,
    find_link,
    open_link,
    rate,
    settle_message,
    waiting_messages,
)
from civicloop.residents.actions.contacts import Contact
from civicloop.residents.actions.following import (
    ask_reopen,
    follow_case,
    grant_reopen,
    refuse_reopen,
    reopen_until,
    settle_reopened,
)
from civicloop.residents.actions.moderating import (
    accept_photo,
    accept_report,
    block,
    hide_photo,
    lift_block,
    refuse_report,
)
from civicloop.residents.actions.plates import make_plate, retire_plate
from civicloop.residents.actions.reporting import MOST_PHOTOS, Problem, Received, placed, plate_of, receive
from civicloop.residents.actions.retaining import retain

__all__ = [
    "MOST_PHOTOS",
    "Contact",
    "Problem",
    "Received",
    "accept_photo",
    "accept_report",
    "ask_how_content",
    "ask_link",
    "ask_reopen",
    "block",
    "claim_message",
    "find_link",
    "follow_case",
    "grant_reopen",
    "hide_photo",
    "lift_block",
    "make_plate",
    "open_link",
    "placed",
    "plate_of",
    "rate",
    "receive",
    "refuse_reopen",
    "refuse_report",
    "reopen_until",
    "retain",
    "retire_plate",
    "settle_message",
    "settle_reopened",
    "waiting_messages",
]  # fmt: skip
