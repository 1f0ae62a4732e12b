"""A city with something in every room, and the address of every page: what a stranger tries and what is looked at page by page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.urls import URLResolver, get_resolver
from django.utils import timezone

from tests.cast import City, build_city
from tests.furnishing import rooms
from tests.photos.pictures import as_bytes, street
from tests.photos.sounds import webm

# Words that stand in what belongs to Lotus alone, and nowhere else.
SECRET = "莲花机密"
PARTY = "莲花供电所"


@dataclass
class Furnished:
    """The city and what stands in its rooms: the name of a thing and its row, by the first word of its address."""

    city: City
    rows: dict[str, Any]
    words: dict[str, str]

    @property
    def case(self) -> Any:
        """The case that Lotus works on."""
        return self.rows["cases"]


def furnish() -> Furnished:
    """Build it around the present day, through the house's own verbs."""
    city = build_city()
    made = Furnished(city, {}, {})
    _cases(made)
    _inspections(made)
    _scores(made)
    _papers(made)
    _house(made)
    room = rooms(city, timezone.now())
    made.rows |= room.rows
    made.words |= room.words
    return made


def _stored(made: Furnished, word: str, at: Any) -> str:
    from civicloop.photos import actions

    photo = actions.store(io.BytesIO(as_bytes(street())), sha256=None, by=made.city.handler, at=at)
    photo.also_sent_by.set([made.city.reporter])  # who reports names it too
    return photo.sha256


def _spoken(made: Furnished, at: Any) -> str:
    """A voice note with the report of Lotus's case, that its page shows."""
    from civicloop.photos import voices

    data = webm(5)
    note = voices.store(io.BytesIO(data), sha256=sha256(data).hexdigest(), by=made.city.handler, at=at)
    voices.attach("case", made.case.uid, 1, voices=[{"sha256": note.sha256}], by=made.city.handler, at=at)
    return note.sha256


def _cases(made: Furnished) -> None:
    from civicloop.cases import actions, links
    from civicloop.cases.models import Forward

    city, before = made.city, timezone.now() - timedelta(days=2)
    near = _stored(made, "before", before)
    given = {"at": before, "description": f"{SECRET}：桥头三袋垃圾", "address": "莲花路1号"}
    made.rows["cases"] = city.walk("accepted", photos=[{"sha256": near, "kind": "near"}], **given)
    earlier = before - timedelta(days=20)
    closed = city.walk("accepted", lon=118.107, lat=24.704, at=earlier, description=f"{SECRET}：旧事")
    after = [{"sha256": near, "kind": "after"}]
    for day, (step, by, more) in enumerate(
        (("rectify", "handler", {"photos": after}), ("verify", "verifier", {}), ("close", "filer", {})), 1
    ):
        at = earlier + timedelta(days=day)
        actions.take(closed.uid, step, by=city.people[by], at=at, given={"note": "已看过", **more})
    city.report(at=before, description="柳塘街道的一件事", lon=118.105, lat=24.726, address="柳东街2号")
    city.walk(
        "dispatched",
        at=timezone.now() - timedelta(days=9),
        unit="lotus",
        lon=118.109,
        lat=24.703,
        description=f"{SECRET}：久拖",
    )
    actions.forward_out(
        made.case.uid, party=PARTY, contact="95598", note="电杆由谁管？", answer_by=timezone.now() + timedelta(days=3),
        by=city.handler, at=timezone.now() - timedelta(hours=5),
    )  # fmt: skip
    made.words |= {"f": links.shown_secret(Forward.objects.get()), "photos": near, "voices": _spoken(made, before)}


def _inspections(made: Furnished) -> None:
    from tests.web.inspected import inspected

    stage = inspected(made.city)
    made.rows["visits"] = stage.assign()[0]
    made.rows["points"] = stage.points[0]
    made.words |= {"rounds": "W1", "draws": made.rows["visits"].drawn.draw.code}
    made.rows["standards"] = stage.edition
    made.words["checklists"] = "STREET"


def _scores(made: Furnished) -> None:
    from civicloop.scoring import actions
    from civicloop.scoring.rules.shapes import Scope
    from tests.web.scored import fault, scored

    now = timezone.now()
    town = scored(made.city)
    made.rows["published"] = actions.publish_score(
        scope=Scope((town.round.pk,)), as_of=now - timedelta(hours=1), title="第48周", by=made.city.supervisor, at=now
    )
    made.rows["appeals"] = actions.lodge_appeal(
        observation_uid=fault(town).uid, reason=f"{SECRET}：施工已报备", by=made.city.leader, at=now
    )
    made.rows["negative"] = actions.record_negative_event(
        clause="N1", happened_on=now.date() - timedelta(days=3), note="已查实", by=made.city.supervisor, at=now
    )


def _papers(made: Furnished) -> None:
    from civicloop.documents import actions

    today = timezone.localdate()
    asked = {"start": today - timedelta(days=30), "end": today - timedelta(days=1), "at": timezone.now()}
    paper = actions.prepare(kind="bulletin", by=made.city.supervisor, **asked)
    made.rows["papers"] = paper


def _house(made: Furnished) -> None:
    city = made.city
    made.rows["people"] = city.handler
    made.rows["units"] = city.lotus
    made.rows["categories"] = city.litter
    made.rows["grids"] = city.grids[0]
    made.rows["appointments"] = city.handler.appointments.get()


# What a part of an address stands for where it is no row of its own: by the fixed word before it and its name, or by its name.
PARTS: Mapping[str, str] = {
    "steps/step": "rectify", "appeals/step": "take_up", "bulk/step": "accept", "size": "thumb", "code": "STREET-01", "form": "pdf",
    "z": "14", "x": "13570", "y": "7055", "number": "1", "order": "1", "which": "points", "area_class": "A", "language": "en",
    "calendars/code": "city", "room": "inbox", "collections/name": "grids", "files/name": "frame.csv", "name": "bulletin",
    "or/token": "no-token", "form_id": "small-wenming_STREET", "version": "1", "rest": "nothing", "key": "350212001001001",
    "digest": "0" * 16, "token": "no-token", "parameters/name": "whistle.arrive", "channels/name": "household",
}  # fmt: skip
ALIASES = {"case": "cases", "new": "categories", "checklists": "standards"}
_PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


def addresses(made: Furnished) -> dict[str, str]:
    """Every address of the house, by its pattern, with the parts that lead to what stands in the rooms."""
    return {whole: _filled(whole, made) for whole in _patterns(get_resolver())}


def _patterns(resolver: URLResolver, route: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        whole = route + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, whole)
        else:
            yield whole


def _filled(route: str, made: Furnished) -> str:
    """`cases/<uuid:uid>/steps/<slug:step>` becomes the address of a step of the case."""
    plain = route.replace("^", "").replace("/?$", "").replace("$", "")
    filled, end = "/", 0
    for part in _PART.finditer(plain):
        filled += plain[end : part.start()]
        filled += quote(_part(filled.rstrip("/").split("/"), part[1] or part[2], made), safe="")
        end = part.end()
    return (filled + plain[end:]).replace("//", "/").replace("\\", "")


def _part(path: list[str], name: str, made: Furnished) -> str:
    """What stands for one part of an address, from the two words before it, or the one, and its own name."""
    if name == "form" and "open311" in path:
        return "json"
    for before in ("/".join(path[-2:]), path[-1]):
        row = made.rows.get(ALIASES.get(before, before))
        if name in ("uid", "category") and row is not None:
            return str(row.uid)
        if before in made.words:
            return made.words[before]
    if path[-1] == "steps" and "volunteers" in path:
        return "archive"
    return PARTS.get(f"{path[-1]}/{name}") or PARTS.get(name) or str(UUID(int=7))
