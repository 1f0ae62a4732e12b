"""Who moderates is told that reports wait: of a flood once, not once for each report."""

from __future__ import annotations

from datetime import timedelta

import pytest

from civicloop.loops.models import Notice
from civicloop.loops.notices import mark_seen
from civicloop.notify.words import said, text_of
from civicloop.residents import actions
from civicloop.residents.tasks import MOST_A_DAY, tell_held
from tests.cast import MONDAY_NINE, City, hours
from tests.residents.conftest import Send

pytestmark = pytest.mark.django_db
MIDNIGHT = MONDAY_NINE - hours(9)


def heard(person: object) -> list[Notice]:
    return list(Notice.objects.filter(person=person, kind="report.held").order_by("pk"))


def test_a_report_that_waits_is_told_to_the_desk_that_files_and_to_nobody_else(city: City, send: Send) -> None:
    report = send(proved=False).report

    (notice,) = heard(city.filer)
    assert (notice.loop_kind, notice.loop_uid, notice.data) == ("report", report.uid, {"waiting": 1})
    assert "1" in said(notice)
    assert text_of([notice], "sms") == said(notice)  # the sentence counts: no other number behind it
    assert set(Notice.objects.values_list("person__username", flat=True)) == {"filer"}


def test_a_report_that_enters_at_once_is_told_to_no_moderator(city: City, send: Send) -> None:
    send()

    assert heard(city.filer) == []


def test_a_flood_is_one_notice(city: City, send: Send) -> None:
    for number in range(30):
        send(proved=False, sender=f"203.0.113.{number}", at=MONDAY_NINE + timedelta(minutes=number))

    assert len(heard(city.filer)) == 1


def test_who_has_read_it_hears_again_after_an_hour_with_how_many_wait(city: City, send: Send) -> None:
    send(proved=False)
    mark_seen(person_id=city.filer.pk, at=MONDAY_NINE)
    send(proved=False, at=MONDAY_NINE + timedelta(minutes=20))
    assert len(heard(city.filer)) == 1
    send(proved=False, at=MONDAY_NINE + hours(1))

    assert [one.data["waiting"] for one in heard(city.filer)] == [1, 3]


def test_who_reads_nothing_is_told_once_a_day(city: City, send: Send) -> None:
    for number in range(50):
        send(proved=False, sender=f"203.0.113.{number}", at=MONDAY_NINE + hours(number))

    assert [one.created_at for one in heard(city.filer)] == [MONDAY_NINE + hours(day) for day in (0, 24, 48)]


def test_nobody_hears_of_it_more_often_in_a_day_than_the_cap(city: City, send: Send) -> None:
    for number in range(24):
        at = MIDNIGHT + hours(number)
        send(proved=False, sender=f"203.0.113.{number}", at=at)
        mark_seen(person_id=city.filer.pk, at=at)

    assert len(heard(city.filer)) == MOST_A_DAY


def test_the_job_runs_twice_and_late_without_harm(city: City, send: Send) -> None:
    report = send(proved=False).report
    tell_held(report_uid=str(report.uid), at=MONDAY_NINE.isoformat())
    assert len(heard(city.filer)) == 1

    Notice.objects.all().delete()
    actions.accept_report(report.uid, by=city.filer, at=MONDAY_NINE)
    tell_held(report_uid=str(report.uid), at=MONDAY_NINE.isoformat())
    assert heard(city.filer) == []
