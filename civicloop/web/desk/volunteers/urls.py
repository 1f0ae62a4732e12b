"""Addresses of the volunteers' room, below `/volunteers/` and in the desk's own name space."""

from __future__ import annotations

from django.urls import path

from civicloop.web.desk.volunteers import (
    board,
    entering,
    events,
    hours,
    measures,
    menu,
    order,
    people,
    sites,
    steps,
    teams,
)  # fmt: skip

urlpatterns = [
    path("orders/new", entering.enter, name="volunteer_order_new"),
    path("orders/<uuid:uid>", order.order, name="volunteer_order"),
    path("orders/<uuid:uid>/requester", order.requester, name="volunteer_requester"),
    path("orders/<uuid:uid>/steps/<slug:step>", steps.step, name="volunteer_step"),
    path("dispatch", board.board, name="volunteer_board"),
    path("dispatch/propose", board.make, name="volunteer_propose"),
    path("dispatch/accept", board.accept, name="volunteer_accept"),
    path("dispatch/<uuid:uid>", board.edit, name="volunteer_edit"),
    path("teams", teams.teams, name="volunteer_teams"),
    path("teams/<uuid:uid>", teams.team, name="volunteer_team"),
    path("sites", sites.sites, name="volunteer_sites"),
    path("sites/<uuid:uid>", sites.site, name="volunteer_site"),
    path("menu", menu.menu, name="volunteer_menu"),
    path("menu/new", menu.make, name="volunteer_service_new"),
    path("menu/<uuid:uid>", menu.change, name="volunteer_service"),
    path("menu/<uuid:uid>/publish", menu.publish, name="volunteer_service_publish"),
    path("menu/<uuid:uid>/withdraw", menu.withdraw, name="volunteer_service_withdraw"),
    path("people", people.people, name="volunteer_people"),
    path("people/new", people.register, name="volunteer_register"),
    path("people/<uuid:uid>", people.person, name="volunteer_person"),
    path("people/<uuid:uid>/look", people.look, name="volunteer_look"),
    path("people/<uuid:uid>/join", people.join, name="volunteer_join"),
    path("people/<uuid:uid>/certificate", hours.certify, name="volunteer_certify"),
    path("events", events.listed, name="volunteer_events"),
    path("events/new", events.draft, name="volunteer_event_new"),
    path("events/<uuid:uid>", events.event, name="volunteer_event"),
    path("events/<uuid:uid>/<slug:step>", events.step, name="volunteer_event_step"),
    path("shifts/<uuid:uid>/code", events.code, name="volunteer_code"),
    path("shifts/<uuid:uid>/attendance", events.enter, name="volunteer_enter"),
    path("shifts/<uuid:uid>/hours", events.record, name="volunteer_record"),
    path("hours", hours.records, name="volunteer_hours"),
    path("hours/<uuid:uid>/void", hours.void, name="volunteer_void"),
    path("certificates/<uuid:uid>.pdf", hours.file, name="volunteer_certificate_file"),
    path("certificates/<uuid:uid>/revoke", hours.revoke, name="volunteer_revoke"),
    path("measures", measures.measures, name="volunteer_measures"),
]
