"""Addresses under /api/features; each holds with and without a slash at its end."""

from __future__ import annotations

from django.urls import re_path

from civicloop.api.features import views

_ONE = r"collections/(?P<name>[a-z]+)"
urlpatterns = [
    re_path(r"^/?$", views.landing, name="features"),
    re_path(r"^/conformance/?$", views.conformance, name="features_conformance"),
    re_path(r"^/api/?$", views.api, name="features_api"),
    re_path(r"^/collections/?$", views.collections, name="features_collections"),
    re_path(rf"^/{_ONE}/?$", views.collection, name="features_collection"),
    re_path(rf"^/{_ONE}/items/?$", views.items, name="features_items"),
    re_path(rf"^/{_ONE}/items/(?P<key>[^/]+)/?$", views.item, name="features_item"),
]
