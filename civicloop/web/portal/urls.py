"""Addresses of the portal, under /p/. Each room names its own."""

from __future__ import annotations

from django.urls import include, path

from civicloop.web.portal import complain, follow, home, mapping, mine, orders, questions, report

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("orders", orders.orders, name="orders"),
    path("orders/", include("civicloop.web.portal.orders")),
    path("", include("civicloop.web.portal.events")),
    path("volunteer", include("civicloop.web.portal.joining")),
    path("privacy", home.privacy, name="privacy"),
    path("q/<slug:code>", report.plate, name="plate"),
    path("report", report.report, name="report"),
    path("report/suggest", report.suggest, name="suggest"),
    path("report/questions", questions.questions, name="questions"),
    path("report/near", report.near, name="near"),
    path("report/follow", report.follow, name="follow_near"),
    path("follow/<str:code>", follow.follow, name="follow"),
    path("follow/<str:code>/photos/<int:number>", follow.picture, name="follow_photo"),
    path("rate/<str:secret>", follow.rate, name="rate"),
    path("mine", mine.mine, name="mine"),
    path("mine/ask", mine.ask, name="mine_ask"),
    path("mine/report/<uuid:uid>", mine.one, name="mine_one"),
    path("mine/report/<uuid:uid>/photos/<int:number>", mine.picture, name="mine_photo"),
    path("mine/<str:secret>", mine.opened, name="mine_open"),
    path("complain", complain.complain, name="complain"),
    path("survey/", include("civicloop.web.portal.survey")),
    path("honours", include("civicloop.web.portal.honours")),
    path("map/base.json", mapping.base, name="base_map"),
    path("map/base.pmtiles", mapping.base_file, name="base_map_file"),
    path("map/where.json", mapping.where, name="where"),
    path("map/outlines.json", mapping.outlines, name="outlines"),
]
