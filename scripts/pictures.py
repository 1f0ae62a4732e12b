"""The pictures of the documentation, taken from the demo city: ten pages of the desk in Chinese, and the phone.

    python scripts/pictures.py [--folder docs/pictures] [NAME...]

The city is built from a fixed recipe into a temporary folder, the clocks of server and browser stand still, and a picture that
looks as before is not written again: so the same program gives the same files. Each has at most 150 kB. Needs a Chromium.
"""

# ruff: noqa: PLC0415  Nothing of the house is read before its settings are chosen.
from __future__ import annotations

import argparse
import atexit
import io
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# A Monday morning at twenty past ten in the city, when the last day told of is over.
NOW = datetime(2026, 11, 23, 2, 20, tzinfo=UTC)
UNTIL, SEED, CASES = date(2026, 11, 23), 20261123, 2000
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
MOST_BYTES = 150_000
# Milliseconds: for a page to come on a busy machine; for its parts to stand still; for a map to be drawn without a graphics card.
PATIENCE, SETTLED, DRAWN = 180_000, 1500, 4000
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--hide-scrollbars",
         "--force-color-profile=srgb", "--font-render-hinting=none"]  # fmt: skip


CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it. `at` gives its address; `then` is done before the picture is taken."""

    who: str
    at: Callable[[], str]
    size: dict[str, int]
    then: Callable[[Any], None] = lambda page: None


def prepare(folder: Path) -> None:
    """Settings of a house of its own, before Django reads them; and the moment at which it stands still."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {"CIVICLOOP_DATA_DIR": str(folder), "CIVICLOOP_JOBS_RUN": "none", "DJANGO_SETTINGS_MODULE": "civicloop.settings",
                   "CIVICLOOP_SECRET_KEY": "pictures" * 8, "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}  # fmt: skip
    os.environ.pop("CIVICLOOP_DATABASE_URL", None)
    sys.path.insert(0, str(ROOT))
    import django
    from django.conf import settings
    from django.utils import timezone

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()
    timezone.now = lambda: NOW


def build() -> None:
    """The demo city, and what the workers keep of it."""
    from django.core.management import call_command

    from civicloop import schedule
    from civicloop.demo.build import Recipe, build
    from civicloop.jobs import no_jobs

    call_command("migrate", verbosity=0)
    with no_jobs():
        build(Recipe(SEED, UNTIL, CASES), at=NOW)
        schedule.keep_map()
        schedule.keep_daily_figures()
    schedule.keep_screen_figures()


def serve() -> str:
    """Serve it from this process, whose clock stands still, on a port of its own."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *values: object) -> None:
            """Say nothing."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _case() -> str:
    """A case that was put right, with its pictures of before and after."""
    from civicloop.cases.models import CaseEvidence

    return f"/cases/{CaseEvidence.objects.filter(kind='after', case__state='rectified').order_by('-case').first().case.uid}"


def _handled() -> str:
    """A case that the handler's unit works on, with pictures."""
    from civicloop.cases.models import Case

    mine = Case.objects.filter(owner__appointments__person__username="handler", state="accepted")
    return f"/cases/{(mine.filter(evidence__isnull=False).order_by('-pk').first() or mine.order_by('-pk').first()).uid}"


def _round() -> str:
    from civicloop.inspection.models import Round

    return f"/rounds/{Round.objects.order_by('-starts_on', 'code').first().code}"


def _visit() -> Any:
    from civicloop.inspection.models import Visit

    mine = Visit.objects.filter(inspector__username="inspector", day__lte=NOW.date())
    return mine.order_by("-state", "-day", "order").first()


def _map_ready(page: Any) -> None:
    page.wait_for_selector("[data-map-page][data-ready]")
    page.wait_for_timeout(DRAWN)


def _screen_ready(page: Any) -> None:
    page.locator("[data-number=open]:not(:text-is('–'))").wait_for()
    page.wait_for_timeout(DRAWN)


def _field_ready(page: Any) -> None:
    page.wait_for_selector("#app nav a")
    page.wait_for_timeout(SETTLED)


def _to(address: str) -> Callable[[], str]:
    return lambda: address


def pictures() -> dict[str, Picture]:
    """What is taken, by the name of its file."""
    return {
        "today": Picture("supervisor", _to("/"), WIDE),
        "inbox": Picture("dispatcher", _to("/inbox"), WIDE),
        "case": Picture("verifier", _case, WIDE),
        "map": Picture("supervisor", _to("/map"), WIDE, _map_ready),
        "screen": Picture("supervisor", _to("/screen"), {"width": 1440, "height": 810}, _screen_ready),
        "dispatch": Picture("supervisor", _to("/dispatch"), WIDE),
        "round": Picture("supervisor", _round, WIDE),
        "score": Picture("supervisor", _to("/scores"), WIDE),
        "forecast": Picture("supervisor", _to("/forecast"), WIDE),
        "analysis": Picture("supervisor", _to("/analysis"), WIDE),
        "case-phone": Picture("handler", _handled, PHONE),
        "visit-phone": Picture("inspector", lambda: f"/visits/{_visit().uid}", PHONE),
        "field-phone": Picture("inspector", _to("/field/"), PHONE, _field_ready),
    }


def log_in(window: Any, url: str, who: str) -> None:
    """Give a browser the session of somebody of the demo city."""
    from django.conf import settings
    from django.test import Client

    from civicloop.organisation.models import Person

    client = Client()
    client.force_login(Person.objects.get(username=who), backend="django.contrib.auth.backends.ModelBackend")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: key, settings.LANGUAGE_COOKIE_NAME: "zh-hans"}
    window.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])


def take(browser: Any, url: str, one: Picture) -> bytes:
    """The picture of one page."""
    window = browser.new_context(
        viewport=one.size, base_url=url, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
        has_touch=one.size is PHONE,
    )  # fmt: skip
    try:
        log_in(window, url, one.who)
        window.set_default_timeout(PATIENCE)
        page = window.new_page()
        page.clock.install(time=NOW)
        page.clock.resume()
        page.goto(one.at(), wait_until="load")
        page.wait_for_timeout(SETTLED)
        one.then(page)
        page.evaluate("document.activeElement && document.activeElement.blur()")
        return page.screenshot(animations="disabled", caret="hide")
    finally:
        window.close()


def packed(raw: bytes) -> bytes:
    """The picture with as many colours as fit into the limit."""
    from PIL import Image

    image = Image.open(io.BytesIO(raw)).convert("RGB")
    for colours in (256, 128, 64, 32):
        out = io.BytesIO()
        image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            out, "PNG", optimize=True
        )
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise SystemExit(f"pictures: {out.tell()} bytes even with {colours} colours")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="pictures.py", description="Take the pictures of the documentation.")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "pictures")
    parser.add_argument(
        "--city", type=Path, help="a folder to build the city in, or to take it from if it stands there"
    )
    parser.add_argument("names", nargs="*", help="only these")
    chosen = parser.parse_args(arguments)
    chromium = os.environ.get("CIVICLOOP_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        print("pictures: no Chromium on this machine; as root on Debian: apt-get install chromium", file=sys.stderr)
        return 1
    city = chosen.city or Path(tempfile.mkdtemp(prefix="civicloop-pictures-"))
    if chosen.city is None:
        atexit.register(shutil.rmtree, city, ignore_errors=True)
    prepare(city)
    built = city / "built"
    if not built.exists():
        build()
        built.touch()
    return _take_all(chosen, chromium)


def _take_all(chosen: argparse.Namespace, chromium: str) -> int:
    from playwright.sync_api import sync_playwright

    url = serve()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, one in pictures().items():
            if chosen.names and name not in chosen.names:
                continue
            file, content = chosen.folder / f"{name}.png", packed(take(browser, url, one))
            same = file.exists() and file.read_bytes() == content
            if not same:
                file.write_bytes(content)
            print(f"{name}: {len(content) // 1000} kB{' as before' if same else ''}", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
