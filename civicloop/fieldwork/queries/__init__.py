"""All reads of field work."""

from civicloop.fieldwork.queries.onphone import STEPS
from civicloop.fieldwork.queries.parcel import CaseInParcel, Parcel, parcel
from civicloop.fieldwork.queries.standing import (
    OVERLAP,
    PAGE,
    Now,
    Standing,
    entries_of,
    entry_of,
    for_support,
    known,
    standings,
)

__all__ = [
    "OVERLAP", "PAGE", "STEPS", "CaseInParcel", "Now", "Parcel", "Standing", "entries_of", "entry_of", "for_support", "known",
    "parcel", "standings",
]  # fmt: skip
