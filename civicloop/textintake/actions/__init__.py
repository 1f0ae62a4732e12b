"""What is done with texts: read and keep, report, drop, let go when their time is over; train the classifier."""

from civicloop.textintake.actions.retaining import retain
from civicloop.textintake.actions.taking import drop, file, report_part, take_in
from civicloop.textintake.actions.training import train

__all__ = ["drop", "file", "report_part", "retain", "take_in", "train"]
