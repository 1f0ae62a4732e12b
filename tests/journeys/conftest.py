"""People in front of real browsers. What a browser complains of, a breach of the content policy above all, fails every journey.

Journeys commit, since the server reads what the test has written; the ledger's guards step aside for the flush afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from civicloop.ledger import guards
from civicloop.photos.actions import store
from tests.cast import MONDAY_NINE, City
from tests.photos.pictures import as_bytes
from tests.photos.pictures import street as drawn

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 380, "height": 800}
# Milliseconds; a machine that runs tests may be busy with others.
PATIENCE = 60_000
# Software rendering: a machine that runs tests has no graphics card, and maps draw with WebGL.
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--js-flags=--expose-gc",
]
# A breach of the content policy reaches the console in Chromium's words; this also catches one a page might swallow.
BREACHES = "addEventListener('securitypolicyviolation', e => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`), true)"


@pytest.fixture(autouse=True, scope="module")
def _guards_return(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        guards.install(connection)


@pytest.fixture(autouse=True)
def _emptied_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """The house's own way puts the guards back before a live server's database is flushed; here they return with the module."""
    request.getfixturevalue("live_server")
    yield
    guards.remove(connection)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """One Chromium for the journeys of a file."""
    playwright = pytest.importorskip("playwright.sync_api")
    # Its own event loop makes Django think the tests are asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with playwright.sync_playwright() as started:
        window = started.chromium.launch(executable_path=chromium, args=FLAGS)
        yield window
        window.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Street:
    """The browsers of all who take part in a journey, and what these complained of."""

    browser: Any
    url: str
    city: City
    provoked: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    windows: list[Any] = field(default_factory=list)

    def window(self, size: dict[str, int] = WIDE, language: str = "zh-hans", **more: Any) -> Any:
        """A browser of its own: no cookies but that of the language."""
        window = self.browser.new_context(viewport=size, base_url=self.url, **more)
        self.windows.append(self.watch(window))
        window.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": self.url}])
        return window

    def watch(self, window: Any) -> Any:
        """Listen to every page of a window from now on."""
        window.set_default_timeout(PATIENCE)
        window.add_init_script(BREACHES)
        window.on("console", self._hear)
        window.on("weberror", lambda fault: self.complaints.append(str(fault.error)))
        return window

    def enter(self, name: str, size: dict[str, int] = WIDE, language: str = "zh-hans", **more: Any) -> Any:
        """A page of somebody of the cast who has logged in already."""
        window = self.window(size, language, **more)
        self.log_in(window, name)
        return window.new_page()

    def log_in(self, window: Any, name: str) -> None:
        """Give a window the session of a person."""
        client = Client()
        client.force_login(self.city.people[name], backend="django.contrib.auth.backends.ModelBackend")
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        window.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.url}])

    def _hear(self, told: Any) -> None:
        where = f"{told.page.url if told.page else ''} {(told.location or {}).get('url', '')}"
        # A browser asks by itself for the icon of a page that names none, as a refusal in plain words.
        provoked = where.endswith("/favicon.ico") or any(words in told.text for words in self.provoked)
        if told.type in ("error", "warning") and not provoked:
            self.complaints.append(f"{where}: {told.text}")


@pytest.fixture
def street(browser: Any, live_server: Any, city: City) -> Iterator[Street]:
    """Where the people of the cast stand with their browsers. What a journey provokes is named in `provoked`."""
    made = Street(browser, live_server.url, city)
    if city is not None:
        # A browser asks for the file, so the cast's photos must be more than a row.
        city.photo = partial(shown, city)
    yield made
    for window in made.windows:
        window.close()
    assert made.complaints == []


@pytest.fixture
def visit(street: Street, size: dict[str, int]) -> Callable[[str], Any]:
    """`visit("filer")` is a page of the filer's browser; conflicts and refused forms are part of these journeys."""
    street.provoked |= {"status of 409", "status of 412", "status of 422"}
    return lambda name: street.enter(name, size)


def shown(city: City, word: str = "after") -> dict[str, str]:
    """A photo of the cast whose file is there."""
    sha256 = store(BytesIO(as_bytes(drawn())), sha256=None, by=city.handler, at=MONDAY_NINE).sha256
    return {"sha256": sha256, "kind": word}


def too_wide(page: Any) -> int:
    """By how many pixels a page sticks out of its window."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)")
