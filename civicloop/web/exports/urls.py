"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from civicloop.web.exports import views

urlpatterns = [
    path("", views.exports, name="exports"),
    path("<slug:kind>", views.ask, name="export_ask"),
    path("<uuid:uid>/page", views.page, name="export_page"),
    path("<uuid:uid>/file", views.file, name="export_file"),
]
