"""Addresses behind a phone's token."""

from __future__ import annotations

from django.urls import path

from civicloop.api.openrosa import views

app_name = "openrosa"
FORM = "forms/<str:form_id>/<str:version>"
urlpatterns = [
    path("formList", views.form_list, name="form_list"),
    path(f"{FORM}.xml", views.form_xml, name="form"),
    path(f"{FORM}/manifest", views.manifest, name="manifest"),
    path(f"{FORM}/media/<str:name>", views.media, name="media"),
    path("submission", views.submission, name="submission"),
    path("", views.nothing_here, name="root"),
    path("<path:rest>", views.nothing_here, name="nothing"),
]
