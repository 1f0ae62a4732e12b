"""Arguments: from the address and, when something is sent, from the body; an empty one counts as absent."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from civicloop.api.open311.faults import Fault
from civicloop.api.reading import length_of
from civicloop.residents.rules.open311 import read_number

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of one request with its pictures."""
DAYS = 90
MOST = 1000
LONGEST = 4000
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](\[\d*\])?")
_BLANK = ("", None)


@dataclass(frozen=True)
class Arguments:
    """What was asked: names with all their values, in order, and the files that came along."""

    values: Mapping[str, list[str]]
    files: tuple[tuple[str, UploadedFile], ...] = ()

    def get(self, *names: str) -> str:
        """The first value of the first of these names that has one; "" where none has."""
        return next((self.values[name][0] for name in names if name in self.values), "")

    def all(self, *names: str) -> list[str]:
        """Every value of these names."""
        return [one for name in names for one in self.values.get(name, ())]

    def words(self, name: str) -> list[str]:
        """The words of a comma list, which may also be repeated."""
        return [word for one in self.all(name) for word in map(str.strip, one.split(",")) if word]

    def flag(self, name: str) -> bool | None:
        """true, false, or None where it is not said."""
        word = self.get(name).lower()
        if not word:
            return None
        if word not in ("true", "false", "1", "0", "yes", "no"):
            raise wrong(name, _("true or false is expected"))
        return word in ("true", "1", "yes")

    def number(self, name: str, *, low: int, high: int, usual: int) -> int:
        """A whole number; one above `high` counts as `high`."""
        text = self.get(name)
        if not text:
            return usual
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) < low:
            raise wrong(name, _("a whole number of at least %(low)s is expected") % {"low": low})
        return min(int(text), high)

    def decimal(self, name: str) -> float | None:
        """A finite number."""
        text = self.get(name)
        if not text:
            return None
        try:
            value = float(text) if len(text) <= 40 else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise wrong(name, _("a number is expected"))
        return value

    def moment(self, name: str) -> datetime | None:
        """A date-time with its zone. Fractions of a second are understood, though they are never written."""
        text = self.get(name)
        if not text:
            return None
        # A plus sign that nobody has encoded arrives as a blank.
        text = re.sub(r"(?<=\d) (?=\d\d:?\d\d$)", "+", text)
        try:
            found = parse_datetime(text) if len(text) <= 40 else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or not 1900 <= found.year <= 2200:
            raise wrong(name, _("a date-time with its zone is expected, such as 2026-11-23T09:00:00+08:00"))
        return found

    def place(self) -> tuple[float, float] | None:
        """`long`, `lat`: longitude and latitude in degrees, WGS-84."""
        lat, lon = self.decimal("lat"), self.decimal("long")
        if lat is None and lon is None:
            return None
        if lat is None or lon is None:
            raise wrong("long" if lon is None else "lat", _("lat and long belong together"))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise wrong("lat", _("degrees in WGS-84 are expected"))
        return lon, lat

    def box(self) -> tuple[float, float, float, float] | None:
        """`bbox`: west, south, east, north."""
        text = self.get("bbox")
        if not text:
            return None
        try:
            west, south, east, north = (float(part) for part in text[:200].split(","))
        except ValueError:
            raise wrong("bbox", _("four numbers are expected: west,south,east,north")) from None
        inside = all(map(math.isfinite, (west, south, east, north))) and -90 <= south <= north <= 90
        if not inside or not (-180 <= west <= 180 and -180 <= east <= 180):
            raise wrong("bbox", _("four numbers are expected: west,south,east,north"))
        return west, south, east, north

    def attributes(self) -> dict[str, list[str]]:
        """`attribute[CODE]` and `attribute[CODE][]`, each with all its values."""
        found: dict[str, list[str]] = {}
        for name, values in self.values.items():
            match = _ATTRIBUTE.fullmatch(name)
            if match:
                found.setdefault(match[1], []).extend(values)
            elif name.startswith("attribute["):
                raise wrong(name[:60], _("write attribute[CODE] or attribute[CODE][]"))
        return found


@dataclass(frozen=True)
class Span:
    """A stretch of time; both ends belong to it."""

    start: datetime
    end: datetime


def wrong(name: str, why: str) -> Fault:
    """An argument that cannot be taken."""
    return Fault(400, f"{name}: {why}")


def read(request: HttpRequest) -> Arguments:
    """All arguments of a request. What stands in the body goes before what stands in the address."""
    values: dict[str, list[str]] = {}
    files: list[tuple[str, UploadedFile]] = []
    if request.method == "POST":
        _check_body(request)
        try:
            _add(values, request.POST.lists())
            files = [(name, one) for name, given in request.FILES.lists() for one in given]
        except (MultiPartParserError, UnreadablePostError, RawPostDataException, UnicodeDecodeError, BadRequest):
            raise Fault(400, _("The form cannot be read.")) from None
        except (TooManyFieldsSent, TooManyFilesSent, RequestDataTooBig):
            raise Fault(413, _("The form has too many fields or is too large.")) from None
    try:
        _add(values, ((name, given) for name, given in request.GET.lists() if name not in values))
    except TooManyFieldsSent:
        raise Fault(400, _("Too many arguments.")) from None
    return Arguments(values, tuple(files))


def _check_body(request: HttpRequest) -> None:
    if length_of(request) > MOST_BYTES:
        raise Fault(413, _("At most %(limit)s bytes at once.") % {"limit": MOST_BYTES})
    if length_of(request) and request.content_type not in FORMS:
        raise Fault(400, _("Send the arguments as a form: application/x-www-form-urlencoded or multipart/form-data."))


def _add(values: dict[str, list[str]], given: Iterable[tuple[str, list[Any]]]) -> None:
    for name, several in given:
        kept = [str(one).replace("\x00", "") for one in several if one not in _BLANK]
        kept = [one for one in kept if one.strip()]
        if kept:
            values[str(name)] = kept


def span_of(args: Arguments, at: datetime, start: str = "start_date", end: str = "end_date") -> Span:
    """The stretch of time asked for: the latest 90 days where nothing is said, 90 days from or up to what is said. Longer: 400."""
    first, last = args.moment(start), args.moment(end)
    if first is None:
        last = last or at
        first = last - timedelta(days=DAYS)
    elif last is None:
        last = first + timedelta(days=DAYS)
    if last < first:
        raise wrong(end, _("the end lies before the beginning"))
    if last - first > timedelta(days=DAYS):
        raise wrong(end, _("at most %(days)s days at once") % {"days": DAYS})
    return Span(first, last)


def ids_of(args: Arguments) -> list[int] | None:
    """The cases that `service_request_id` names; None where it is not said. What can be no id is found nowhere."""
    words = args.words("service_request_id")
    if not words:
        return None
    if len(words) > MOST:
        raise wrong("service_request_id", _("at most %(most)s at once") % {"most": MOST})
    return [number for number in map(read_number, words) if number is not None]
