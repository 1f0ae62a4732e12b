"""Addresses of the phone program."""

from __future__ import annotations

from django.urls import path

from civicloop.web.field import carrying, sending, shell

app_name = "field"
urlpatterns = [
    path("", shell.shell, name="shell"),
    path("sw.js", shell.worker, name="worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("words/<slug:language>.json", shell.words, name="words"),
    path("ping", carrying.ping, name="ping"),
    path("parcel", carrying.parcel, name="parcel"),
    path("entries", sending.entries, name="entries"),
    path("entries/<uuid:uid>/settle", sending.settle, name="settle"),
    path("photos/<str:sha256>", sending.photo, name="photo"),
    path("voices/<str:sha256>", sending.voice, name="voice"),
]
