"""All addresses: the doors for machines under /api/v1/ and /or/, the phone under /field/, the desk at the root."""

from django.urls import include, path

from civicloop.api import door

urlpatterns = [
    path("api/v1/", door.urls()),
    path("api/tiles/", include("civicloop.api.tiles")),
    path("api/features", include("civicloop.api.features.urls")),
    path("or/<str:token>/", include("civicloop.api.openrosa.urls")),
    path("field/", include("civicloop.web.field.urls")),
    path("", include("civicloop.web.urls")),
]
