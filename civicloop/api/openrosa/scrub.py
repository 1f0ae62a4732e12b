"""Tokens that stand in addresses do not go into logs."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"/or/[^/\s\"'?]+")


def scrubbed(text: str) -> str:
    """The text with every phone's token taken out."""
    return _TOKEN.sub("/or/…", text)


class Scrub(logging.Filter):
    """Takes tokens out of whatever a handler is about to write."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        if "/or/" in told:
            record.msg, record.args = scrubbed(told), ()
        return True
