"""All addresses: the doors for machines under /api/v1/ and /or/, the desk at the root."""

from django.urls import include, path

from civicloop.api import door

urlpatterns = [
    path("api/v1/", door.urls()),
    path("or/<str:token>/", include("civicloop.api.openrosa.urls")),
    path("", include("civicloop.web.urls")),
]
