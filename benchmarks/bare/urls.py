"""One address, which keeps what it is given."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone

from benchmarks.bare.models import Row


def insert(request: HttpRequest) -> HttpResponse:
    """One row, one transaction."""
    with transaction.atomic():
        row = Row.objects.create(at=timezone.now(), text=request.body.decode())
    return HttpResponse(b'{"id":%d}' % row.pk, status=201, content_type="application/json")


urlpatterns = [path("", insert)]
