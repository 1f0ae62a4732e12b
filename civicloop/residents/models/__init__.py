"""Tables of residents."""

from civicloop.residents.models.complaints import Complaint, ComplaintAlarm, ComplaintStep
from civicloop.residents.models.counts import RequestCount
from civicloop.residents.models.open311 import (
    Open311Key,
    Open311Push,
    Open311Request,
    Open311Subscription,
    Open311Update,
)
from civicloop.residents.models.people import Block, MineLink, Reporter, ResidentMessage
from civicloop.residents.models.plates import Plate
from civicloop.residents.models.reports import Feedback, Following, ReopenRequest, Report, ReportPhoto

__all__ = [
    "Block", "Complaint", "ComplaintAlarm", "ComplaintStep", "Feedback", "Following", "MineLink",
    "Open311Key", "Open311Push", "Open311Request", "Open311Subscription", "Open311Update", "Plate", "ReopenRequest",
    "Report", "ReportPhoto", "Reporter", "RequestCount", "ResidentMessage",
]  # fmt: skip
