"""Voluntary service (文明实践志愿服务): the five levels, teams, volunteers, menus and events, and the order loop.

Owns: PracticeSite, Team, Volunteer, ServiceKind, Project, Event with shifts, Order (a loop), ServiceRecord and Certificate.
Asks: loops (the engine), organisation, standards (calendars, parameters), photos.
Tells: that an order has moved or ended.
"""
