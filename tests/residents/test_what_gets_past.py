"""What somebody tries who means no good: links with keys in them, words in disguise, whole networks of addresses, odd signs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory

from civicloop.cases.actions import together
from civicloop.cases.models import Case
from civicloop.kernel.senders import line_of
from civicloop.photos import blur
from civicloop.photos.storage import put, storage
from civicloop.residents import actions
from civicloop.residents.actions import Contact, complaints
from civicloop.residents.models import Open311Request, Reporter, ReportPhoto
from civicloop.residents.rules.holding import held_for
from civicloop.web.outside.limits import address_of
from tests.cast import MONDAY_NINE, SOUTH, WEST, City
from tests.open311.conftest import HERE, Program, program, program_with
from tests.open311.test_reading import set_parameter
from tests.residents.conftest import CONTACT, Send, photo

__all__ = ["program"]
pytestmark = pytest.mark.django_db
NEAR = {"lon": f"{WEST + 0.005:.6f}", "lat": f"{SOUTH + 0.005:.6f}"}


def near(city: City) -> str:
    return Client().get("/p/report/near", {"category": str(city.litter.uid), **NEAR}).content.decode()


def test_a_link_fills_in_neither_the_key_of_the_form_nor_a_consent(city: City) -> None:
    asked = {"key": "a-key-somebody-else-knows", "agreed": "1", "phone": "13800138000", "description": "路灯不亮"}
    text = Client().get("/p/report", asked).content.decode()

    assert 'value="a-key-somebody-else-knows"' not in text
    assert 'value="13800138000"' not in text
    assert " checked" not in text.partition('name="agreed"')[2][:40]
    assert "路灯不亮" in text


def test_what_is_private_is_not_shown_to_who_reports_nearby(city: City, program: Program) -> None:
    program.report(non_public="1")
    assert "<article" not in near(city)
    program.report()
    assert near(city).count("<article") == 1
    set_parameter(city, "open311.private", ["06010"])
    assert "<article" not in near(city)


@pytest.mark.parametrize(
    "typed", ["线上赌场", "线 上 赌 场", "线.上.赌.场", "线\u200d上\u200c赌场", "线上\ufe0f赌\u034f场"]
)
def test_a_word_of_the_block_list_is_known_in_disguise(typed: str) -> None:
    asked = {"proved": True, "today": 0, "most_a_day": 9, "blocked": False}

    assert held_for(f"{typed}欢迎", words=["线上赌场"], **asked) == ["words"]
    assert held_for("路灯不亮", words=["线上赌场", " ", "…"], **asked) == []


def test_all_addresses_of_a_line_are_one_sender() -> None:
    asked = {address_of(RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{n:x}")) for n in range(1, 40)}

    assert asked == {"2001:db8:1:2::/64"}
    assert line_of("::ffff:203.0.113.7") == line_of("203.0.113.7") == "203.0.113.7"
    assert line_of("nonsense") == "nonsense"
    assert line_of("2001:db8:1:3::1") != line_of("2001:db8:1:2::1")


def test_a_hidden_photo_is_hidden_whichever_report_brought_it(city: City, send: Send) -> None:
    sha256 = photo()
    first, second = send(photos=[sha256]), send(photos=[sha256])
    actions.accept_photo(first.report.uid, sha256=sha256, by=city.filer, at=MONDAY_NINE)
    actions.hide_photo(second.report.uid, sha256=sha256, by=city.filer, at=MONDAY_NINE)

    assert set(ReportPhoto.objects.values_list("state", flat=True)) == {"hidden"}
    # Sent once more it stays so, and accepting the report does not show it.
    third = send(photos=[sha256], proved=False)
    actions.accept_report(third.report.uid, by=city.filer, at=MONDAY_NINE)
    assert set(ReportPhoto.objects.values_list("state", flat=True)) == {"hidden"}


def test_every_blurred_copy_goes_with_its_photo(
    city: City, send: Send, django_capture_on_commit_callbacks: object
) -> None:
    sha256 = photo()
    names = [blur.blurred_name(sha256), blur.blurred_name(sha256, [(0, 0, 0.1, 0.1)])]
    for name in names:
        with storage().open(f"originals/{sha256[:2]}/{sha256}") as file:
            put(name, file, size=file.size, media_type="image/jpeg")
    case = city.walk("closed", case=send(photos=[sha256]).report.case)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        actions.retain(at=case.closed_at + timedelta(days=800))

    assert [name for name in names if storage().exists(name)] == []


def test_whose_report_was_merged_is_asked_about_the_case_it_went_on_in(city: City, send: Send) -> None:
    main, other = send(contact=CONTACT), send(contact=Contact("", "13900139000", "", agreed=True))
    city.walk("filed", case=main.report.case)
    together.merge(other.report.case.uid, into=main.report.case.uid, by=city.filer, at=MONDAY_NINE)  # type: ignore[union-attr]
    case = Case.objects.get(pk=main.report.case_id)
    for step, by, given in (
        ("dispatch", "dispatcher", {"unit": city.lotus.code}), ("accept", "handler", {}),
        ("rectify", "handler", {"note": "ok", "photos": [city.photo()]}), ("verify", "verifier", {"note": "ok"}),
        ("close", "filer", {}),
    ):  # fmt: skip
        from civicloop.cases.actions import take

        case = take(case.uid, step=step, given=given, by=city.people[by], at=MONDAY_NINE + timedelta(hours=1))
    at = case.closed_at + timedelta(days=4)  # type: ignore[operator]

    assert actions.ask_how_content(at=at).asked == 2
    assert actions.ask_how_content(at=at).asked == 0


def test_a_complaint_nobody_asks_about_again_ends_and_its_contact_goes(city: City) -> None:
    row, _ = complaints.submit(kind="complaint", text="慢", sent_key="k" * 20, contact=CONTACT, at=MONDAY_NINE)
    complaints.accept(row.uid, nobody=True, by=city.supervisor, at=MONDAY_NINE)
    complaints.answer(row.uid, note="已改进", by=city.supervisor, at=MONDAY_NINE)

    assert complaints.close_answered(at=MONDAY_NINE + timedelta(days=15)) == 0
    assert complaints.close_answered(at=MONDAY_NINE + timedelta(days=16)) == 1
    assert complaints.close_answered(at=MONDAY_NINE + timedelta(days=16)) == 0
    actions.retain(at=MONDAY_NINE + timedelta(days=400))
    assert Reporter.objects.get().anonymised_at is not None


def test_what_was_only_tried_out_goes_with_photos_that_were_never_sent(city: City) -> None:
    program_with(root="/open311/test/v2", test=True).post(service_code="06010", description="试一试", **HERE)
    row = Open311Request.objects.get()

    assert actions.retain(at=row.received_at + timedelta(days=1))["samples"] == 0
    assert actions.retain(at=row.received_at + timedelta(days=3))["samples"] == 1


def test_addresses_of_pictures_reach_the_case_when_a_moderator_has_accepted_it(city: City, program: Program) -> None:
    spam = {"description": "https://a.example https://b.example", "media_url": "https://pic.example/1.jpg"}
    program.post(service_code="06010", **spam, **HERE)
    row = Open311Request.objects.get()
    actions.accept_report(row.report.uid, by=city.filer, at=MONDAY_NINE)  # type: ignore[union-attr]

    assert "https://pic.example/1.jpg" in Case.objects.get().steps.values_list("note", flat=True)
