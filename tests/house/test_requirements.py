"""What is installed is what was locked, from wherever the person installing gets packages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.environment import ROOT
from tests.house.sources import project

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==", re.MULTILINE)


def bare(name: str) -> str:
    """Package names as indexes compare them."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", name, maxsplit=1)[0]).lower()


def locked(path: Path) -> set[str]:
    return {bare(name) for name in PINNED.findall(path.read_text(encoding="utf-8"))}


def test_there_are_locks_for_running_building_and_working() -> None:
    assert [path.name for path in LOCKS] == ["base.txt", "build.txt", "dev.txt", "spark.txt"]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_package_is_pinned_and_hashed(path: Path) -> None:
    entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())

    assert [entry.split()[0] for entry in entries if not PINNED.match(entry) or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locks_name_no_address_and_no_option(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if "://" in line or line.startswith("-")] == []


def test_locks_hold_everything_that_is_asked_for() -> None:
    runtime = {bare(name) for name in project()["project"]["dependencies"]}
    groups = project()["dependency-groups"]
    spark = {bare(name) for name in groups["spark"]}
    work = {bare(name) for key in ("build", "dev") for name in groups[key] if isinstance(name, str)}

    assert runtime - locked(ROOT / "requirements" / "base.txt") == set()
    assert (runtime | work) - locked(ROOT / "requirements" / "dev.txt") == set()
    assert (runtime | spark) - locked(ROOT / "requirements" / "spark.txt") == set()


def test_working_environment_has_the_running_one_unchanged() -> None:
    pins = [
        set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("base.txt", "dev.txt")
    ]

    assert pins[0] <= pins[1]
