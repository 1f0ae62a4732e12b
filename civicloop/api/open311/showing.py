"""A case as the world sees it, made from columns: two statements for a list, however long, three with `extensions=true`.

Never shown: who reported, who worked, what staff wrote, answers in free words and of programs, photos that nobody has looked at,
and of a case that was voided its words and photos. Numbers that could be somebody's phone or identity are masked in what is shown.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django.db.models import Case as Choice
from django.db.models import F, OuterRef, QuerySet, Subquery, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.api.open311.services import LIST_KINDS, asked, named
from civicloop.api.open311.writing import plain
from civicloop.cases.models import Case, CaseStep
from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.residents import open311words
from civicloop.residents.models import Open311Request, ReportPhoto
from civicloop.residents.queries.open311services import services_of
from civicloop.residents.rules.open311 import ENDED, TOLD, number_of, status_of, w3c
from civicloop.residents.rules.telling import for_everybody
from civicloop.standards.categories import QuestionInfo
from civicloop.standards.reference import Reference

Row = Mapping[str, Any]
Step = Mapping[str, Any]
Photo = tuple[str, int, int, datetime]
COLUMNS = (
    "id", "state", "category_id", "unit_id", "description", "address", "reported_at", "due_at", "ended_at", "lat", "lon",
    "merged_into_id", "changed_at",
)  # fmt: skip
FURTHER = ("answers", "source", "dispatched_at", "sent_by")
# The step whose sentence names a unit.
NAMING = "dispatch"
OPEN_ANSWERS = (*LIST_KINDS, "number", "datetime")
AXIS_M = 6_378_137.0
"""Half the long axis of WGS-84, metres: the ball of EPSG:3857."""


@dataclass
class Shown:
    """What a list of requests is written with: names by number, and what was read beside the rows."""

    ref: Reference
    zone: tzinfo
    root: str
    extended: bool = False
    # Private requests, told to the program that sent them.
    private: frozenset[int] = frozenset()
    photos: Mapping[int, Sequence[Photo]] = field(default_factory=dict)
    notes: Mapping[int, Sequence[Step]] = field(default_factory=dict)
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)

    def service(self, category_id: int) -> tuple[str, str]:
        """Code and name of a service."""
        found = self.names.get(category_id)
        if found is None:
            code = services_of(self.ref).codes[category_id]
            found = self.names[category_id] = code, plain(self.ref.categories.by_id(category_id).label)
        return found


def rows_of(cases: QuerySet[Case], extended: bool) -> list[Row]:
    """The columns that are shown: one statement."""
    last = CaseStep.objects.filter(case=OuterRef("pk"), seq=OuterRef("version")).order_by().values("at")[:1]
    rows = cases.annotate(changed_at=Subquery(last))
    if not extended:
        return list(rows.values(*COLUMNS))
    program = Open311Request.objects.filter(report__case=OuterRef("pk")).order_by("pk").values("key__client")[:1]
    return list(rows.annotate(sent_by=Subquery(program)).values(*COLUMNS, *FURTHER))


def requests_of(
    request: HttpRequest, rows: Sequence[Row], ref: Reference, *, extended: bool = False,
    private: frozenset[int] = frozenset(),
) -> list[dict[str, Any]]:  # fmt: skip
    """The requests of these rows; `private` are those that only the asker may see: their photos are shown nowhere."""
    numbers = [row["id"] for row in rows]
    shown = Shown(
        ref, timezone.get_default_timezone(), request.build_absolute_uri(reverse("open311:root")), extended, private,
        photos_of(number for number in numbers if number not in private), notes_of(numbers) if extended else {},
    )  # fmt: skip
    return [request_of(row, shown) for row in rows]


def request_of(row: Row, shown: Shown) -> dict[str, Any]:
    """One request, its fields in the order of the standard."""
    code, name = shown.service(row["category_id"])
    number, state = row["id"], row["state"]
    voided = state == "voided"
    unit = shown.ref.org.units.get(row["unit_id"])
    due = row["due_at"]
    told = {
        "service_request_id": number_of(number),
        "status": status_of(state),
        "status_notes": open311words.stands(state, number=number_of(row["merged_into_id"] or 0)),
        "service_name": name,
        "service_code": code,
        "description": None if voided else _open_text(row["description"]),
        "agency_responsible": unit.name if unit else None,
        "service_notice": None,
        "requested_datetime": w3c(row["reported_at"], shown.zone),
        "updated_datetime": w3c(changed(row), shown.zone),
        "expected_datetime": w3c(due, shown.zone) if due else None,
        "address": None if voided else _open_text(row["address"]),
        "address_id": None,
        "zipcode": None,
        "lat": None if voided else row["lat"],
        "long": None if voided else row["lon"],
        "media_url": None if voided else _media(number, shown),
    }
    return {**told, **_extended(row, shown, voided)} if shown.extended else told


def changed(row: Row) -> datetime:
    """When a request last changed: for what has ended, when it ended."""
    moment: datetime = row["ended_at"] if row["state"] in ENDED and row["ended_at"] else row["changed_at"]
    return moment or row["reported_at"]


def _open_text(text: str) -> str | None:
    return for_everybody(plain(text)) or None if text else None


def picture(root: str, number: int, sha256: str) -> str:
    """The address of a picture's copy for the world."""
    return f"{root}media/{number_of(number)}/{sha256}.jpg"


def _media(number: int, shown: Shown) -> str | list[str] | None:
    found = shown.photos.get(number)
    if not found:
        return None
    addresses = [picture(shown.root, number, sha256) for sha256, *_ in found]
    return addresses[0] if len(addresses) == 1 else addresses


def photos_of(numbers: Iterable[int]) -> dict[int, list[Photo]]:
    """The photos a moderator has accepted, of each case: one statement."""
    found: dict[int, list[Photo]] = defaultdict(list)
    rows = ReportPhoto.objects.filter(state="accepted", report__case__in=list(numbers)).order_by("id")
    columns = ("report__case_id", "photo_id", "photo__width", "photo__height", "report__received_at")
    for case_id, sha256, width, height, at in rows.values_list(*columns):
        found[case_id].append((sha256, width, height, at))
    return found


def notes_of(numbers: Iterable[int]) -> dict[int, list[Step]]:
    """The steps told to the public, of each case, oldest first: one statement."""
    found: dict[int, list[Step]] = defaultdict(list)
    # The names are sorted out here: asked for by name, SQLite would walk through all steps of that name in the city.
    rows = CaseStep.objects.filter(case__in=list(numbers)).order_by("case", "seq")
    # What stands in the steps is read of those alone that name a unit.
    rows = rows.annotate(named=Choice(When(name=NAMING, then=F("data"))))
    for row in rows.values("case_id", "name", "at", "named", "case__merged_into_id"):
        if row["name"] in TOLD:
            found[row["case_id"]].append(row)
    return found


def said(step: Step, ref: Reference) -> str:
    """What the public is told of a step, in a sentence of the house."""
    unit = ref.org.by_code(str(step["named"].get("unit", ""))) if step["named"] else None
    merged = step["case__merged_into_id"]
    return open311words.told(step["name"], unit=unit.name if unit else "", number=number_of(merged) if merged else "")


def _extended(row: Row, shown: Shown, voided: bool) -> dict[str, Any]:
    category = shown.ref.categories.by_id(row["category_id"])
    photos = () if voided else shown.photos.get(row["id"], ())
    notes = [_note(one, shown) for one in shown.notes.get(row["id"], ())]
    channel, sent_at = str(SOURCE_LABELS.get(row["source"], row["source"])), row["dispatched_at"]
    submitted = _("Submitted") if photos else ""
    x, y = mercator(row["lon"], row["lat"]) if row["lon"] is not None and not voided else (None, None)
    pictures = [
        {
            "media_url": picture(shown.root, row["id"], sha256), "title": submitted, "width": width, "height": height,
            "orientation": "landscape" if width >= height else "portrait", "created_at": w3c(at, shown.zone),
        }
        for sha256, width, height, at in photos
    ]  # fmt: skip
    return {
        "attributes": [one for question in category.asked if (one := _answer(question, row["answers"], voided))],
        "extended_attributes": {"channel": channel, "x": x, "y": y, "photos": pictures},
        "notes": notes,
        "interface_used": row["sent_by"] or channel,
        "agency_sent_datetime": w3c(sent_at, shown.zone) if sent_at else None,
        "comment_count": len(notes),
        "non_public": row["id"] in shown.private,
    }


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """The place in metres of Web Mercator (EPSG:3857), to the decimetre; beyond 85 degrees it ends."""
    north = math.radians(max(-85.0, min(85.0, lat)))
    return round(AXIS_M * math.radians(lon), 1), round(AXIS_M * math.asinh(math.tan(north)), 1)


def _answer(question: QuestionInfo, answers: Mapping[str, Any], voided: bool) -> dict[str, Any] | None:
    """An answer from a list, a number or a moment. What somebody wrote in free words may name people and stays here."""
    if voided or question.code not in answers or question.datatype not in OPEN_ANSWERS:
        return None
    given = answers[question.code]
    values = given if isinstance(given, list) else [given]
    names = {str(value["key"]): named(value) for value in question.values}
    return {
        "label": plain(asked(question)),
        "code": question.code,
        "name": "; ".join(names.get(str(value), str(value)) for value in values),
        "value": ",".join(str(value) for value in values),
    }


def _note(step: Step, shown: Shown) -> dict[str, Any]:
    name = step["name"]
    # Most sentences name nothing and are the same each time.
    if step["named"] or step["case__merged_into_id"]:
        sentence = said(step, shown.ref)
    else:
        sentence = shown.sentences.get(name) or shown.sentences.setdefault(name, said(step, shown.ref))
    return {"datetime": w3c(step["at"], shown.zone), "description": sentence, "type": TOLD[name]}
