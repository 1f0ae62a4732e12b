"""Addresses of the edit pages, below `/edit/` and in the desk's own name space."""

from __future__ import annotations

from django.urls import path

from civicloop.web.desk import messages as robots_pages
from civicloop.web.desk.edit import calendars, categories, parameters, people, places, units

urlpatterns = [
    path("units/new", units.add, name="edit_unit_new"),
    path("units/<uuid:uid>", units.change, name="edit_unit"),
    path("people/new", people.add, name="edit_person_new"),
    path("people/<uuid:uid>", people.change, name="edit_person"),
    path("people/<uuid:uid>/password", people.password, name="edit_password"),
    path("people/<uuid:uid>/appoint", people.appoint, name="edit_appoint"),
    path("people/<uuid:uid>/tokens", people.token, name="edit_token"),
    path("people/<uuid:uid>/tokens/<int:number>/revoke", people.revoke, name="edit_token_revoke"),
    path("appointments/<uuid:uid>/end", people.end, name="edit_appointment_end"),
    path("categories", categories.categories, name="edit_categories"),
    path("categories/<uuid:uid>", categories.category, name="edit_category"),
    path("categories/<uuid:uid>/change", categories.change, name="edit_category_change"),
    path("categories/<uuid:uid>/questions/new", categories.question, name="edit_question_new"),
    path("categories/<uuid:uid>/questions/<str:code>", categories.question, name="edit_question"),
    path("limits/<int:number>/<str:area_class>", categories.limit, name="edit_limit"),
    path("calendars", calendars.calendars, name="edit_calendars"),
    path("calendars/<str:code>/hours", calendars.hours, name="edit_calendar_hours"),
    path("calendars/<str:code>/day", calendars.day, name="edit_calendar_day"),
    path("calendars/<str:code>/year", calendars.announce, name="edit_calendar_year"),
    path("parameters", parameters.parameters, name="edit_parameters"),
    path("parameters/<str:name>", parameters.change, name="edit_parameter"),
    path("points/new", places.add_point, name="edit_point_new"),
    path("messages", robots_pages.choose, name="choose_messages"),
    path("robots", robots_pages.robots, name="edit_robots"),
    path("robots/new", robots_pages.robot, name="edit_robot_new"),
    path("robots/<uuid:uid>", robots_pages.robot, name="edit_robot"),
    path("points", places.listed, {"which": "points"}, name="edit_points"),
    path("areas", places.listed, {"which": "areas"}, name="edit_areas"),
    path("duty-grids", places.listed, {"which": "duty-grids"}, name="edit_duty_grids"),
    path("<slug:which>", places.listed, name="edit_places"),
    path("<slug:which>/<uuid:uid>", places.change, name="edit_place"),
]
