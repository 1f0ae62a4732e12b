"""The phone program: its one page, its service worker, its manifest and its sentences. None of them says whose they are, so
that a browser may keep them; the person's data come by the endpoints beside."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_GET

from civicloop.web.field.words import catalogue
from civicloop.web.language import CODES

FOLDER = "field"
# What the program takes from elsewhere; the map's library is fetched when somebody asks for a map.
SHARED = ("civicloop/tokens.css", "civicloop/mark.svg", "vendor/idb-8.0.4.js")
WORKER = "field/sw.js"
PAGE = Path(__file__).resolve().parent.parent / "templates/field/shell.html"
KEPT = {".js", ".css", ".png", ".svg"}
# The phone fetches them once, when somebody puts the program on the first screen, and keeps them itself.
NOT_KEPT = {"sw.js", "icons/192.png", "icons/512.png", "icons/maskable.png"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the program: its address, and the SHA-256 of its bytes as browsers compare it, in base 64."""

    address: str
    digest: str


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _integrity(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@lru_cache(maxsize=8)
def _words(language: str) -> bytes:
    with translation.override(language):
        return json.dumps(catalogue(language), ensure_ascii=False, separators=(",", ":")).encode()


def _words_tag(request: HttpRequest, language: str) -> str | None:
    return f'"{_digest(_words(language))}"' if language in CODES else None


@require_GET
@ensure_csrf_cookie
@cache_control(no_cache=True)
def shell(request: HttpRequest) -> HttpResponse:
    """The page the program runs in. The same for everybody but for the language it starts in."""
    return render(request, "field/shell.html", {"modules": modules()})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps. Another byte anywhere makes another list, and so a new version."""
    head = json.dumps({"version": version(), "pieces": [[one.address, one.digest] for one in pieces()]})
    response = HttpResponse(
        f"const PROGRAM = {head};\n{_source(WORKER)}", content_type="text/javascript; charset=utf-8"
    )
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = reverse("field:shell")
    return response


@require_GET
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone wants to know for putting the program on its first screen."""
    icons: list[dict[str, Any]] = [
        {"src": static(f"field/icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable", 512, "maskable"))
    ]
    home = reverse("field:shell")
    told = {
        "id": home, "name": "创城闭环 · CivicLoop", "short_name": "创城闭环", "lang": "zh-Hans", "start_url": home, "scope": home,
        "display": "standalone", "orientation": "portrait", "background_color": "#ffffff", "theme_color": "#0a5a5e",
        "icons": icons,
    }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_GET
@gzip_page
@cache_control(no_cache=True)
@condition(etag_func=_words_tag)
def words(request: HttpRequest, language: str) -> HttpResponse:
    """All sentences of the program in a language."""
    if language not in CODES:
        raise Http404
    return HttpResponse(_words(language), content_type="application/json; charset=utf-8")


def pieces() -> tuple[Piece, ...]:
    """Everything the program needs to start without a network, page and sentences included."""
    files = [Piece(static(name), _integrity(_bytes(name))) for name in [*SHARED, *_files()]]
    # The page differs by the language it starts in; its version is that of what it is made from.
    page = PAGE.read_bytes()
    told = [Piece(reverse("field:words", args=[code]), _integrity(_words(code))) for code in sorted(CODES)]
    return (Piece(reverse("field:shell"), "page:" + _digest(page)[:16]), *told, *files)


def version() -> str:
    """Names this very program: all pieces, and the worker that keeps them."""
    listed = "".join(f"{one.address} {one.digest}\n" for one in pieces()) + _source(WORKER)
    return _digest(listed.encode())[:16]


def modules() -> list[str]:
    """Addresses of the scripts a start needs, so that a browser asks for all of them at once."""
    return [static(name) for name in [*SHARED, *_files()] if name.endswith(".js")]


def _files() -> list[str]:
    root = Path(str(finders.find(FOLDER)))
    found = (path for path in root.rglob("*") if path.is_file() and path.suffix in KEPT)
    return sorted(f"{FOLDER}/{name}" for path in found if (name := path.relative_to(root).as_posix()) not in NOT_KEPT)


@lru_cache(maxsize=256)
def _read(path: str, changed_at: int) -> bytes:
    return Path(path).read_bytes()


def _bytes(name: str) -> bytes:
    found = str(finders.find(name))
    return _read(found, Path(found).stat().st_mtime_ns)


def _source(name: str) -> str:
    return _bytes(name).decode()
