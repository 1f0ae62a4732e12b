"""Who may do what: the whole house on one page, role by role, in the own unit and in another.

The tables below are written by hand from the duties of the roles. They are not computed from the policy, so a change of the
policy that is not meant shows here.
"""

from __future__ import annotations

import pytest

from civicloop.cases import actions, policy, queries
from civicloop.cases.models import Case, CaseStep
from civicloop.kernel.refusal import NotAllowed, Refused
from civicloop.ledger.actions import record_refusal
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.organisation import actions as organisation
from civicloop.organisation import policy as organisation_policy
from civicloop.organisation.rules.roles import Role
from civicloop.standards import policy as standards_policy
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, PASSWORD, SINCE, City, hours

pytestmark = pytest.mark.django_db

NOW = MONDAY_NINE + hours(2)
# The desk of voluntary service has a cast of its own (tests/volunteers).
CAST = set(Role) - {Role.ORDER_DESK}
# Desks of one town only, beside the cast: they reach their own town and nothing else.
MORE_PEOPLE = (
    ("lotus_filer", "filer", "lotus"),
    ("lotus_dispatcher", "dispatcher", "lotus"),
    ("lotus_verifier", "verifier", "lotus"),
    ("lotus_supervisor", "supervisor", "lotus"),
    ("willow_filer", "filer", "willow"),
    ("willow_dispatcher", "dispatcher", "willow"),
    ("willow_verifier", "verifier", "willow"),
    ("willow_supervisor", "supervisor", "willow"),
    ("community_handler", "unit_handler", "lotus_north"),
)
SEEING = """filer dispatcher verifier supervisor other_supervisor auditor handler leader reporter grid_worker sponsor sweeper
    inspector lotus_filer lotus_dispatcher lotus_verifier lotus_supervisor community_handler"""
WORKERS = "handler leader"
# The case lies with the town of Lotus, whose handler took it on, asked for more time and whistled for the sanitation centre;
# its leader has appealed. Nobody else of the cast may take the step: not other units, not auditors, not administrators.
EXPECTED = {
    "file": "filer lotus_filer",
    "correct": "filer lotus_filer",
    "dispatch": "dispatcher lotus_dispatcher",
    "split": "dispatcher lotus_dispatcher",
    "recall": "dispatcher supervisor other_supervisor",
    "merge": "filer dispatcher",
    "void": "filer dispatcher supervisor other_supervisor",
    "accept": WORKERS,
    "rectify": WORKERS,
    "return": WORKERS,
    "extend": WORKERS,
    "answer_supervision": WORKERS,
    "whistle": WORKERS,
    "score_whistle": WORKERS,
    "end_whistle": WORKERS,
    "plan_jointly": WORKERS + " sweeper",
    "report_in": "sweeper",
    # Somebody else must decide: not a desk that sits in the unit itself.
    "grant_extension": "dispatcher supervisor other_supervisor",
    "refuse_extension": "dispatcher supervisor other_supervisor",
    "suspend": "dispatcher supervisor other_supervisor",
    "review": "dispatcher supervisor other_supervisor lotus_dispatcher lotus_supervisor",
    "resume": "dispatcher supervisor other_supervisor lotus_dispatcher lotus_supervisor leader",
    "supervise": "supervisor other_supervisor lotus_supervisor",
    # Nobody judges his own unit's work.
    "verify": "verifier",
    "send_back": "verifier",
    "close": "verifier filer",
    "reopen": "verifier supervisor other_supervisor",
    "appeal": "leader",
    "decide_appeal": "supervisor other_supervisor",
    "comment": SEEING.replace(" auditor", ""),
    # Pressure on one's own unit's work is none: the town's desks may not.
    "remind": "dispatcher supervisor other_supervisor",
    **dict.fromkeys(
        ("forward_out", "remind_forward", "answer_forward", "take_back_forward"),
        WORKERS + " dispatcher lotus_dispatcher supervisor other_supervisor lotus_supervisor",
    ),
}
ORGANISATION = {
    "system_admin": {
        "unit.add", "unit.change", "grid.bring_in", "grid.draw", "grid.edit", "grid.split", "grid.merge", "area.add",
        "area.change", "duty_grid.add", "duty_grid.change", "point.bring_in", "point.change", "calendar.change",
    },
    "security_admin": {
        "person.add", "person.change", "person.set_password", "appointment.make", "appointment.end", "token.make",
        "token.revoke", "personal_data.read",
    },
    "audit_admin": {"ledger.read"},
    "auditor": {"ledger.read", "personal_data.read"},
}  # fmt: skip
STANDARDS = {
    "system_admin": {
        "standards.load_pack", "standards.set_parameter", "standards.set_limit", "standards.change_category",
        "standards.set_text", "standards.set_question", "dispatch_rule.change",
    },
    "dispatcher": {"dispatch_rule.change"},
    "supervisor": {
        "standards.set_parameter", "standards.set_limit", "standards.change_category", "standards.set_text",
        "standards.set_question",
    },
}  # fmt: skip
REPORTING = {
    "reporter", "grid_worker", "filer", "dispatcher", "unit_handler", "unit_leader", "verifier", "supervisor", "sponsor",
    "inspector",
}  # fmt: skip


def everybody(city: City) -> dict[str, object]:
    for name, role, unit in MORE_PEOPLE:
        person = organisation.add_person(username=name, name="某人", password=PASSWORD, by=None, at=NOW)
        organisation.appoint(person=person, role=role, unit=city.units[unit], starts_on=SINCE, by=None, at=NOW)
        city.people[name] = person
    city.people["nobody"] = organisation.add_person(username="nobody", name="无岗", by=None, at=NOW)
    return city.people


def a_case_in_full_swing(city: City) -> Case:
    case = city.walk("accepted")
    at = MONDAY_NINE + hours(1)
    actions.extend(case.uid, amount=1, unit_of_time="work_hour", reason="等设备", by=city.handler, at=at)
    actions.supervise(case.uid, note="加快", by=city.supervisor, at=at)
    return actions.whistle(
        case.uid, kind="ordinary", unit_ids=[city.sanitation.pk], place="市场门口", meet_at=at, by=city.handler, at=at
    )


def test_every_step_is_open_to_exactly_those_named_here(city: City) -> None:
    people, case = everybody(city), a_case_in_full_swing(city)
    ref = reference.now()
    expected = {verb: set(names.split()) for verb, names in EXPECTED.items()}
    found = {
        verb: {
            name
            for name, person in people.items()
            if policy.may(ref.actor(person, NOW.date()), verb, Case.objects.get(pk=case.pk))
        }
        for verb in policy.MAY
    }

    assert set(found) == set(expected)
    assert {verb: sorted(found[verb] ^ expected[verb]) for verb in found if found[verb] != expected[verb]} == {}


def test_whoever_may_not_is_refused_nothing_changes_and_the_ledger_keeps_it(city: City) -> None:
    people, case = everybody(city), a_case_in_full_swing(city)
    before, lines = Case.objects.filter(pk=case.pk).values().get(), CaseStep.objects.count()
    refused = 0
    for verb, names in EXPECTED.items():
        for name in sorted(set(people) - set(names.split())):
            with pytest.raises(NotAllowed) as no:
                actions.take(case.uid, verb, by=people[name], at=NOW, given={})
            record_refusal(no.value, at=NOW)
            refused += 1

    kept = LedgerLine.objects.filter(uid=case.uid, verb="refused")
    assert kept.count() == refused > 500
    assert {line.data["verb"] for line in kept} == {f"case.{verb}" for verb in EXPECTED}
    assert kept.filter(by=people["system_admin"].uid).count() == len(EXPECTED)
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert CaseStep.objects.count() == lines
    assert list(breaks()) == []


def test_a_refusal_names_the_rule_and_who_could_and_is_kept_once(city: City) -> None:
    case = city.walk("rectified")
    with pytest.raises(NotAllowed) as no:
        actions.verify(case.uid, note="好了", by=city.handler, at=NOW)
    record_refusal(no.value, at=NOW)
    record_refusal(no.value, at=NOW)

    line = LedgerLine.objects.get(uid=case.uid, verb="refused")
    assert line.by == city.handler.uid
    assert line.data["who"] == ["verifier"]
    assert "worked_on_it" in line.data["rule"]


def test_whoever_may_gets_past_the_policy(city: City) -> None:
    people, case = everybody(city), a_case_in_full_swing(city)
    stopped = []
    for verb, names in EXPECTED.items():
        for name in names.split():
            try:
                actions.take(case.uid, verb, by=people[name], at=NOW, given={}, expected_version=0)
            except NotAllowed:
                stopped.append((verb, name))
            except Refused:
                continue

    assert stopped == []


@pytest.mark.parametrize(("name", "code"), [("system_admin", 403), ("audit_admin", 403), ("auditor", 403)])
def test_administrators_and_auditors_take_no_step_at_all(city: City, name: str, code: int) -> None:
    case = city.walk("accepted")
    ref = reference.now()
    actor = ref.actor(city.people[name], NOW.date())

    assert queries.steps_open_to(actor, case, at=NOW, ref=ref) == []
    with pytest.raises(NotAllowed) as no:
        city.report(by=name)
    assert no.value.status == code


def test_an_administrator_sees_no_case_and_an_auditor_sees_all(city: City) -> None:
    case = city.walk("accepted")
    ref = reference.now()

    seen = {
        name: Case.objects.visible_to(ref.actor(city.people[name], NOW.date())).filter(pk=case.pk).exists()
        for name in ("system_admin", "security_admin", "audit_admin", "auditor")
    }
    assert seen == {"system_admin": False, "security_admin": False, "audit_admin": False, "auditor": True}


def test_everybody_who_takes_part_may_report_and_nobody_else(city: City) -> None:
    roles = {person.appointments.get().role: name for name, person in city.people.items()}
    assert set(roles) == CAST
    may = set()
    for role, name in roles.items():
        try:
            city.report(by=name)
            may.add(str(role))
        except NotAllowed:
            continue

    assert may == REPORTING


def test_the_three_administrators_keep_apart_what_they_may_change(city: City) -> None:
    may: dict[str, set[str]] = {}
    for person in city.people.values():
        role = str(person.appointments.get().role)
        may[role] = {verb for verb in organisation_policy.MAY if organisation_policy.may(person, verb, at=NOW)}
    everybody_else = {"personal_data.read"}

    assert may == {str(role): ORGANISATION.get(str(role), everybody_else) for role in CAST}


def test_the_standards_are_set_by_few(city: City) -> None:
    may: dict[str, set[str]] = {}
    for person in city.people.values():
        role, found = str(person.appointments.get().role), set()
        for verb in standards_policy.MAY:
            try:
                standards_policy.require(person, verb, at=NOW)
                found.add(verb)
            except NotAllowed:
                continue
        may[role] = found

    assert may == {str(role): STANDARDS.get(str(role), set()) for role in CAST}


def test_an_appointment_that_is_over_or_not_begun_gives_no_right(city: City) -> None:
    case = city.walk("dispatched")
    leaver, comer = (
        organisation.add_person(username=name, name="某人", by=None, at=NOW) for name in ("leaver", "comer")
    )
    today, day = NOW.date(), hours(24)
    organisation.appoint(
        person=leaver, role="unit_handler", unit=city.lotus, starts_on=SINCE, ends_on=today - day, by=None, at=NOW
    )
    organisation.appoint(person=comer, role="unit_handler", unit=city.lotus, starts_on=today + day, by=None, at=NOW)

    for person in (leaver, comer):
        with pytest.raises(NotAllowed):
            actions.accept(case.uid, by=person, at=NOW)
    assert actions.accept(case.uid, by=comer, at=NOW + day).state == "accepted"


def test_somebody_who_has_left_may_do_nothing_whatever_his_posts_say(city: City) -> None:
    case = city.walk("dispatched")
    organisation.change_person(person=city.handler, changes={"is_active": False}, by=city.security_admin, at=NOW)
    city.handler.refresh_from_db()

    with pytest.raises(NotAllowed):
        actions.accept(case.uid, by=city.handler, at=NOW)
    organisation.change_person(person=city.system_admin, changes={"is_active": False}, by=None, at=NOW)
    with pytest.raises(NotAllowed):
        organisation.change_unit(unit=city.lotus, changes={"phone": "1"}, by=city.system_admin, at=NOW)


def test_an_extension_is_never_decided_by_who_asked_for_it(city: City) -> None:
    case = city.walk("accepted")
    organisation.appoint(
        person=city.sweeper, role="dispatcher", unit=city.office, starts_on=SINCE, by=None, at=MONDAY_NINE
    )
    part = actions.split(case.uid, unit_ids=[city.sanitation.pk], by=city.dispatcher, at=NOW)
    part = Case.objects.get(parent=part)
    actions.accept(part.uid, by=city.sweeper, at=NOW)
    actions.extend(part.uid, amount=1, unit_of_time="work_hour", reason="等车", by=city.sweeper, at=NOW)

    with pytest.raises(NotAllowed):
        actions.grant_extension(part.uid, by=city.sweeper, at=NOW)
    assert actions.grant_extension(part.uid, by=city.dispatcher, at=NOW).version > part.version


def test_who_judged_a_case_does_not_decide_the_appeal_against_it(city: City) -> None:
    case = city.walk("rectified")
    organisation.appoint(
        person=city.supervisor, role="verifier", unit=city.checkers, starts_on=SINCE, by=None, at=MONDAY_NINE
    )
    actions.send_back(case.uid, reason="没扫净", by=city.supervisor, at=NOW)
    actions.rectify(case.uid, note="扫净了", photos=[city.photo()], by=city.handler, at=NOW)
    actions.appeal(case.uid, ground="verdict", reason="本来就干净", by=city.leader, at=NOW)

    with pytest.raises(NotAllowed):
        actions.decide_appeal(case.uid, verdict="refused", note="不成立", by=city.supervisor, at=NOW)
    actions.decide_appeal(case.uid, verdict="granted", note="成立", by=city.other_supervisor, at=NOW)


def test_whoever_sees_nothing_of_a_case_cannot_follow_it(city: City) -> None:
    case = city.walk("accepted")
    for name in ("system_admin", "other_handler"):
        with pytest.raises(Refused) as no:
            actions.follow(case.uid, by=city.people[name], at=NOW)
        assert no.value.status == 404
    assert actions.follow(case.uid, by=city.grid_worker, at=NOW)
    assert not actions.follow(case.uid, by=city.grid_worker, at=NOW)
