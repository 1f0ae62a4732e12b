"""A resident reports, follows, is asked; a moderator decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civicloop.cases import actions as cases
from civicloop.cases.models import Case, CaseStep
from civicloop.kernel.codes import digest
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound
from civicloop.ledger.models import LedgerLine
from civicloop.loops.models import Notice
from civicloop.residents import actions
from civicloop.residents.actions import Contact
from civicloop.residents.keys import key_of
from civicloop.residents.models import Feedback, Following, ReopenRequest, Report, Reporter, ResidentMessage
from civicloop.residents.queries import desk, following
from tests.cast import MONDAY_NINE, WEST, City
from tests.residents.conftest import CONTACT, Send, photo, shown_outside

pytestmark = pytest.mark.django_db
LATER = MONDAY_NINE + timedelta(days=4)


def test_a_report_becomes_an_ordinary_case_without_a_person(city: City, send: Send) -> None:
    done = send(photos=[photo()])
    case = Case.objects.get()

    assert (case.source, case.reporter, case.state, case.grid) == ("resident", None, "reported", city.grids[0])
    assert done.report.case == case
    assert done.report.code_digest == digest(done.code)
    assert done.code not in str(list(Report.objects.values()))
    assert case.evidence.count() == 1
    assert CaseStep.objects.get().by is None


def test_what_is_sent_twice_is_one_report_with_the_same_code(city: City, send: Send) -> None:
    first, second = send(key="the-same-form-key"), send(key="the-same-form-key", description="changed meanwhile")

    assert first.code == second.code
    assert second.again
    assert Case.objects.count() == Report.objects.count() == 1


def test_numbers_in_the_text_are_masked_before_the_case_has_them(city: City, send: Send) -> None:
    send(description="垃圾，联系13812345678", address="莲花路1号 lin@example.org")
    case = Case.objects.get()

    assert "138****5678" in case.description
    assert "lin@example.org" not in case.address


def test_a_contact_needs_consent_and_is_kept_apart(city: City, send: Send) -> None:
    with pytest.raises(Invalid, match="consent_needed"):
        send(contact=Contact("林某某", "13800138000", ""))
    with pytest.raises(Invalid, match="phone_unreadable"):
        send(contact=Contact("", "1380", "", agreed=True))
    send(contact=CONTACT)

    reporter = Reporter.objects.get()
    assert (reporter.phone, reporter.email) == ("13800138000", "lin.test@example.org")
    assert reporter.phone_key == key_of("phone", "13800138000")
    assert "13800138000" not in str(list(LedgerLine.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"description": "x" * 4001}, "too_long"), ({"lon": None, "lat": None}, "place_missing"),
        ({"lon": 0.0, "lat": 0.0}, "null_island"), ({"description": ""}, "words_or_photo"),
        ({"photos": ["0" * 64]}, "photo_not_sent"),
        ({"key": "short"}, "key_unusable"), ({"lat": None}, "half_a_place"),
    ],
)  # fmt: skip
def test_what_could_be_no_case_is_refused_at_the_door(city: City, send: Send, given: Any, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        send(proved=False, **given)

    assert not Report.objects.exists()


def test_without_work_of_the_device_a_moderator_looks_first(city: City, send: Send) -> None:
    done = send(proved=False, photos=[photo(), photo("#822")])

    assert (done.report.state, done.report.held_for) == ("waiting", ["no_proof"])
    assert not Case.objects.exists()

    actions.hide_photo(done.report.uid, sha256=photo("#822"), by=city.filer, at=LATER)
    report = actions.accept_report(done.report.uid, by=city.filer, at=LATER)

    assert report.case is not None
    assert list(report.case.evidence.values_list("photo_id", flat=True)) == [photo()]
    assert report.content == {}
    assert shown_outside(report.case.pk) == [photo()]
    with pytest.raises(Conflict, match="report_decided"):
        actions.refuse_report(done.report.uid, reason="late", by=city.filer, at=LATER)


def test_photos_of_what_entered_at_once_are_shown_to_nobody_before_somebody_has_looked(city: City, send: Send) -> None:
    done = send(photos=[photo(), photo("#911")])
    case = Case.objects.get()

    assert shown_outside(case.pk) == []
    # Each by itself: whoever has looked at one has not looked at the others.
    actions.accept_photo(done.report.uid, sha256=photo("#911"), by=city.filer, at=LATER)
    assert shown_outside(case.pk) == [photo("#911")]
    with pytest.raises(NotFound):
        actions.accept_photo(done.report.uid, sha256=photo("#137"), by=city.filer, at=LATER)


def test_who_does_not_moderate_decides_nothing(city: City, send: Send) -> None:
    done = send(proved=False)

    for name in ("handler", "inspector", "auditor", "system_admin"):
        with pytest.raises(NotAllowed):
            actions.accept_report(done.report.uid, by=city.people[name], at=LATER)
    with pytest.raises(Invalid, match="required"):
        actions.refuse_report(done.report.uid, reason="  ", by=city.filer, at=LATER)
    assert actions.refuse_report(done.report.uid, reason="与城市管理无关", by=city.filer, at=LATER).state == "refused"


def test_a_flood_waits_and_then_is_turned_away(city: City, send: Send) -> None:
    states = [send(at=MONDAY_NINE + timedelta(minutes=n)).report.state for n in range(12)]

    assert states == ["entered"] * 10 + ["waiting"] * 2
    Report.objects.update(received_at=MONDAY_NINE)
    Report.objects.bulk_create(
        Report(
            code_digest=f"{n:064d}", key=f"{n:064d}", category=city.litter, received_at=MONDAY_NINE,
            sender_key=key_of("address", "203.0.113.7"),
        )
        for n in range(38)
    )  # fmt: skip
    with pytest.raises(Invalid, match="too_many_today"):
        send(at=MONDAY_NINE + timedelta(hours=1))
    assert send(at=MONDAY_NINE + timedelta(hours=1), sender="198.51.100.9").report.state == "entered"


def test_a_blocked_sender_waits_until_the_block_ends(city: City, send: Send) -> None:
    first = send(contact=CONTACT)
    actions.block(kind="contact", report=first.report.uid, reason="spam", days=7, by=city.filer, at=MONDAY_NINE)
    actions.block(kind="word", word="线上赌场", reason="spam", days=7, by=city.filer, at=MONDAY_NINE)

    held = send(contact=Contact("", "13800138000", "", agreed=True), sender="198.51.100.1")
    words = send(description="线上赌场 欢迎", sender="198.51.100.2")
    later = send(contact=CONTACT, at=MONDAY_NINE + timedelta(days=8))

    assert held.report.held_for == ["blocked"]
    assert words.report.held_for == ["words"]
    assert later.report.state == "entered"
    with pytest.raises(Conflict, match="nothing_to_block"):
        actions.block(kind="contact", report=words.report.uid, reason="x", days=7, by=city.filer, at=MONDAY_NINE)
    with pytest.raises(Invalid, match="days_out_of_range"):
        actions.block(kind="word", word="词语", reason="x", days=91, by=city.filer, at=MONDAY_NINE)


def test_a_code_opens_its_report_and_no_other(city: City, send: Send) -> None:
    done, other = send(), send()

    assert following.opened_by(done.code.lower()).report == done.report
    assert following.opened_by(other.code).report == other.report
    with pytest.raises(NotFound):
        following.opened_by("ABCDE-FGHJK")


def test_the_same_problem_is_followed_and_counted_once(city: City, send: Send) -> None:
    send()
    case = Case.objects.get()
    row, code = actions.follow_case(case.uid, sent_key="a-key-of-a-form-1", at=LATER)
    again, same = actions.follow_case(case.uid, sent_key="a-key-of-a-form-1", at=LATER)

    assert (row, code) == (again, same)
    assert following.following_counts([case.pk]) == {case.pk: 2}
    assert following.others(case) == 1
    assert following.opened_by(code).case == case
    assert Following.objects.count() == 1


def test_not_put_right_is_a_request_that_the_verifier_decides(city: City, send: Send) -> None:
    done = send()
    case = city.walk("closed", case=Case.objects.get())
    at = case.closed_at + timedelta(days=2)

    with pytest.raises(Invalid, match="required"):
        actions.ask_reopen(case.uid, reason=" ", at=at)
    request = actions.ask_reopen(case.uid, reason="还在，打13812345678", reporter=done.report.reporter, at=at)
    case.refresh_from_db()

    assert case.state == "closed"
    assert case.steps.order_by("-seq")[0].name == "comment"
    assert "13812345678" not in request.reason
    assert Notice.objects.filter(kind="case.not_fixed", person=city.verifier).exists()
    with pytest.raises(Conflict, match="reopen_waits"):
        actions.ask_reopen(case.uid, reason="again", at=at)
    with pytest.raises(NotAllowed):
        actions.grant_reopen(request.uid, by=city.handler, at=at)

    actions.grant_reopen(request.uid, by=city.verifier, at=at)
    case.refresh_from_db()
    request.refresh_from_db()

    assert (case.state, case.unit, case.reopened_count) == ("dispatched", city.lotus, 1)
    assert (request.state, request.decided_by) == ("granted", city.verifier)


def test_a_case_reopened_on_its_own_page_settles_the_request(city: City, send: Send) -> None:
    send()
    case = city.walk("closed", case=Case.objects.get())
    at = case.closed_at + timedelta(days=1)
    request = actions.ask_reopen(case.uid, reason="还在", at=at)

    cases.reopen(case.uid, reason="看过了", by=city.verifier, at=at + timedelta(hours=1))

    request.refresh_from_db()
    assert request.state == "granted"


def test_it_stays_closed_only_with_an_answer_from_who_may_reopen(city: City, send: Send) -> None:
    send()
    case = city.walk("closed", case=Case.objects.get())
    at = case.closed_at + timedelta(days=1)
    request = actions.ask_reopen(case.uid, reason="还在", at=at)

    with pytest.raises(NotAllowed):
        actions.refuse_reopen(request.uid, answer="no", by=city.leader, at=at)
    with pytest.raises(Invalid, match="required"):
        actions.refuse_reopen(request.uid, answer="", by=city.verifier, at=at)
    actions.refuse_reopen(request.uid, answer="现场已清理", by=city.verifier, at=at)

    assert ReopenRequest.objects.get().answer == "现场已清理"
    assert Case.objects.get().state == "closed"


def test_the_window_to_say_so_ends(city: City, send: Send) -> None:
    send()
    open_case = Case.objects.get()
    with pytest.raises(Conflict, match="not_closed"):
        actions.ask_reopen(open_case.uid, reason="early", at=MONDAY_NINE)
    case = city.walk("closed", case=open_case)

    with pytest.raises(Conflict, match="reopen_too_late"):
        actions.ask_reopen(case.uid, reason="late", at=case.closed_at + timedelta(days=16))


def test_a_reporter_is_asked_once_between_the_third_and_seventh_day(city: City, send: Send) -> None:
    done = send(contact=CONTACT)
    send(description="没有留联系方式", lon=WEST + 0.025)
    case = city.walk("closed", case=done.report.case)
    closed = case.closed_at

    assert actions.ask_how_content(at=closed + timedelta(days=2)).asked == 0
    sums = actions.ask_how_content(at=closed + timedelta(days=3))
    again = actions.ask_how_content(at=closed + timedelta(days=4))

    assert (sums.asked, sums.messages, again.asked) == (1, 1, 0)
    message = ResidentMessage.objects.get()
    assert (message.channel, message.kind) == ("mail", "satisfaction")
    asked = Feedback.objects.get()
    assert following.question_for(following.opened_by(done.code).report) == asked  # type: ignore[arg-type]

    actions.rate(asked.uid, grade=1, note="还有味道", at=closed + timedelta(days=4))
    with pytest.raises(Conflict, match="rated_already"):
        actions.rate(asked.uid, grade=4, at=closed + timedelta(days=4))
    told = desk.how_content(at=closed + timedelta(days=5))
    assert (told["asked"], told["answered"]) == (1, 1)
    assert told["grades"][-1][2] == 1


def test_who_was_closed_long_ago_is_not_asked_any_more(city: City, send: Send) -> None:
    case = city.walk("closed", case=send().report.case)

    assert actions.ask_how_content(at=case.closed_at + timedelta(days=8)).asked == 0
    with pytest.raises(Invalid, match="unknown_choice"):
        actions.rate(case.uid, grade=5, at=LATER)


def test_the_story_told_outside_names_no_person_and_no_inner_note(city: City, send: Send) -> None:
    case = city.walk("closed", case=send().report.case)
    cases.comment(case.uid, note="内部意见", by=city.filer, at=LATER)

    way = following.way_of(case)

    assert [one.name for one in way] == ["report", "file", "dispatch", "accept", "rectify", "verify", "close"]
    assert [one.words for one in way if one.words] == ["cleared"]
    assert all(person.name not in str(way) for person in city.people.values())
