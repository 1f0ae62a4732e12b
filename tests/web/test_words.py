"""Everything that can appear on a page has words, and what is vendored is what the manifest says."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from civicloop.cases.given import FIELDS as ASKED
from civicloop.cases.rules.lifecycle import LIFECYCLE
from civicloop.kernel.worktime import LimitUnit, Reason
from civicloop.web.apps import WebConfig
from civicloop.web.templatetags.ui import colon, listed
from civicloop.web.ui import timewords, words
from civicloop.web.ui.orderwords import distance
from civicloop.web.ui.texts import fill
from tests.environment import ROOT

WEB = ROOT / "civicloop" / "web"
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_the_web_has_a_config() -> None:
    assert WebConfig.name == "civicloop.web"


def test_every_step_has_a_verb() -> None:
    assert {step.name for step in LIFECYCLE} - set(words.STEPS) == set()


def test_every_state_says_what_must_be_done_now() -> None:
    assert set(LIFECYCLE.states) == set(words.NOW_DO)


def test_every_field_has_a_label() -> None:
    assert set(ASKED) - set(words.FIELDS) == set()


def test_every_reason_of_the_clock_has_words() -> None:
    assert set(Reason) == set(timewords.REASONS)


@pytest.mark.parametrize(
    ("unit", "value", "said"),
    [
        (LimitUnit.WORK_HOUR, 7200, "2 working hours"),
        (LimitUnit.WORK_HOUR, 3600, "1 working hour"),
        (LimitUnit.WORK_HOUR, 5400, "1.5 working hours"),
        (LimitUnit.WORK_HOUR, 600, "10 minutes"),
        (LimitUnit.WORK_HOUR, 1, "1 minute"),
        (LimitUnit.URGENT_HOUR, 3600 * 30, "30 hours"),
        (LimitUnit.URGENT_HOUR, 86400 * 3, "3 days"),
        (LimitUnit.WORK_DAY, 1, "1 working day"),
        (LimitUnit.NATURAL_DAY, 5, "5 days"),
    ],
)
def test_remainders_are_spoken_in_their_own_unit(unit: LimitUnit, value: float, said: str) -> None:
    with translation.override("en"):
        assert timewords.spoken(unit, value) == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(hours=2), "today 11:00"),
        (timedelta(days=2), "Wed 09:00"),
        (timedelta(days=9), "2026-12-02 09:00"),
        (timedelta(days=-1), "2026-11-22 09:00"),
    ],
)
def test_moments_are_near_words_or_whole_dates(ahead: timedelta, said: str) -> None:
    with translation.override("en"):
        assert timewords.short_moment(MORNING + ahead, MORNING) == said


def test_between_a_word_and_what_is_said_of_it_there_is_a_blank_in_latin_script() -> None:
    with translation.override("en"):
        assert colon("Plan") == "Plan: "


def test_vendored_files_are_those_of_the_manifest() -> None:
    vendor = WEB / "static" / "vendor"
    rows = json.loads((vendor / "manifest.json").read_text(encoding="utf-8"))["files"]

    assert {row["file"] for row in rows} == {path.name for path in vendor.iterdir()} - {"manifest.json"}
    assert [
        row["file"] for row in rows if hashlib.sha256((vendor / row["file"]).read_bytes()).hexdigest() != row["sha256"]
    ] == []


def test_gaps_of_a_standard_text_are_filled_and_nothing_else_is() -> None:
    told = fill("{number} {unknown} {number.__class__} {0}", {"number": "A000001"})

    assert told == "A000001 {unknown} {number.__class__} {0}"


@pytest.mark.parametrize(
    ("language", "near", "far", "names"),
    [("en", "350 m", "2.4 km", "Lin, Wu"), ("zh-hans", "350 米", "2.4 公里", "Lin、Wu")],
)
def test_distances_and_names_in_a_row_are_in_the_readers_language(
    language: str, near: str, far: str, names: str
) -> None:
    with translation.override(language):
        assert (distance(350), distance(2400), distance(None)) == (near, far, "")
        assert listed(["Lin", "Wu"]) == names
