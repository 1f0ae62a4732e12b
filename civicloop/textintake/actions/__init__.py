"""What is done with texts: read and keep, file, drop; train the classifier."""

from civicloop.textintake.actions.taking import drop, file, take_in
from civicloop.textintake.actions.training import train

__all__ = ["drop", "file", "take_in", "train"]
