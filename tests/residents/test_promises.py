"""What is promised to residents holds: who follows is reached, nothing waits for ever, nobody is shut out by somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from civicloop.cases.models import Case
from civicloop.kernel.masking import without_contacts
from civicloop.kernel.refusal import Conflict, Invalid
from civicloop.ledger.models import LedgerLine
from civicloop.notify.residents import send_to_residents
from civicloop.residents import actions
from civicloop.residents.actions import Contact, complaints
from civicloop.residents.actions.arriving import require_room
from civicloop.residents.keys import key_of
from civicloop.residents.models import Complaint, Feedback, Following, Report, Reporter, ResidentMessage
from civicloop.residents.queries import following
from civicloop.residents.rules.holding import held_for
from civicloop.standards import reference
from tests.cast import MONDAY_NINE, City
from tests.residents.conftest import CONTACT, Send, photo

pytestmark = pytest.mark.django_db
PHONE = Contact(phone="13900139000", agreed=True)
DAY = timedelta(days=1)


def follow(case: Case, key: str = "f" * 20, **given: Any) -> Following:
    return actions.follow_case(case.uid, sent_key=key, at=MONDAY_NINE, **given)[0]


def test_who_follows_finds_it_under_his_contact_and_is_asked_how_content_he_is(
    city: City, send: Send, settings: Any
) -> None:
    settings.CIVICLOOP_NOTIFY_SMS, settings.CIVICLOOP_PUBLIC_URL = (
        "json://127.0.0.1:9/?:phone={to}",
        "https://city.example",
    )
    case = send().report.case
    assert case
    row = follow(case, contact=PHONE)
    follow(case, key="somebody-without-contact", sender="198.51.100.1")
    case = city.walk("closed", case=case)
    at = case.closed_at + timedelta(days=4)  # type: ignore[operator]

    assert following.followings_of(key_of("phone", "13900139000")) == [row]
    assert (actions.ask_how_content(at=at).messages, actions.ask_how_content(at=at).asked) == (1, 0)
    asked = Feedback.objects.get(following=row)
    assert following.question_for(Following.objects.get(pk=row.pk)) == asked
    sent: list[str] = []
    send_to_residents(at=at + timedelta(hours=1), send=lambda to, title, text: sent.append(text) or "")  # type: ignore[func-returns-value]
    assert "https://city.example/p/rate/" in sent[0]
    actions.rate(asked.uid, grade=4, at=at)
    assert Feedback.objects.get(following=row).grade == 4


def test_without_an_address_of_the_house_no_message_leaves_it(city: City, send: Send, settings: Any) -> None:
    settings.CIVICLOOP_NOTIFY_SMS, settings.CIVICLOOP_PUBLIC_URL = "json://127.0.0.1:9/?:phone={to}", ""
    send(contact=CONTACT)
    actions.ask_link("13800138000", at=MONDAY_NINE)

    assert send_to_residents(at=MONDAY_NINE, send=lambda *_: pytest.fail("sent a link to nowhere")) == (0, 1)
    assert ResidentMessage.objects.get().failure == "no_address"


def test_nobody_makes_a_crowd_of_followers(city: City, send: Send) -> None:
    case = send().report.case
    assert case
    for number in range(20):
        follow(case, key=f"the-same-sender-{number:04d}", sender="198.51.100.1")
    follow(case, key="a-device-without-work", sender="198.51.100.2", proved=False)
    follow(case, key="somebody-else-follows", sender="198.51.100.3")

    assert following.others(case) == 2
    assert following.following_counts([case.pk]) == {case.pk: 3}
    for number in range(20, 50):
        follow(case, key=f"the-same-sender-{number:04d}", sender="198.51.100.1")
    with pytest.raises(Invalid, match="too_many_today"):
        follow(case, key="one-more-of-the-same", sender="198.51.100.1")
    assert actions.retain(at=MONDAY_NINE + 8 * DAY)["followers"] == 52
    assert not Following.objects.exclude(sender_key="").exists()


def test_a_flood_under_somebody_elses_phone_does_not_shut_him_out(city: City, send: Send) -> None:
    for number in range(60):
        send(contact=PHONE, sender=f"198.51.100.{number}")

    owner = send(contact=PHONE, sender="203.0.113.50").report

    assert (owner.state, owner.held_for) == ("waiting", ["flood"])
    for _ in range(50):
        send(sender="203.0.113.60")
    with pytest.raises(Invalid, match="too_many_today"):
        send(sender="203.0.113.60")


def test_a_report_nobody_decides_is_refused_by_rule_and_then_forgotten(city: City, send: Send) -> None:
    done = send(proved=False, contact=CONTACT, photos=[photo()])

    assert actions.retain(at=MONDAY_NINE + 59 * DAY)["undecided"] == 0
    assert actions.retain(at=MONDAY_NINE + 61 * DAY, dry_run=True)["undecided"] == 1
    assert actions.retain(at=MONDAY_NINE + 61 * DAY)["undecided"] == 1
    report = Report.objects.get()
    assert (report.state, report.decided_by) == ("refused", None)
    assert report.refusal
    line = LedgerLine.objects.get(kind="report", uid=report.uid, verb="report.refuse")
    assert line.data["rule"] == "residents.decide_within_days"
    assert following.opened_by(done.code).report == report
    assert actions.retain(at=MONDAY_NINE + 92 * DAY)["refused"] == 1
    assert Report.objects.get().content == {}
    assert actions.retain(at=MONDAY_NINE + 245 * DAY)["reporters"] == 1
    assert Reporter.objects.get().phone == ""


def complained() -> Complaint:
    return complaints.submit(kind="complaint", text="慢", sent_key="k" * 20, contact=CONTACT, at=MONDAY_NINE)[0]


def test_staff_finish_a_complaint_only_when_the_time_to_ask_again_is_over(city: City) -> None:
    row = complained()
    complaints.accept(row.uid, nobody=True, by=city.supervisor, at=MONDAY_NINE)
    complaints.answer(row.uid, note="好", by=city.supervisor, at=MONDAY_NINE)

    with pytest.raises(Conflict, match="may_still_ask_again"):
        complaints.close(row.uid, by=city.supervisor, at=MONDAY_NINE + timedelta(minutes=1))
    assert complaints.ask_again(row.uid, reason="怎么好", at=MONDAY_NINE + DAY).state == "accepted"
    complaints.answer(row.uid, note="说明", by=city.supervisor, at=MONDAY_NINE + 2 * DAY)
    assert complaints.close(row.uid, by=city.supervisor, at=MONDAY_NINE + 18 * DAY).state == "closed"


def test_who_takes_a_complaint_up_says_whom_it_is_about(city: City) -> None:
    row = complained()

    for given in ({}, {"about": city.verifier, "nobody": True}):
        with pytest.raises(Invalid, match="about_or_nobody"):
            complaints.accept(row.uid, by=city.supervisor, at=MONDAY_NINE, **given)  # type: ignore[arg-type]


def test_an_answer_of_the_one_who_is_named_later_is_taken_back(city: City) -> None:
    row = complained()
    complaints.accept(row.uid, nobody=True, by=city.supervisor, at=MONDAY_NINE)
    complaints.answer(row.uid, note="没有问题", by=city.supervisor, at=MONDAY_NINE)
    complaints.ask_again(row.uid, reason="说的就是他", at=MONDAY_NINE)
    complaints.hand_over(row.uid, unit_id=city.command.pk, reason="另派", by=city.other_supervisor, at=MONDAY_NINE)

    done = complaints.accept(row.uid, about=city.supervisor, by=city.other_supervisor, at=MONDAY_NINE)

    assert (done.answer, done.about) == ("", city.supervisor)
    assert done.steps.order_by("-seq").first().data["answer_taken_back"] is True


def test_a_device_that_has_not_worked_complains_three_times_a_day(city: City) -> None:
    def complain(number: int, proved: bool) -> None:
        key, sender = f"key-of-a-complaint-{number}", "203.0.113.7"
        complaints.submit(kind="complaint", text="慢", sent_key=key, sender=sender, proved=proved, at=MONDAY_NINE)

    for number in range(3):
        complain(number, proved=False)
    with pytest.raises(Invalid, match="too_many_today"):
        complain(3, proved=False)
    complain(4, proved=True)


def test_one_sender_brings_so_many_photos_in_an_hour(city: City) -> None:
    ref, megabyte = reference.now(), 1024 * 1024
    for _ in range(12):
        require_room("203.0.113.7", [megabyte] * 5, at=MONDAY_NINE, ref=ref)

    with pytest.raises(Invalid, match="photos_too_often"):
        require_room("203.0.113.7", [megabyte], at=MONDAY_NINE, ref=ref)
    require_room("203.0.113.8", [megabyte * 30] * 5, at=MONDAY_NINE, ref=ref)
    require_room("203.0.113.8", [megabyte * 30] * 5, at=MONDAY_NINE, ref=ref)
    with pytest.raises(Invalid, match="photos_too_often"):
        require_room("203.0.113.8", [megabyte * 30], at=MONDAY_NINE, ref=ref)
    require_room("203.0.113.7", [megabyte], at=MONDAY_NINE + timedelta(hours=1), ref=ref)
    require_room("203.0.113.7", [], at=MONDAY_NINE, ref=ref)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("線上賭場", "words"), ("線.上.賭 場", "words"), ("dubo.com dubo2.cn 加 t.me/abc", "links"),
        ("hxxp://a.b HXXPS://c.d", "links"), ("加我一三八零零一三八零零零", "han_number"),
        ("加我壹叁捌 零零壹叁捌 零零零零", "han_number"),
    ],
)  # fmt: skip
def test_spam_in_other_clothes_waits(text: str, reason: str) -> None:
    assert held_for(text, proved=True, today=0, most_a_day=10, blocked=False, words=["线上赌场"]) == [reason]


@pytest.mark.parametrize(
    "text", ["路灯3.5米高，12.15日坏的", "见www.example.com", "一号楼二单元三零四室门口", "A.B两栋 v1.2"]
)
def test_ordinary_words_do_not_wait(text: str) -> None:
    assert held_for(text, proved=True, today=0, most_a_day=10, blocked=False, words=["线上赌场"]) == []


@pytest.mark.parametrize("number", ["一三八零零一三八零零零", "幺三八〇〇幺三八〇〇〇", "壹叁捌零零壹叁捌零零零"])
def test_a_number_in_characters_is_masked_at_the_door_and_waits(city: City, send: Send, number: str) -> None:
    report = send(description=f"路灯不亮，打{number}").report

    assert report.held_for == ["han_number"]
    assert number not in report.content["description"]
    assert without_contacts("一三八零零一三八零零零零") == "一三八零零一三八零零零零"  # twelve are none


def test_what_was_closed_is_found_by_an_index(city: City) -> None:
    with connection.cursor() as cursor:
        names = connection.introspection.get_constraints(cursor, Case._meta.db_table)
    assert names["case_closed"]["columns"] == ["closed_at"]
