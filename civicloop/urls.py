"""All addresses: the doors for machines under /api/v1/ and /or/, the phone under /field/, residents under /p/, the desk at the
root."""

from django.urls import include, path

from civicloop.api import door
from civicloop.api.open311 import urls as open311

urlpatterns = [
    path("api/v1/", door.urls()),
    path("api/tiles/", include("civicloop.api.tiles")),
    path("api/features", include("civicloop.api.features.urls")),
    path("or/<str:token>/", include("civicloop.api.openrosa.urls")),
    path("open311/", include(open311.above)),
    path("open311/v2/", include(open311.production)),
    path("open311/test/v2/", include(open311.trying_out)),
    path("field/", include("civicloop.web.field.urls")),
    path("p/", include("civicloop.web.portal.urls")),
    path("", include("civicloop.web.urls")),
]
