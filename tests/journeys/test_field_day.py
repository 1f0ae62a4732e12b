"""A day without signal: an inspector works on the phone page, the battery dies twice, in the evening the server dies once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image

from civicloop.cases.models import Case
from civicloop.fieldwork.models import Entry
from civicloop.inspection.models import Draw, ObservationPhoto, Round, Visit
from civicloop.ledger.queries import breaks
from civicloop.photos.copies import open_original
from civicloop.photos.models import Photo
from tests.inspection.made_up import Scene, item, make_edition, make_scene
from tests.journeys.conftest import PHONE, Street
from tests.journeys.serving import Server, kill_browser, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow(seconds=60), pytest.mark.django_db(transaction=True)]
VISITS, CASES = 30, 10
ITEMS = (item("STREET-01", "公益广告完好", photo="always", becomes="06010"),)


@pytest.fixture
def server(tmp_path: Path, transactional_db: None) -> Iterator[Server]:
    made = Server(tmp_path / "server.log")
    yield made
    made.kill()


class Phone:
    """A browser that keeps what it has on disk, as a phone does, and is killed without a word."""

    def __init__(self, street: Street, folder: Path, chromium: str, url: str) -> None:
        self.street, self.folder, self.chromium, self.url = street, folder, chromium, url
        self.page: Any = None

    def wake(self) -> Any:
        """Start the browser and open the program."""
        place = {"longitude": 118.105, "latitude": 24.705, "accuracy": 8}
        window = self.street.browser.browser_type.launch_persistent_context(
            self.folder, executable_path=self.chromium, args=["--no-sandbox", "--disable-gpu"], viewport=PHONE,
            base_url=self.url, geolocation=place, permissions=["geolocation"], locale="zh-CN",
        )  # fmt: skip
        self.page = self.street.watch(window).new_page()
        # A browser writes its cookies down now and then: one that is killed may have kept some and lost the one of the log-in.
        if settings.SESSION_COOKIE_NAME not in {cookie["name"] for cookie in window.cookies(self.url)}:
            self.street.url = self.url
            self.street.log_in(window, "inspector")
        self.page.goto("/field/")
        self.page.wait_for_selector("#app nav")
        return self.page

    def die(self) -> None:
        """The battery is empty."""
        kill_browser(self.folder)


def test_a_day_offline_arrives_whole_and_once(street: Street, server: Server, tmp_path: Path, chromium: str) -> None:
    scene, pictures = a_days_work(street), photos_in(tmp_path)
    phone = Phone(street, tmp_path / "phone", chromium, server.url)
    # No signal is a refused connection to the browser, and a program that works without one still says so on its console.
    street.provoked |= {"net::ERR_CONNECTION_REFUSED", "net::ERR_EMPTY_RESPONSE", "net::ERR_CONNECTION_RESET"}

    server.start()
    page = phone.wake()
    page.wait_for_selector("a[href^='#/visit/']:nth-of-type(1)")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    server.kill()

    for number, visit in enumerate(scene.visits):
        if number in (10, 20):
            phone.die()
            page = phone.wake()
        make_visit(page, visit, pictures[2 * number : 2 * number + 2])
    for number in range(CASES):
        report(page, street, number)
    assert not Entry.objects.exists()

    server.start()
    page.reload()
    wait_until(lambda: Photo.objects.count() >= 5, "no photo arrives")
    server.kill()
    server.start()
    wait_until(lambda: Entry.objects.filter(state="applied").count() == VISITS + CASES, str(standing()))

    page.reload()
    page.wait_for_selector(".chip.applied")
    assert_all_is_there_once(pictures)


def a_days_work(street: Street) -> Scene:
    """Thirty places on today's list of the inspector."""
    scene = make_scene(street.city, visits=0, edition=make_edition(ITEMS))
    today = timezone.localdate()
    for _ in range(VISITS):
        scene.add(day=today)
    Round.objects.update(starts_on=today, ends_on=today)
    Draw.objects.update(opens_on=today)
    return scene


def photos_in(folder: Path) -> list[Path]:
    """Two different pictures for each visit."""
    made = []
    for number in range(2 * VISITS):
        file = folder / f"{number}.jpg"
        shade = hashlib.sha256(file.name.encode()).digest()
        Image.frombytes("RGB", (64, 48), shade * 288).resize((640, 480)).save(file, "JPEG")
        made.append(file)
    return made


def make_visit(page: Any, visit: Visit, pictures: list[Path]) -> None:
    page.goto(f"/field/#/visit/{visit.uid}/1")
    page.wait_for_selector("[data-answer=met]")
    for number, picture in enumerate(pictures):
        page.locator(".photo-field input[type=file]").nth(number).set_input_files(picture)
        page.wait_for_selector(f".photo-field .photos > li:nth-child({number + 1})")
    page.click("[data-answer=met]")
    page.wait_for_url("**/end")
    page.click(".finish button.main")
    page.wait_for_url(re.compile("#/$"))


def report(page: Any, street: Street, number: int) -> None:
    page.goto("/field/#/report")
    page.fill("#category-words", "09009")
    page.click(".lines a")
    page.wait_for_selector("textarea")
    page.fill("textarea", f"第{number + 1}件")
    page.click(".finish button.main")
    page.wait_for_url(lambda address: "#/report/" not in address)


def standing() -> list[Any]:
    return list(Entry.objects.exclude(state="applied").values_list("kind", "state", "refusal"))


def assert_all_is_there_once(pictures: list[Path]) -> None:
    assert Entry.objects.count() == VISITS + CASES
    assert Visit.objects.filter(state="judged").count() == VISITS
    assert sorted(Case.objects.values_list("description", flat=True)) == sorted(f"第{n + 1}件" for n in range(CASES))
    taken = {hashlib.sha256(file.read_bytes()).hexdigest(): file.read_bytes() for file in pictures}
    assert sorted(ObservationPhoto.objects.values_list("photo", flat=True)) == sorted(taken)
    for sha256, content in taken.items():
        with open_original(sha256) as file:
            assert file.read() == content
    assert list(breaks()) == []
