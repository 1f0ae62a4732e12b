"""Every page of the house as people see it, judged by axe. Each language has a file of its own: they take minutes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from civicloop.residents.models import RequestCount
from civicloop.web.portal import limits
from tests.furnished import Furnished, addresses, furnish
from tests.journeys.conftest import PHONE, Street, too_wide
from tests.kept import kept

AXE = next((Path(__file__).parents[1] / "vendor").glob("axe-*.min.js"))
# WCAG 2.2 to level AA. Frames and colours of pictures are not loaded anew: `preload` would break the content policy.
JUDGE = """async () => (await axe.run(document, {
  runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']},
  resultTypes: ['violations'], preload: false,
})).violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.target.join(' ')).join(' | ')}`)"""
# Whether the judge is awake: a picture that nobody has described, shown to it on the first page.
UNNAMED = f"""async () => {{ const image = document.body.appendChild(document.createElement('img'));
  image.src = '/static/civicloop/mark.svg';
  try {{ return await ({JUDGE})(); }} finally {{ image.remove(); }} }}"""
# Who looks at a page: the first of these whom it opens for.
PEOPLE = (
    "supervisor", "filer", "order_desk", "handler", "leader", "grid_worker", "inspector", "system_admin", "security_admin", "",
)  # fmt: skip


@pytest.fixture
def made(street: Street) -> Furnished:
    """The furnished city in the place of the plain one."""
    return kept(furnish)


@pytest.fixture
def city(transactional_db: None) -> Any:
    """These journeys begin with an empty house, which `made` furnishes."""


def pages_of(made: Furnished) -> list[tuple[str, str]]:
    """Every page with somebody who may open it; `""` is who is not logged in."""
    clients = {name: Client() for name in PEOPLE}
    for name in filter(None, PEOPLE):
        clients[name].force_login(made.city.people[name], backend="django.contrib.auth.backends.ModelBackend")
    found = []
    for at in sorted(set(addresses(made).values())):
        who = next((name for name in PEOPLE if _is_page(clients[name].get(at))), None)
        found += [(who, at)] if who is not None else []
    return found


def _is_page(answer: Any) -> bool:
    return bool(
        answer.status_code == 200
        and answer.get("Content-Type", "").startswith("text/html")
        and "<html" in answer.content[:500].decode(errors="replace").lower()
    )


def look(street: Street, pages: Sequence[tuple[str, str]], size: dict[str, int], language: str) -> list[str]:
    """What axe finds on each page, and by how much a page sticks out of a phone's window."""
    windows: dict[str, Any] = {}
    found = []
    for who, at in pages:
        if who not in windows:
            window = street.window(size, language)
            if who:
                street.log_in(window, who)
            window.add_init_script(path=AXE)
            windows[who] = window.new_page()
        page = windows[who]
        limits.forget()  # a stranger who looks at every page in a minute is no stranger
        RequestCount.objects.all().delete()
        page.goto(at, wait_until="load")
        if at == pages[0][1]:
            assert "image-alt" in str(page.evaluate(UNNAMED)), "axe says nothing of a picture without words"
        found += [f"{at} as {who} ({language}): {one}" for one in page.evaluate(JUDGE)]
        page.set_viewport_size(PHONE)
        found += [f"{at} as {who} ({language}): {wide} px too wide"] if (wide := too_wide(page)) else []
        page.set_viewport_size(size)
    return found


def judge(street: Street, made: Furnished, language: str, size: dict[str, int]) -> list[str]:
    """Look at all pages in one language at one size; what axe finds, and what sticks out."""
    street.city = made.city
    pages = pages_of(made)
    assert len(pages) >= 90
    return look(street, pages, size, language)
