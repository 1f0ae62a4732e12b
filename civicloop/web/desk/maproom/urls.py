"""Addresses of the map room; they belong to the desk."""

from __future__ import annotations

from django.urls import path

from civicloop.web.desk.maproom import editing, page, screen

urlpatterns = [
    path("map", page.page, name="map"),
    path("map/base.json", page.base, name="base_map"),
    path("map/base.pmtiles", page.base_file, name="base_map_file"),
    path("grids/edit", editing.edit, name="grids_edit"),
    path("screen", screen.page, name="screen"),
    path("screen/data.json", screen.data, name="screen_data"),
    path("screen/towns.json", screen.towns, name="screen_towns"),
    path("screen/open/<str:token>", screen.open_with, name="screen_open"),
]
