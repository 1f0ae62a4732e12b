"""Addresses of the residents' desk."""

from __future__ import annotations

from django.urls import path

from civicloop.web.desk.residents import complaints, keeping, plates, queue

urlpatterns = [
    path("residents", queue.queue, name="residents"),
    path("residents/reports/<uuid:uid>/contact", queue.contact, name="residents_contact"),
    path("residents/reports/<uuid:uid>/photos/<str:sha256>", queue.photo, name="residents_photo"),
    path("residents/reports/<uuid:uid>/<slug:verb>", queue.decide, name="residents_decide"),
    path("residents/complaints", complaints.listing, name="complaints"),
    path("residents/complaints/<uuid:uid>", complaints.complaint, name="complaint"),
    path("residents/complaints/<uuid:uid>/<slug:name>", complaints.step, name="complaint_step"),
    path("residents/plates", plates.plates, name="plates"),
    path("residents/plates/sheet", plates.sheet, name="plates_sheet"),
    path("residents/plates/<slug:code>.svg", plates.svg, name="plate_svg"),
    path("residents/plates/<uuid:uid>/retire", plates.retire, name="plate_retire"),
    path("residents/keeping", keeping.keeping, name="residents_keeping"),
    path("residents/keeping/words", keeping.block_word, name="residents_block"),
    path("residents/blocks/<uuid:uid>/lift", keeping.lift, name="residents_lift"),
]
