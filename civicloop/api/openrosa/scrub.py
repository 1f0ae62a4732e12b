"""Tokens that stand in addresses do not go into logs."""

from __future__ import annotations

import logging
import re

# A phone's token, a screen's, the secret of a question to somebody outside, and residents' codes and links.
_TOKEN = re.compile(
    r"/(or|f|screen/open|p/follow|p/mine|p/rate|p/survey|p/orders/follow|p/signup|p/certificate)/[^/\s\"'?]+"
)


def scrubbed(text: str) -> str:
    """The text with every phone's token and every link's secret taken out."""
    return _TOKEN.sub(r"/\1/…", text)


class Scrub(logging.Filter):
    """Takes tokens out of whatever a handler is about to write."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        if any(door in told for door in ("/or/", "/f/", "/screen/open/", "/p/")):
            record.msg, record.args = scrubbed(told), ()
        return True
