"""Every "when X happens, Y reacts", on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civicloop.bus import Fact
from civicloop.cases import tasks as cases
from civicloop.cases.facts import CaseDispatched, CaseEnded, CaseReported, CaseStepped
from civicloop.documents import tasks as documents
from civicloop.documents.facts import PaperAsked, PaperIssued
from civicloop.fieldwork import tasks as fieldwork
from civicloop.inspection import tasks as inspection
from civicloop.jobs import Task
from civicloop.organisation.facts import CalendarChanged, GridsChanged, UnitMoved
from civicloop.photos import tasks as photos
from civicloop.photos.facts import PhotoStored
from civicloop.publicity import tasks as publicity
from civicloop.residents import tasks as residents
from civicloop.residents.facts import ComplaintStepped, ReopenAsked
from civicloop.volunteers import dispatch_tasks
from civicloop.volunteers import tasks as volunteers
from civicloop.volunteers.facts import OrderPooled, OrderStepped

LISTENERS: Mapping[type[Fact], Sequence[Task[Any]]] = {
    CaseReported: [cases.propose_unit_for],
    CaseDispatched: [cases.tell_unit],
    CaseStepped: [cases.tell_step, residents.settle_when_reopened],
    ReopenAsked: [residents.tell_reopen],
    ComplaintStepped: [residents.tell_complaint],
    CaseEnded: [cases.tell_end, publicity.case_ended],
    OrderPooled: [dispatch_tasks.propose_at_once],
    OrderStepped: [volunteers.tell_step],
    CalendarChanged: [cases.recount_deadlines, volunteers.recount_deadlines],
    GridsChanged: [cases.locate_again],
    UnitMoved: [cases.let_units_above_see],
    PhotoStored: [photos.make_copies, inspection.photo_arrived, fieldwork.photo_arrived],
    PaperAsked: [documents.build_paper],
    PaperIssued: [documents.build_paper],
}
