"""Spoken on the phone, without a network, by a real browser's recorder; heard on the case's page by whoever may see the case."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from civicloop.fieldwork.models import Entry
from civicloop.photos.models import VoiceEvidence, VoiceNote
from tests.journeys.conftest import FLAGS, PHONE, Street
from tests.journeys.serving import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
NO_SIGNAL = {"net::ERR_INTERNET_DISCONNECTED"}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """A Chromium with a microphone that beeps once a second."""
    playwright = pytest.importorskip("playwright.sync_api")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as started:
        window = started.chromium.launch(executable_path=chromium, args=[*FLAGS, *MICROPHONE])
        yield window
        window.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def report(page: Any, seconds: float) -> None:
    """Report what is spoken, for so long; the button that hands in ends it."""
    page.goto("/field/#/report")
    page.fill("#category-words", "09009")
    page.click(".lines a")
    page.fill("input[maxlength='200']", "莲花路 1 号")
    page.click("button.voice")
    page.wait_for_selector("button.voice.on")
    page.wait_for_timeout(seconds * 1000)


def test_what_is_spoken_without_a_network_is_heard_at_the_desk(street: Street) -> None:
    street.provoked |= NO_SIGNAL
    page = street.enter("reporter", PHONE)
    page.goto("/field/")
    page.wait_for_selector(".as-of")
    wait_until(lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"), "no service worker")
    page.context.set_offline(True)
    report(page, 2)
    page.click("button.voice.on")
    page.wait_for_selector("fieldset .row button.plain")
    # Listening works on the bytes in the store: the security policy allows no address of their own.
    page.click("fieldset .row button:not(.plain)")
    page.reload()  # killed: the draft has it
    page.wait_for_selector("fieldset .row button.plain")
    page.click(".finish button.main")
    page.wait_for_url("**/field/#/")
    assert not VoiceNote.objects.exists()

    page.context.set_offline(False)
    page.goto("/field/#/outbox")
    page.wait_for_selector("main .mark.applied, main .mark.refused, main .mark.needs_you")
    entry, note = Entry.objects.get(), VoiceNote.objects.get()
    assert (entry.state, note.media_type) == ("applied", "audio/webm")
    assert 1 <= (note.seconds or 0) <= 5
    assert VoiceEvidence.objects.get().loop_uid == entry.loop_uid

    desk = street.enter("supervisor")
    desk.goto(f"/cases/{entry.loop_uid}")
    assert desk.get_attribute("audio", "preload") == "none"
    desk.evaluate("document.querySelector('audio').play()")
    wait_until(lambda: desk.evaluate("document.querySelector('audio').currentTime > 0.2"), "it does not play")


def test_who_hands_in_while_he_speaks_hands_in_what_he_has_said(street: Street) -> None:
    page = street.enter("reporter", PHONE)
    page.goto("/field/")
    page.wait_for_selector(".as-of")
    report(page, 1.5)
    page.click(".finish button.main")
    page.wait_for_url("**/field/#/")
    wait_until(lambda: Entry.objects.filter(state="applied").exists(), "it did not arrive")

    assert VoiceEvidence.objects.count() == 1


def test_where_the_browser_records_nothing_there_is_no_button(street: Street) -> None:
    window = street.window(PHONE)
    window.add_init_script("delete window.MediaRecorder")
    street.log_in(window, "reporter")
    page = window.new_page()
    page.goto("/field/#/report")
    page.fill("#category-words", "09009")
    page.click(".lines a")
    page.wait_for_selector(".finish")

    assert page.locator("button.voice").count() == 0
    window.close()
