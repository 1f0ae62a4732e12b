"""Light, dark, large; the frame around every page; the styles themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from civicloop.organisation.preferences import chosen
from civicloop.web.context import BELONGS, RAIL
from civicloop.web.look import COOKIE, Look, made_of
from tests.cast import PASSWORD
from tests.house.sources import PACKAGE

Visit = Callable[..., Any]
STYLES = PACKAGE / "web" / "static" / "civicloop"
TOKENS = (STYLES / "tokens.css").read_text(encoding="utf-8")
GROUNDS = ("paper", "surface", "tint")


def block(selector: str, text: str = TOKENS) -> dict[str, str]:
    """The tokens that one block of the style sheet sets."""
    found = re.search(re.escape(selector) + r"\s*\{([^}]*)\}", text)
    assert found, selector
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", found.group(1)))


LIGHT = block(":root")
DARK = LIGHT | block(':root[data-theme="dark"]')


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2, 1.4.3)."""
    digits = colour.removeprefix("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_contrast_the_standard_says() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "quiet", "action", "action-hover", "red", "amber", "green", "violet", "blue"])
def test_text_is_readable_on_every_ground(theme: dict[str, str], ink: str) -> None:
    grounds = [*GROUNDS, *([f"{ink}-tint"] if f"{ink}-tint" in theme else [])]

    assert {
        ground: contrast(theme[ink], theme[ground]) for ground in grounds if contrast(theme[ink], theme[ground]) < 4.5
    } == {}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_messages_buttons_and_edges_can_be_seen(theme: dict[str, str]) -> None:
    assert contrast(theme["on-action"], theme["action"]) >= 4.5
    assert contrast(theme["on-action"], theme["action-hover"]) >= 4.5
    assert (
        min(contrast(theme["ink"], theme[f"{name}-tint"]) for name in ("red", "amber", "green", "blue", "violet"))
        >= 4.5
    )
    assert min(contrast(theme["edge"], theme[ground]) for ground in GROUNDS) >= 3


def test_a_dark_machine_and_a_dark_choice_look_the_same() -> None:
    assert block(':root[data-theme="dark"]') == block(':root:not([data-theme="light"])')


def test_large_text_starts_at_20_px_and_its_targets_at_56() -> None:
    large = block(':root[data-text="large"]')

    assert large["text"] == "20px"
    assert large["row"] == "56px"
    assert all(int(large[size][:-2]) > int(LIGHT[size][:-2]) for size in ("small", "text", "lead", "title", "huge"))


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_styles_use_only_tokens_that_exist_and_no_foreign_address(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    own = set(re.findall(r"(--[\w-]+)\s*:", text))
    known = own | {f"--{name}" for name in LIGHT}

    assert set(re.findall(r"var\((--[\w-]+)\)", text)) - known == set()
    assert "url(http" not in text
    assert "@import" not in text


@pytest.mark.parametrize(
    ("typed", "look"),
    [
        ({"theme": "dark", "text": "large"}, Look("dark", "large")),
        ({"theme": "<b>", "text": "huge"}, Look()),
        ({"theme": "light"}, Look("light", "usual")),
        (None, Look()),
        ("dark", Look()),
    ],
)
def test_unknown_words_fall_back_to_the_usual_look(typed: Any, look: Look) -> None:
    assert made_of(typed) == look


def test_whoever_has_not_logged_in_may_have_large_text(db: None) -> None:
    client = Client()

    answer = client.post("/settings/look", {"text": "large", "theme": "auto", "next": "/login"})

    assert answer["Location"] == "/login"
    assert 'data-theme="auto" data-text="large"' in client.get("/login").content.decode()


def test_a_look_comes_along_to_the_next_machine(city: Any) -> None:
    first, second = Client(), Client()
    first.force_login(city.filer, backend="django.contrib.auth.backends.ModelBackend")

    first.post("/settings/look", {"theme": "dark", "text": "large"})
    second.post("/login", {"username": "filer", "password": PASSWORD})

    assert chosen(city.filer, "look") == {"theme": "dark", "text": "large"}
    assert second.cookies[COOKIE].value == "dark.large"
    assert 'data-theme="dark" data-text="large"' in second.get("/settings").content.decode()


def test_a_log_in_leaves_the_cookie_alone_when_nothing_is_kept(city: Any) -> None:
    client = Client()
    client.post("/settings/look", {"text": "large"})

    client.post("/login", {"username": "filer", "password": PASSWORD})

    assert client.cookies[COOKIE].value == "auto.large"


def test_a_forged_cookie_writes_nothing_into_the_page(db: None) -> None:
    client = Client()
    client.cookies[COOKIE] = 'dark".onload=1.<b>'

    text = client.get("/login").content.decode()

    assert 'data-theme="auto" data-text="usual"' in text
    assert "onload" not in text


def test_the_rail_has_at_most_nine_words_and_every_page_belongs_to_one() -> None:
    marks = {mark for _address, _word, mark in RAIL}

    assert len(RAIL) <= 9
    assert set(BELONGS.values()) <= marks


def test_the_rail_says_where_one_is_and_the_bar_has_the_one_filled_button(city: Any, visitor: Visit) -> None:
    _, text = visitor("filer").get("/people")

    current = re.findall(r'<a href="([^"]+)" aria-current="page">', text)
    assert current[0] == "/settings"
    assert '<a class="button main" href="/cases/new">Report</a>' in text


def test_the_bell_counts_what_is_unread(city: Any, visitor: Visit, yesterday: Any) -> None:
    from civicloop.loops.notices import tell

    case = city.walk("dispatched", at=yesterday)
    assert ", unread" not in visitor("auditor").get("/settings")[1]

    tell(
        [city.auditor.pk],
        kind="case.dispatched",
        loop_kind="case",
        loop_uid=case.uid,
        data={},
        at=yesterday,
        key="once",
    )

    _, text = visitor("auditor").get("/settings")
    assert ', unread</span><span class="count">1</span>' in text


def test_a_page_says_on_paper_when_it_was_printed_and_by_whom(city: Any, visitor: Visit) -> None:
    _, text = visitor("filer").get("/cases")

    assert re.search(r'<p class="print-only">CivicLoop .* Printed 20\d\d-\d\d-\d\d \d\d:\d\d · 马立</p>', text)
