"""POST requests: what a client sends, with every quirk that clients have, made into a resident's report."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from civicloop.api.open311.asked import LONGEST, Arguments, wrong
from civicloop.api.open311.door import Asked
from civicloop.api.open311.faults import Fault, Faults
from civicloop.api.open311.rows import rows_of
from civicloop.api.open311.services import AUTOMATED, SENT_AS, is_private, service_named, type_of
from civicloop.api.open311.showing import requests_of
from civicloop.api.open311.writing import Told, answer
from civicloop.cases.answers import check_answers
from civicloop.cases.models import Case
from civicloop.cases.place import locate
from civicloop.kernel.refusal import Invalid
from civicloop.organisation.models import Point
from civicloop.photos import actions as photos
from civicloop.photos.rules.picture import read_picture
from civicloop.residents.actions.arriving import PROGRAM, require_room
from civicloop.residents.actions.contacts import Contact
from civicloop.residents.actions.open311 import Sent, send_request, try_out
from civicloop.residents.actions.reporting import MOST_PHOTOS, Problem
from civicloop.residents.models import Open311Key, Open311Request
from civicloop.residents.queries.open311services import services_of
from civicloop.residents.rules.contacts import read_mail, read_phone
from civicloop.residents.rules.open311 import NOT_PINPOINTED, number_of
from civicloop.standards.categories import NOTICE, CategoryInfo
from civicloop.standards.reference import Reference

MEDIA = re.compile(r"media(\[\d*\])?|photo\d*|file_.{0,40}")
"""Names under which clients send pictures: the draft of v2.1, Bloomington and Helsinki, FixMyStreet."""
_DATA = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)
LONGEST_LINK = 1000
MULTIPLE = "multivaluelist"


def post(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Take a request in; at the endpoint for tests only look what would become of it."""
    key = asked.key(needed=True)
    assert key is not None
    category = _service(key, asked)
    sent = _sent(request, asked, category, key)
    if key.test:
        row = try_out(
            key=key, sent=sent, show=lambda case: _shown(request, case, asked.ref), at=asked.at, ref=asked.ref
        )
    else:
        row = send_request(key=key, sent=sent, at=asked.at, ref=asked.ref)
    kind = type_of(services_of(asked.ref).codes[category.id], asked.ref)
    told = {**id_of(row, kind), "service_notice": _notice(row, kind), "account_id": None}
    return answer(Told("service_requests", [told]), asked.form, status=201)


def id_of(row: Open311Request, kind: str) -> dict[str, Any]:
    """The id of what was sent, or its token while a moderator has it; always the token of a `batch` service, of a `blackbox`
    neither. What was tried out is found under its token.
    """
    if kind == "blackbox":
        return {}
    if kind == "batch":
        return {"token": row.token}
    if row.sample is not None:
        return {"service_request_id": row.token}
    case_id = row.report.case_id if row.report else None
    return {"service_request_id": number_of(case_id)} if case_id else {"token": row.token}


def _notice(row: Open311Request, kind: str) -> str:
    if row.sample is not None:
        return _("Only tried out: nothing was kept.")
    if kind == "blackbox":
        return _("Received. Of this service no id is told.")
    if row.report is None or row.report.case_id is None:
        return _("A moderator looks at it first; ask with the token.")
    return _("Received. The status tells how it goes on.")


def _shown(request: HttpRequest, case: Case, ref: Reference) -> dict[str, Any]:
    rows = rows_of(Case.objects.filter(pk=case.pk), extended=False)
    return requests_of(request, rows, ref)[0]


def _service(key: Open311Key, asked: Asked) -> CategoryInfo:
    code = asked.args.get("service_code")
    if not code:
        raise wrong("service_code", _("this is needed"))
    category = service_named(code, asked.ref)
    if not category.active:
        raise wrong("service_code", _("this service is no longer in use"))
    if key.services and code not in key.services:
        raise Fault(403, _("This api_key may not report %(code)s.") % {"code": code[:60]})
    return category


def _sent(request: HttpRequest, asked: Asked, category: CategoryInfo, sender: Open311Key) -> Sent:
    args = asked.args
    description = "\n".join(args.all("description")[:1] or _titled(args))
    if len(description.replace("\r\n", "\n")) > LONGEST:
        raise wrong("description", _("at most %(most)s characters") % {"most": LONGEST})
    place = args.place()
    address = _address(args, place is not None)
    if place is None and isinstance(address, Point):
        place = (address.lon, address.lat) if address.lon is not None and address.lat is not None else None
    shown = (address.address or address.name) if isinstance(address, Point) else address
    attributes = args.attributes()
    key = (attributes.get(SENT_AS) or [request.headers.get("Idempotency-Key", "")])[0]
    lon, lat = place or (None, None)
    grid = asked.ref.grids.locate(*place) if place and asked.where.grids is not None else None
    if grid is not None and grid.id not in (asked.where.grids or ()):
        raise wrong("lat", _("this place belongs to another jurisdiction"))
    answers = _answers(attributes, category)
    check_answers(answers, category)
    locate(lon, lat, "wgs84", asked.ref)
    if place is None and not shown:
        raise Invalid("place", "place_missing")
    # Last, when nothing else is wrong: what is refused leaves no picture behind.
    pictures, links = pictures_of(args, asked, sender)
    # Who names an address by its id alone means that point of the city.
    point = address.pk if isinstance(address, Point) and asked.args.place() is None else None
    problem = Problem(
        category.id, description, shown[:200], lon, lat, photos=pictures, answers=answers, point_id=point
    )  # fmt: skip
    private = is_private(category, asked.ref) or bool(args.flag("non_public"))
    return Sent(problem, _contact(args), private, links, key.strip()[:100])


def _titled(args: Arguments) -> list[str]:
    """What FixMyStreet calls `title` and `detail`, where there is no description."""
    return [one for one in (args.get("title"), args.get("detail")) if one]


def _address(args: Arguments, has_place: bool) -> str | Point:
    """`address_string`; else `address_id`, which is the code of a point of inspection. FixMyStreet's "not pinpointed" is none."""
    text = args.get("address_string", "address")
    if text:
        return text
    code = args.get("address_id")
    if not code or code == NOT_PINPOINTED:
        return ""
    point = Point.objects.filter(code=code[:60], active=True).first()
    if point is None and not has_place:
        raise wrong("address_id", _("there is no such address"))
    return point or ""


def _contact(args: Arguments) -> Contact:
    """How the sender may be reached, as far as it can be read: a foreign number must not keep a report out. Whoever sends it here
    has asked the resident, as the conditions of a key say.
    """
    phone, mail = read_phone(args.get("phone")) or "", read_mail(args.get("email")) or ""
    names = [args.get("first_name"), args.get("last_name")]
    name = " ".join(one for one in names if one) or args.get("requestor_name", "contact_name")
    return Contact(name[:60].strip(), phone, mail, agreed=True) if phone or mail else Contact()


def _answers(attributes: dict[str, list[str]], category: CategoryInfo) -> dict[str, Any]:
    """Answers to the category's questions, each fault told by itself. What clients fill in by themselves is read past."""
    known = {one.code: one for one in category.questions}
    faults = [
        wrong(f"attribute[{code}]", _("this service does not ask that"))
        for code in attributes
        if code not in known and code.lower() not in AUTOMATED
    ]
    faults += [
        wrong(f"attribute[{one.code}]", _("this is needed"))
        for one in category.questions
        if one.required and one.part != NOTICE and not attributes.get(one.code)
    ]
    if faults:
        raise Faults(faults)
    return {
        code: values if known[code].datatype == MULTIPLE else values[0]
        for code, values in attributes.items()
        if code in known and known[code].part != NOTICE
    }


def pictures_of(args: Arguments, asked: Asked, key: Open311Key) -> tuple[list[str], list[str]]:
    """Pictures that came along, as files or `data:` addresses, by their SHA-256; and addresses elsewhere, as text: nobody fetches
    what a stranger names.
    """
    streams: list[BinaryIO] = [
        cast(BinaryIO, file.file) for name, file in args.files if MEDIA.fullmatch(name) and file.size
    ]
    links: list[str] = []
    for text in args.all("media_url", "media_url[]", "media"):
        if _DATA.match(text):
            streams.append(io.BytesIO(_decoded(text)))
        elif text.lower().startswith(("http://", "https://")) and len(text) <= LONGEST_LINK:
            links.append(text)
        else:
            raise wrong("media_url", _("an address beginning with https:// or a picture as data: is expected"))
    if len(streams) > MOST_PHOTOS:
        raise wrong("media", _("at most %(most)s pictures") % {"most": MOST_PHOTOS})
    if not asked.test:
        sizes = [one.seek(0, io.SEEK_END) for one in streams]
        require_room(str(key.uid), sizes, kind=PROGRAM, at=asked.at, ref=asked.ref)
        for one in streams:
            one.seek(0)
    return _kept(streams, asked), links


def _kept(streams: Sequence[BinaryIO], asked: Asked) -> list[str]:
    if not asked.test:
        return [photos.store(one, sha256=None, by=None, at=asked.at).sha256 for one in streams]
    for one in streams:  # looked at, not kept
        read_picture(one, zone=asked.at.tzinfo)  # type: ignore[arg-type]
    return []


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(
            re.sub(r"\s", "", text.partition(",")[2].replace("-", "+").replace("_", "/")), validate=True
        )
    except (binascii.Error, ValueError):
        raise wrong("media_url", _("the picture cannot be read")) from None
