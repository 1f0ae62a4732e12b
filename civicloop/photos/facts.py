"""What photos tell the rest of the house."""

from __future__ import annotations

from dataclasses import dataclass

from civicloop.bus import Fact


@dataclass(frozen=True, slots=True)
class PhotoStored(Fact):
    """A picture that was not known before is kept now, file and row; or somebody else has sent it as well."""

    sha256: str
