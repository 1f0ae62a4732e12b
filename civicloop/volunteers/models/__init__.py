"""Tables of voluntary service."""

from civicloop.volunteers.models.applying import Application
from civicloop.volunteers.models.events import Attendance, Event, Shift, SignUp
from civicloop.volunteers.models.hours import Certificate, CertificateCounter, ServiceRecord
from civicloop.volunteers.models.orders import (
    DispatchEdit,
    Order,
    OrderAlarm,
    OrderEvidence,
    OrderRefusal,
    OrderStep,
    Proposal,
    Requester,
)
from civicloop.volunteers.models.people import Membership, Project, Volunteer
from civicloop.volunteers.models.places import DaysAway, PracticeSite, ServiceKind, Skill, Team

__all__ = [
    "Application", "Attendance", "Certificate", "CertificateCounter", "DaysAway", "DispatchEdit", "Event", "Membership", "Order",
    "OrderAlarm", "OrderEvidence", "OrderRefusal", "OrderStep", "PracticeSite", "Project", "Proposal", "Requester", "ServiceKind",
    "ServiceRecord", "Shift", "SignUp", "Skill", "Team", "Volunteer",
]  # fmt: skip
