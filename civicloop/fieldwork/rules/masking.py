"""Numbers of persons in free text: made unreadable before the text goes onto a phone, which may be lost."""

from __future__ import annotations

from civicloop.kernel.masking import masked

__all__ = ["masked"]
