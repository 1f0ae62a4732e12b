"""Phone and identity numbers that people typed into texts are made unreadable on paper: a paper travels further than its page."""

from __future__ import annotations

from civicloop.kernel.masking import masked, without_numbers

__all__ = ["masked", "without_numbers"]
