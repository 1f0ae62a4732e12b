"""What somebody typed, as everybody may read it."""

from __future__ import annotations

from civicloop.kernel.masking import without_contacts, without_numbers
from civicloop.textintake.rules.masking import is_harmless, without_names


def for_everybody(text: str) -> str:
    """The text without names of callers, telephone, identity and other long numbers, number plates, mail and chat names, homes.

    Names are known by what stands beside them (我叫, 联系人, a title, a telephone); one that stands alone is not. Who works on the
    case reads the text as it was typed, but for the numbers masked at the door: the plate of a car that stands in the way he needs.
    """
    return text if is_harmless(text) else without_numbers(without_contacts(without_names(text)))
