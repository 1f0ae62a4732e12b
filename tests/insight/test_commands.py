"""`civicloop stats cases`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from civicloop.insight.commands import stats
from civicloop.insight.rules.rates import COUNTS, RATES

pytestmark = pytest.mark.django_db


def told(*arguments: str) -> str:
    result = CliRunner().invoke(stats, ["cases", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_json_has_every_count_and_rate_even_of_an_empty_house() -> None:
    data = json.loads(told("--format", "json"))

    assert list(data["total"]["counts"]) == list(COUNTS)
    assert list(data["total"]["rates"]) == list(RATES)
    assert data["total"]["rates"]["on_time_rate"]["value"] is None


def test_the_last_day_named_belongs_to_the_period() -> None:
    period = json.loads(told("--format", "json", "--from", "2026-11-01", "--to", "2026-11-30"))["period"]

    assert period == {"from": "2026-11-01T00:00:00+08:00", "to": "2026-12-01T00:00:00+08:00"}


def test_a_table_says_what_each_rate_is_made_of() -> None:
    assert "(0/0)" in told()
    assert "(0/0)" in told("--by", "unit")


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    result = CliRunner().invoke(stats, ["cases", "--from", "2026-11-30", "--to", "2026-11-01"])

    assert result.exit_code == 2
    assert "--to" in result.output


def test_an_unknown_group_is_refused() -> None:
    assert CliRunner().invoke(stats, ["cases", "--by", "moon"]).exit_code == 2
