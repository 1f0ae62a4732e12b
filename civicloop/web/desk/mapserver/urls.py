"""Addresses of the map's parts; they belong to the desk."""

from __future__ import annotations

from django.urls import path

from civicloop.web.desk.mapserver import data, listing, ratelist, tiles

urlpatterns = [
    path("tiles/cases/<int:z>/<int:x>/<int:y>.mvt", tiles.cases, name="tiles_cases"),
    path("tiles/points/<int:z>/<int:x>/<int:y>.mvt", tiles.points, name="tiles_points"),
    path("map/grids.json", data.grids, name="map_grids"),
    path("map/rates.json", data.rates, name="map_rates"),
    path("map/case/<uuid:uid>", listing.case, name="map_case"),
    path("map/rates", ratelist.rates, name="map_rate_list"),
    path("map/list", listing.cases, name="map_list"),
]
