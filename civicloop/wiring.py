"""Every "when X happens, Y reacts", on one page; and every matter people are told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civicloop.bus import Fact
from civicloop.cases import tasks as cases
from civicloop.cases.actions.engine import CASES
from civicloop.cases.facts import CaseDispatched, CaseEnded, CaseReopened, CaseReported, CaseStepped
from civicloop.documents import tasks as documents
from civicloop.documents.facts import PaperAsked, PaperIssued
from civicloop.fieldwork import tasks as fieldwork
from civicloop.inspection import tasks as inspection
from civicloop.jobs import Task
from civicloop.loops import tasks as loops
from civicloop.loops.matters import Known
from civicloop.notify import tasks as notify
from civicloop.organisation.facts import CalendarChanged, GridsChanged, UnitMoved
from civicloop.photos import tasks as photos
from civicloop.photos.facts import PhotoStored
from civicloop.publicity import tasks as publicity
from civicloop.publicity.kinds import DISPLAYS, HONOURS
from civicloop.residents import tasks as residents
from civicloop.residents.facts import ComplaintStepped, ReopenAsked, ReportHeld
from civicloop.residents.kinds import COMPLAINTS
from civicloop.residents.matters import REPORTS
from civicloop.surveys.matters import OPINIONS
from civicloop.volunteers import dispatch_tasks
from civicloop.volunteers import tasks as volunteers
from civicloop.volunteers.facts import EventCancelled, EventChanged, OrderPooled, OrderStepped, SignUpMoved
from civicloop.volunteers.kinds import ORDERS
from civicloop.volunteers.matters import APPLICATIONS, EVENTS
from civicloop.volunteers.sweeps import run_out

LISTENERS: Mapping[type[Fact], Sequence[Task[Any]]] = {
    CaseReported: [cases.propose_unit_for],
    CaseDispatched: [cases.tell_unit],
    CaseStepped: [cases.tell_step],
    CaseReopened: [residents.settle_when_reopened, publicity.case_reopened],
    ReportHeld: [residents.tell_held],
    ReopenAsked: [residents.tell_reopen],
    ComplaintStepped: [residents.tell_complaint],
    CaseEnded: [cases.tell_end, publicity.case_ended],
    OrderPooled: [dispatch_tasks.propose_at_once],
    OrderStepped: [volunteers.tell_step, notify.tell_order_step],
    EventChanged: [notify.tell_event_changed],
    EventCancelled: [notify.tell_event_cancelled],
    SignUpMoved: [notify.tell_moved_up],
    CalendarChanged: [loops.recount_deadlines],
    GridsChanged: [cases.locate_again, dispatch_tasks.locate_again, publicity.locate_again],
    UnitMoved: [cases.let_units_above_see],
    PhotoStored: [photos.make_copies, inspection.photo_arrived, fieldwork.photo_arrived],
    PaperAsked: [documents.build_paper],
    PaperIssued: [documents.build_paper],
}

# Kinds of loop, and what is none but told of all the same; before the ladder looks at orders, what has run out runs out.
MATTERS: Sequence[Known] = (
    Known(CASES), Known(ORDERS, first=run_out), Known(COMPLAINTS), Known(DISPLAYS), Known(HONOURS), Known(EVENTS),
    Known(REPORTS), Known(APPLICATIONS), Known(OPINIONS),
)  # fmt: skip
