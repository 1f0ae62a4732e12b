"""A case as the world sees it, made from columns (`rows`).

Never shown: who reported, who worked, what staff wrote, answers in free words and of programs, photos that nobody has looked at,
and of a case that was voided its words and photos. Numbers that could be somebody's phone or identity are masked in what is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.api.open311.rows import Photo, Row, Step, notes_of, photos_of, pictures_of, points_of
from civicloop.api.open311.services import LIST_KINDS, asked, named
from civicloop.api.open311.writing import plain
from civicloop.cases.models.case import SOURCE_LABELS
from civicloop.residents import open311words
from civicloop.residents.queries.open311services import services_of
from civicloop.residents.rules.open311 import ENDED, TOLD, number_of, status_of, w3c, w3c_second
from civicloop.residents.rules.telling import for_everybody
from civicloop.standards.categories import QuestionInfo
from civicloop.standards.reference import Reference

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
    pictures: Mapping[int, Sequence[str]] = field(default_factory=dict)
    photos: Mapping[int, Sequence[Photo]] = field(default_factory=dict)
    notes: Mapping[int, Sequence[Step]] = field(default_factory=dict)
    points: Mapping[int, str] = field(default_factory=dict)
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)
    agencies: dict[int | None, str | None] = field(default_factory=dict)
    zipcodes: dict[int | None, str | None] = field(default_factory=dict)

    def service(self, category_id: int) -> tuple[str, str]:
        """Code and name of a service."""
        found = self.names.get(category_id)
        if found is None:
            code = services_of(self.ref).codes[category_id]
            found = self.names[category_id] = code, plain(self.ref.categories.by_id(category_id).label)
        return found

    def agency(self, unit_id: int | None) -> str | None:
        """The name of the unit that has it."""
        if unit_id not in self.agencies:
            unit = self.ref.org.units.get(unit_id) if unit_id is not None else None
            self.agencies[unit_id] = plain(unit.name) if unit else None
        return self.agencies[unit_id]

    def zipcode(self, grid_id: int | None) -> str | None:
        """The postal code of a grid."""
        if grid_id not in self.zipcodes:
            self.zipcodes[grid_id] = zipcode_of(grid_id, self.ref)
        return self.zipcodes[grid_id]

    def stands(self, state: str, merged_into: int | None) -> str:
        """Where a request stands, in a sentence that is the same for all but merged ones."""
        if merged_into:
            return open311words.stands(state, number=number_of(merged_into))
        return self.sentences.get(state) or self.sentences.setdefault(state, open311words.stands(state))


def requests_of(
    request: HttpRequest, rows: Sequence[Row], ref: Reference, *, extended: bool = False,
    private: frozenset[int] = frozenset(),
) -> list[dict[str, Any]]:  # fmt: skip
    """The requests of these rows; `private` are those that only the asker may see: their photos are shown nowhere."""
    numbers = [row["id"] for row in rows]
    open_ones = [number for number in numbers if number not in private]
    shown = Shown(
        ref, timezone.get_default_timezone(), request.build_absolute_uri(reverse("open311:root")), extended, private,
        points=points_of({row["point_id"] for row in rows} - {None}),
    )  # fmt: skip
    if extended:
        shown.photos, shown.notes = photos_of(open_ones), notes_of(numbers)
        shown.pictures = {number: [sha256 for sha256, *_ in found] for number, found in shown.photos.items()}
    else:
        shown.pictures = pictures_of(open_ones)
    return [request_of(row, shown) for row in rows]


def request_of(row: Row, shown: Shown) -> dict[str, Any]:
    """One request, its fields in the order of the standard."""
    code, name = shown.service(row["category_id"])
    number, state = row["id"], row["state"]
    voided = state == "voided"
    due, point = row["due"], row["point_id"]
    told = {
        "service_request_id": number_of(number),
        "status": status_of(state),
        "status_notes": shown.stands(state, row["merged_into_id"]),
        "service_name": name,
        "service_code": code,
        "description": None if voided else _open_text(row["description"]),
        "agency_responsible": shown.agency(row["unit_id"]),
        "service_notice": None,
        "requested_datetime": w3c_second(row["reported"], shown.zone),
        "updated_datetime": w3c_second(changed(row), shown.zone),
        "expected_datetime": None if due is None else w3c_second(due, shown.zone),
        "address": None if voided else _open_text(row["address"]),
        "address_id": None if voided or point is None else shown.points.get(point),
        "zipcode": None if voided else shown.zipcode(row["grid_id"]),
        "lat": None if voided else row["lat"],
        "long": None if voided else row["lon"],
        "media_url": None if voided else _media(number, shown),
    }
    return {**told, **_extended(row, shown, voided)} if shown.extended else told


def changed(row: Row) -> int:
    """The second in which a request last changed: for what has ended, when it ended."""
    ended, last, reported = row["ended"], row["changed"], row["reported"]
    if ended is not None and row["state"] in ENDED:
        return int(ended)
    return int(reported if last is None else last)


def zipcode_of(grid_id: int | None, ref: Reference) -> str | None:
    """The postal code of a grid by `open311.zipcodes`: that of its unit, of the nearest unit above it, of the city ("")."""
    known: Mapping[str, str] = ref.parameters["open311.zipcodes"]
    if not known:
        return None
    grid = ref.grids.grids.get(grid_id) if grid_id is not None else None
    unit_id = grid.unit_id if grid is not None else None
    units = (unit_id, *ref.org.above(unit_id)) if unit_id is not None else ()
    codes = [ref.org.units[one].code for one in units if one in ref.org.units]
    return next((known[code] for code in (*codes, "") if code in known), None)


def _open_text(text: str) -> str | None:
    return for_everybody(plain(text)) or None if text else None


def picture(root: str, number: int, sha256: str) -> str:
    """The address of a picture's copy for the world."""
    return f"{root}media/{number_of(number)}/{sha256}.jpg"


def _media(number: int, shown: Shown) -> str | list[str] | None:
    found = shown.pictures.get(number)
    if not found:
        return None
    addresses = [picture(shown.root, number, sha256) for sha256 in found]
    return addresses[0] if len(addresses) == 1 else addresses


def said(step: Step, ref: Reference) -> str:
    """What the public is told of a step, in a sentence of the house."""
    unit = ref.org.by_code(str(step["named"].get("unit", ""))) if step["named"] else None
    merged = step["case__merged_into_id"]
    return open311words.told(step["name"], unit=unit.name if unit else "", number=number_of(merged) if merged else "")


def _extended(row: Row, shown: Shown, voided: bool) -> dict[str, Any]:
    category = shown.ref.categories.by_id(row["category_id"])
    photos = () if voided else shown.photos.get(row["id"], ())
    notes = [_note(one, shown) for one in shown.notes.get(row["id"], ())]
    channel, sent_at = str(SOURCE_LABELS.get(row["source"], row["source"])), row["dispatched"]
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
        "agency_sent_datetime": None if sent_at is None else w3c_second(sent_at, shown.zone),
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
    return {"datetime": w3c_second(step["second"], shown.zone), "description": sentence, "type": TOLD[name]}
