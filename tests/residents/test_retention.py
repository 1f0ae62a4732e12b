"""What is taken away when its time is over, and that nothing personal is left then."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from io import BytesIO

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.core import serializers
from PIL import Image

from civicloop.cases import actions as cases
from civicloop.kernel.refusal import Invalid
from civicloop.ledger.models import LedgerLine
from civicloop.ledger.queries import breaks
from civicloop.photos.actions import store
from civicloop.photos.copies import open_copy
from civicloop.photos.models import Photo
from civicloop.photos.queries import findings
from civicloop.photos.rules.address import Size, original_name
from civicloop.photos.storage import storage
from civicloop.residents import actions
from civicloop.residents.commands import residents
from civicloop.residents.models import Block, MineLink, Report, Reporter, ResidentMessage
from tests.cast import MONDAY_NINE, City
from tests.residents.conftest import CONTACT, Send, photo

pytestmark = pytest.mark.django_db
MARKS = ("林某某", "13800138000", "138 0013 8000", "lin.test@example.org", "13912345678", "203.0.113.7")


def everything_kept() -> str:
    """All rows of the residents', cases', loops', notify and ledger apps, as text."""
    found = []
    for app in ("residents", "cases", "loops", "notify", "ledger", "photos"):
        for model in apps.get_app_config(app).get_models():
            found.append(serializers.serialize("json", model._default_manager.all(), ensure_ascii=False))
    return "\n".join(found).lower()


def test_nothing_personal_is_left_in_rows_ledger_or_log(
    city: City, send: Send, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: object
) -> None:
    caplog.set_level(logging.DEBUG)
    done = send(contact=CONTACT, description="垃圾，找我13912345678", photos=[photo()])
    refused = send(contact=CONTACT, proved=False, description="广告 lin.test@example.org", photos=[photo("#911")])
    actions.refuse_report(refused.report.uid, reason="广告", by=city.filer, at=MONDAY_NINE)
    case = city.walk("closed", case=done.report.case)
    actions.ask_how_content(at=case.closed_at + timedelta(days=3))
    actions.ask_link("13800138000", at=MONDAY_NINE)
    assert all(mark in everything_kept() for mark in ("林某某", "13800138000", "lin.test@example.org"))

    much_later = case.closed_at + timedelta(days=800)
    counted = actions.retain(at=much_later, dry_run=True)
    done_now = actions.retain(at=much_later)

    kept = everything_kept()
    assert [mark for mark in MARKS if mark in kept] == []
    assert [mark for mark in MARKS if mark in caplog.text] == []
    assert counted == done_now
    assert done_now["reporters"] == 2
    assert not ResidentMessage.objects.exists()
    assert not MineLink.objects.exists()
    line = LedgerLine.objects.get(kind="retention")
    assert line.data["done"]["photos"] == 1
    assert line.data["days"]["contact"] == 180
    assert actions.retain(at=much_later) == dict.fromkeys(done_now, 0)


def test_a_dry_run_changes_nothing(city: City, send: Send) -> None:
    done = send(contact=CONTACT)
    case = city.walk("closed", case=done.report.case)
    before = everything_kept()

    assert actions.retain(at=case.closed_at + timedelta(days=800), dry_run=True)["reporters"] == 1
    assert everything_kept() == before


def test_contacts_stay_while_the_case_is_open_and_for_their_days_after(city: City, send: Send) -> None:
    done = send(contact=CONTACT)
    assert actions.retain(at=MONDAY_NINE + timedelta(days=400))["reporters"] == 0

    case = city.walk("closed", case=done.report.case)
    assert actions.retain(at=case.closed_at + timedelta(days=179))["reporters"] == 0
    assert actions.retain(at=case.closed_at + timedelta(days=181))["reporters"] == 1
    reporter = Reporter.objects.get()
    assert (reporter.phone, reporter.phone_key, reporter.name) == ("", "", "")
    assert reporter.anonymised_at is not None


def test_what_goes_on_in_another_case_lasts_as_long_as_that_one(city: City, send: Send) -> None:
    sha256 = photo()
    merged = send(contact=CONTACT, photos=[sha256]).report.case
    main = cases.report(
        category_id=city.litter.pk, by=city.reporter, at=MONDAY_NINE, lon=merged.lon, lat=merged.lat
    ).case  # fmt: skip
    cases.merge(merged.uid, into=main.uid, by=city.filer, at=MONDAY_NINE)
    years = MONDAY_NINE + timedelta(days=1200)

    assert {name: actions.retain(at=years)[name] for name in ("reporters", "photos")} == {"reporters": 0, "photos": 0}
    main = city.walk("closed", case=main, at=years)
    after = actions.retain(at=main.closed_at + timedelta(days=800))
    assert (after["reporters"], after["photos"]) == (1, 1)


def test_a_photo_that_waits_in_another_report_is_not_reduced(city: City, send: Send) -> None:
    sha256 = photo()
    case = city.walk("closed", case=send(photos=[sha256]).report.case)
    later = case.closed_at + timedelta(days=799)
    send(photos=[sha256], proved=False, at=later)

    assert actions.retain(at=later + timedelta(days=1))["photos"] == 0


def test_photos_are_reduced_to_a_small_copy_without_exif(
    city: City, send: Send, django_capture_on_commit_callbacks: object
) -> None:
    sha256 = photo("#136")
    Photo.objects.filter(pk=sha256).update(exif={"Model": "phone"}, taken_lon=118.1, taken_lat=24.7)
    case = city.walk("closed", case=send(photos=[sha256]).report.case)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert actions.retain(at=case.closed_at + timedelta(days=731))["photos"] == 1

    row = Photo.objects.get(pk=sha256)
    assert (row.exif, row.taken_lon, row.phash) == ({}, None, None)
    assert not storage().exists(original_name(sha256))
    with open_copy(sha256, Size.PAGE) as file:
        assert file.read(2) == b"\xff\xd8"
    assert sha256 not in {one.sha256 for one in findings()}


def test_a_photo_that_others_gave_as_evidence_stays_whole(city: City, send: Send) -> None:
    sha256 = photo("#246")
    case = city.walk("accepted", case=send(photos=[sha256]).report.case)
    done = {"note": "done", "photos": [{"sha256": sha256}]}
    cases.take(case.uid, step="rectify", given=done, by=city.handler, at=MONDAY_NINE + timedelta(hours=2))
    case = city.walk("closed", case=send(photos=[photo("#247")]).report.case)

    assert actions.retain(at=case.closed_at + timedelta(days=800))["photos"] == 1
    assert Photo.objects.get(pk=sha256).reduced_at is None


def test_digests_of_addresses_and_ended_blocks_go_after_days(city: City, send: Send) -> None:
    done = send(contact=CONTACT)
    actions.block(kind="address", report=done.report.uid, reason="flood", days=3, by=city.filer, at=MONDAY_NINE)

    sums = actions.retain(at=MONDAY_NINE + timedelta(days=8))

    assert (sums["senders"], sums["blocks"]) == (1, 1)
    assert Report.objects.get().sender_key == ""
    assert not Block.objects.exists()


def test_the_command_counts_and_does(city: City, send: Send) -> None:
    send()
    Report.objects.update(received_at=MONDAY_NINE - timedelta(days=3000))

    dry = CliRunner().invoke(residents, ["retain", "--dry-run"])
    wet = CliRunner().invoke(residents, ["retain"])

    assert json.loads(dry.output)["senders"] == json.loads(wet.output)["senders"] == 1
    assert Report.objects.get().sender_key == ""


def test_the_chain_of_a_reduced_photo_holds(city: City, send: Send) -> None:
    case = city.walk("closed", case=send(photos=[photo()]).report.case)
    actions.retain(at=case.closed_at + timedelta(days=800))

    assert LedgerLine.objects.filter(kind="photo", verb="reduced").count() == 1
    assert list(breaks()) == []


def test_a_link_opens_all_reports_once_within_its_time(city: City, send: Send) -> None:
    from civicloop.residents.keys import link_secret
    from civicloop.residents.queries.following import reports_of

    first, _other = send(contact=CONTACT), send()
    assert actions.ask_link("nobody@example.org", at=MONDAY_NINE) is None
    with pytest.raises(Invalid, match="contact_unreadable"):
        actions.ask_link("me", at=MONDAY_NINE)
    row = actions.ask_link("Lin.Test@example.org", at=MONDAY_NINE)
    assert row is not None
    secret = link_secret(row.uid)

    assert secret not in everything_kept()
    key = actions.open_link(secret, at=MONDAY_NINE)
    assert reports_of(key) == [first.report]
    with pytest.raises(Exception, match="link_used"):
        actions.open_link(secret, at=MONDAY_NINE)
    late = actions.ask_link("13800138000", at=MONDAY_NINE)
    assert late is not None
    with pytest.raises(Exception, match="link_ended"):
        actions.open_link(link_secret(late.uid), at=MONDAY_NINE + timedelta(minutes=61))


def test_photos_whose_report_was_never_sent_go_whole_and_others_stay(
    city: City, send: Send, django_capture_on_commit_callbacks: object
) -> None:
    lonely, sent, held = photo("#111"), photo("#222"), photo("#333")
    send(photos=[sent])
    send(photos=[held], proved=False)
    staff = city.photo("near")["sha256"]
    Photo.objects.filter(pk=staff).update(sent_by=city.filer)
    late = MONDAY_NINE + timedelta(days=2, minutes=1)

    assert actions.retain(at=late - timedelta(hours=1))["unsent"] == 0
    assert actions.retain(at=late, dry_run=True)["unsent"] == 1
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert actions.retain(at=late)["unsent"] == 1
    assert actions.retain(at=late)["unsent"] == 0

    gone = Photo.objects.get(pk=lonely)
    assert (gone.exif, gone.taken_at, gone.phash) == ({}, None, None)
    assert gone.reduced_at is not None
    assert not storage().exists(original_name(lonely))
    assert storage().exists(original_name(sent))
    assert storage().exists(original_name(held))
    assert set(Photo.objects.filter(reduced_at=None).values_list("pk", flat=True)) == {sent, held, staff}
    line = LedgerLine.objects.filter(kind="retention").order_by("-at", "-pk")[0]
    assert line.data["done"]["unsent"] == 1
    assert line.data["days"]["unsent"] == 2


def test_a_photo_that_was_taken_away_and_is_sent_anew_begins_its_time_anew(
    city: City, django_capture_on_commit_callbacks: object
) -> None:
    lonely = photo("#111")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        actions.retain(at=MONDAY_NINE + timedelta(days=3))
    again = MONDAY_NINE + timedelta(days=4)
    file = BytesIO()
    Image.new("RGB", (640, 480), "#111").save(file, "JPEG")
    file.seek(0)
    assert store(file, sha256=None, by=None, at=again).pk == lonely

    assert actions.retain(at=again + timedelta(days=1))["unsent"] == 0
    assert storage().exists(original_name(lonely))
