from civicloop.organisation.models.calendar import CalendarDay, WorkCalendar
from civicloop.organisation.models.people import ApiToken, Appointment, Person
from civicloop.organisation.models.places import Area, DutyGrid, Grid, Point
from civicloop.organisation.models.preference import Preference
from civicloop.organisation.models.revision import Revision
from civicloop.organisation.models.units import Unit

__all__ = [
    "ApiToken", "Appointment", "Area", "CalendarDay", "DutyGrid", "Grid", "Person", "Point", "Preference", "Revision", "Unit",
    "WorkCalendar",
]  # fmt: skip
