"""The rooms of volunteers, residents, surveys, publicity and texts, furnished through the house's own verbs.

Each room returns its rows by the word that stands before them in an address, and the words that are no rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.cast import SOUTH, WEST, City
from tests.environment import ROOT
from tests.volunteers.cast import HOME, Corps, add_corps

QUESTIONS = ROOT / "packs" / "questionnaires" / "residents.yaml"
PLACE = {"lon": WEST + 0.005, "lat": SOUTH + 0.005}


@dataclass
class Room:
    """What stands in a room: rows by the words before them (`orders`, or `volunteers/orders`), and other words."""

    rows: dict[str, Any] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def rooms(city: City, now: datetime) -> Room:
    """All of them, of the last two days."""
    corps, whole = add_corps(city), Room()
    for one in (_orders, _people, _events, _surveys, _publicity, _texts):
        made = one(corps, now)
        whole.rows |= made.rows
        whole.words |= made.words
    made = residents(city, now)
    return Room(whole.rows | made.rows, whole.words | made.words)


def _orders(corps: Corps, now: datetime) -> Room:
    from civicloop.kernel import codes
    from civicloop.volunteers import actions
    from civicloop.volunteers.actions import proposing

    at, code = now - timedelta(days=2), codes.new_code()
    rated = corps.walk("rated", at=at)
    corps.order(service="repair", at=at, urgent=True)
    waiting = corps.walk("pooled", service="tutor", at=at)
    service = corps.services["haircut"]
    actions.create(
        service=service, by=None, at=at, requester={"name": "甲居民", "phone": "13900000002"}, source="portal",
        code_digest=codes.digest(code), **HOME,
    )  # fmt: skip
    proposing.propose(by=corps.order_desk, at=now)
    rows = {
        "volunteers/orders": rated, "dispatch": waiting, "menu": service, "orders/new": service,
        "teams": corps.teams["mulberry"].unit, "sites": corps.teams["mulberry"].site,
    }  # fmt: skip
    return Room(rows, {"orders/follow": code})


def _people(corps: Corps, now: datetime) -> Room:
    from civicloop.kernel import codes
    from civicloop.volunteers.actions import applying, certificates, hours
    from tests.volunteers.folk import volunteer

    one, at = volunteer(corps), now - timedelta(days=1)
    noon = at.replace(hour=4, minute=0, second=0, microsecond=0)
    record = hours.record(
        volunteer=one, starts_at=noon - timedelta(hours=3), ends_at=noon, hours=None, title="值守", place="莲北社区",
        unit=corps.mulberry, by=corps.order_desk, at=now,
    )  # fmt: skip
    certificate = certificates.issue(volunteer=one, unit=corps.centre, by=corps.order_desk, at=now)
    code = codes.new_code()
    asking = applying.apply(
        name="丙义", birth_on=date(1995, 5, 1), phone="13900000003", consent=True, at=now,
        sending=applying.Sending("key-of-application-1", codes.digest(code)),
    )  # fmt: skip
    rows = {"volunteers/people": one, "hours": record, "certificates": certificate, "people/waiting": asking}
    return Room(rows, {"p/certificate": certificate.code, "p/volunteer": code})


def _events(corps: Corps, now: datetime) -> Room:
    from civicloop.volunteers.actions import events, projects
    from civicloop.volunteers.actions.signups import sign_up
    from tests.volunteers.folk import volunteer

    shifts = [events.ShiftGiven(now + timedelta(days=day), now + timedelta(days=day, hours=2), 2, 1) for day in (1, 2)]
    event = events.draft_event(
        title="清洁家园", content="清理楼道", place="莲北社区", unit=corps.mulberry, in_charge=corps.mulberry_leader,
        shifts=shifts, by=corps.mulberry_leader, at=now,
    )  # fmt: skip
    event = events.publish_event(event=event, by=corps.mulberry_leader, at=now)
    shift = event.shifts.order_by("starts_at").first()
    signed = sign_up(shift=shift, volunteer=volunteer(corps, "乙义", serial=2), by=None, at=now)
    project = projects.keep_project(
        code="P1", name="银龄陪伴", description="陪老人说话", brand=True, unit=corps.centre, by=corps.order_desk, at=now
    )
    return Room({"events": event, "shifts": shift, "projects": project}, {"signup": signed.code})


def residents(city: City, now: datetime) -> Room:
    """A report that waits, one that is a case, a complaint and a plate."""
    from civicloop.residents import actions
    from civicloop.residents.actions import Contact, Problem, complaints, open311keys, plates
    from civicloop.residents.keys import link_secret

    at, contact = now - timedelta(hours=3), Contact("林某某", "13800138000", "", agreed=True)
    taken = [
        actions.receive(
            Problem(city.litter.pk, "公交站旁有垃圾", **PLACE), sent_key=f"key-of-form-{number:06d}", contact=contact,
            sender="203.0.113.9", proved=bool(number), at=at,
        ) for number in (0, 1)
    ]  # fmt: skip
    complaint, code = complaints.submit(
        kind="complaint", text="回复太慢", sent_key="key-of-complaint-1", contact=contact, at=at
    )
    plate = plates.make_plate(name="莲北便利店", address="莲北路9号", by=city.supervisor, at=at, **PLACE)
    link = actions.ask_link("13800138000", at=now)
    assert link is not None
    key, _ = open311keys.make_key(client="别处的应用", by=city.people["security_admin"], at=at)
    rows = {"settings/open311": key, "residents/reports": taken[0].report}
    rows |= {"residents/complaints": complaint, "residents/plates": plate}
    words = {"follow": taken[1].code, "q": plate.code, "residents/plates": plate.code, "p/mine": link_secret(link.uid)}
    return Room(rows, words | {"follow/complaint": code})


def _surveys(corps: Corps, now: datetime) -> Room:
    from civicloop.surveys import actions
    from civicloop.surveys.actions import StratumRow

    city: Any = corps.city
    content = yaml.safe_load(Path(QUESTIONS).read_text(encoding="utf-8"))
    asked = actions.load_questionnaire(content=content, by=None, at=now)
    survey = actions.plan_survey(
        title="2026年四季度", questionnaire=asked, starts_on=(now - timedelta(days=3)).date(),
        ends_on=(now + timedelta(days=9)).date(), strata=[StratumRow("莲花镇", 9000, city.lotus.pk)], margin=0.05,
        by=city.supervisor, at=now,
    )  # fmt: skip
    survey = actions.open_survey(survey_uid=survey.uid, by=city.supervisor, at=now)
    made = actions.invite(
        survey_uid=survey.uid,
        stratum_id=survey.strata.get().pk,
        channel="household",
        many=1,
        by=city.supervisor,
        at=now,
    )
    opinion = actions.note_opinion(
        unit_id=city.lotus_north.pk,
        kind="problem",
        words="楼道灯坏了",
        heard_on=now.date(),
        by=city.grid_worker,
        at=now,
    )
    return Room({"surveys": survey, "opinions": opinion}, {"survey": made[0].token})


def _publicity(corps: Corps, now: datetime) -> Room:
    from civicloop.publicity import actions

    city: Any = corps.city
    at = now - timedelta(days=1)
    display = actions.plan_display(
        kind="led", code="LED-1", name="莲北便利店屏", unit_id=city.lotus_north.pk, by=city.grid_worker, at=at, **PLACE
    )
    display = actions.put_up(uid=display.uid, by=city.grid_worker, at=at)
    honour = actions.apply_for(
        kind="campus",
        holder="莲北小学",
        unit_id=city.lotus.pk,
        year=now.year,
        grounds="校园整洁",
        by=city.leader,
        at=at,
    )
    return Room({"displays": display, "honours": honour})


def _texts(corps: Corps, now: datetime) -> Room:
    from civicloop.textintake.actions import take_in

    made = take_in(text="莲花镇莲北社区门口垃圾一堆没人清，很臭。", by=corps.city.people["filer"], at=now)
    return Room({"texts/parts": made[0]}, {"texts": str(made[0].intake), "papers/texts": "bulletin"})
