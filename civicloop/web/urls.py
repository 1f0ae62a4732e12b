"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from civicloop.web.desk import case, cases, entrance, inbox, numbers, people, photos, report, steps, units

app_name = "desk"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("notices", inbox.notices, name="notices"),
    path("notices/seen", inbox.seen, name="notices_seen"),
    path("login", entrance.Login.as_view(), name="login"),
    path("logout", entrance.logout, name="logout"),
    path("language", entrance.language, name="language"),
    path("cases", cases.cases, name="cases"),
    path("cases.csv", cases.export, name="export"),
    path("cases/new", report.choose, name="report"),
    path("cases/new/similar", report.similar, name="similar"),
    path("cases/new/<uuid:category>", report.report, name="report_form"),
    path("cases/<uuid:uid>", case.case, name="case"),
    path("cases/<uuid:uid>/follow", steps.follow, name="follow"),
    path("cases/<uuid:uid>/ledger", case.ledger, name="case_ledger"),
    path("cases/<uuid:uid>/steps/<slug:step>", steps.step, name="step"),
    path("photos/<str:sha256>/<slug:size>", photos.photo, name="photo"),
    path("people", people.people, name="people"),
    path("people/<uuid:uid>", people.person, name="person"),
    path("people/<uuid:uid>/contact", people.contact, name="contact"),
    path("units", units.units, name="units"),
    path("units/<uuid:uid>", units.unit, name="unit"),
    path("gaps", units.gaps, name="gaps"),
    path("numbers", numbers.numbers, name="numbers"),
]
