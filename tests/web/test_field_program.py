"""The phone program as it is delivered: its page, worker and sentences, its weight, and that it is sent packed."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from civicloop.web import statics
from civicloop.web.field import shell, words
from tests.environment import ROOT

PROGRAM = ROOT / "civicloop/web/static/field"
SCRIPTS = sorted(PROGRAM.rglob("*.js"))
SAID = re.compile(r"\bt\(\s*\"((?:[^\"\\]|\\.)*)\"")
MAP = ("vendor/maplibre-gl-5.24.1-csp.js", "vendor/maplibre-gl-5.24.1-csp-worker.js")
FIRST, WITH_MAP = 170_000, 450_000
"""Bytes, packed: what the first opening may fetch, and what it may with the map."""


def packed(name: str) -> int:
    data = Path(str(finders.find(name))).read_bytes()
    return len(data) if name.endswith(".png") else len(gzip.compress(data, 9))


def weight() -> int:
    """What a first opening fetches: page, worker, both catalogues and every piece, icons included."""
    client = Client()
    made = [
        "/field/",
        "/field/sw.js",
        "/field/manifest.webmanifest",
        "/field/words/en.json",
        "/field/words/zh-hans.json",
    ]
    pages = sum(len(gzip.compress(client.get(address).content)) for address in made)
    files = [
        one.address.removeprefix(settings.STATIC_URL)
        for one in shell.pieces()
        if one.address.startswith(settings.STATIC_URL)
    ]
    return pages + sum(packed(name) for name in files)


def test_the_first_opening_is_light() -> None:
    assert weight() <= FIRST


def test_with_the_map_it_is_light_enough() -> None:
    assert weight() + sum(packed(name) for name in MAP) <= WITH_MAP


def test_every_sentence_of_the_scripts_is_in_the_catalogue_and_none_is_left_over() -> None:
    said = {text for path in SCRIPTS for text in SAID.findall(path.read_text(encoding="utf-8"))}

    assert said == {words.source(text) for text in words.TEXTS}


def test_every_sentence_has_a_key_of_its_own() -> None:
    assert words.key_of("Hand in") == "2uib"  # the same as keyOf("Hand in") in words.js
    assert len({words.key_of(words.source(one)) for one in words.TEXTS}) == len(
        {words.source(one) for one in words.TEXTS}
    )


def test_a_catalogue_is_in_its_language_and_carries_the_words_of_codes() -> None:
    client = Client()
    chinese = client.get("/field/words/zh-hans.json")
    english = client.get("/field/words/en.json").json()

    assert chinese.json()["texts"][words.key_of("Hand in")] == "提交"
    assert chinese.json()["words"]["answer"]["not_met"] == "不符合"
    assert english["texts"] == {}
    assert english["words"]["answer"]["not_met"] == "not met"
    assert client.get("/field/words/zh-hans.json", headers={"If-None-Match": chinese["ETag"]}).status_code == 304
    assert client.get("/field/words/fr.json").status_code == 404


def test_the_page_says_nothing_of_anybody_and_nothing_stands_inline() -> None:
    answer = Client().get("/field/")
    text = answer.content.decode()

    assert answer.status_code == 200
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text)
    assert "csrfmiddlewaretoken" not in text
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_the_worker_lists_every_piece_with_the_digest_of_its_bytes() -> None:
    answer = Client().get("/field/sw.js")
    told = json.loads(answer.content.decode().split("\n")[0].removeprefix("const PROGRAM = ").removesuffix(";"))
    pieces = dict(told["pieces"])

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/field/"
    assert answer["Cache-Control"] == "no-cache"
    assert told["pieces"][0][0] == "/field/"
    for path in SCRIPTS:
        address = f"/static/field/{path.relative_to(PROGRAM).as_posix()}"
        assert (address in pieces) is (path.name != "sw.js")
    assert "/static/vendor/idb-8.0.4.js" in pieces
    assert not any("maplibre" in address for address in pieces)


def test_another_byte_anywhere_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = shell.version()
    read = shell._bytes
    monkeypatch.setattr(shell, "_bytes", lambda name: read(name) + (b"\n" if name.endswith("geo.js") else b""))

    assert shell.version() != before


def test_every_import_of_the_scripts_is_a_piece() -> None:
    known = {one.address for one in shell.pieces()}
    for path in SCRIPTS:
        for target in re.findall(r"^import [^;]*?from \"([^\"]+)\";", path.read_text(encoding="utf-8"), re.M):
            found = (path.parent / target).resolve().relative_to(PROGRAM.parent)
            assert f"/static/{found.as_posix()}" in known, f"{path.name}: {target}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_data_never_becomes_markup(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_browsers_of_2020_can_read_it(path: Path) -> None:
    """Chrome 80: no `??=`, class fields, `.at()`, top-level await, `replaceChildren` or `structuredClone`."""
    source = path.read_text(encoding="utf-8")

    assert not re.search(
        r"\?\?=|\|\|=|&&=|\.at\(|replaceAll|replaceChildren|structuredClone|^\s*#\w|^await ", source, re.M
    )


def test_the_manifest_names_icons_of_the_sizes_it_says() -> None:
    told = Client().get("/field/manifest.webmanifest").json()

    assert (told["start_url"], told["scope"], told["display"]) == ("/field/", "/field/", "standalone")
    assert {one["purpose"] for one in told["icons"]} == {"any", "maskable"}
    for one in told["icons"]:
        with Image.open(str(finders.find(one["src"].removeprefix("/static/")))) as image:
            assert f"{image.width}x{image.height}" == one["sizes"]


def test_scripts_and_styles_are_sent_packed_to_whoever_reads_that(settings, tmp_path) -> None:
    settings.STATIC_PACKED = tmp_path
    assert statics.pack() > 50
    client = Client()

    answer = client.get("/static/field/outbox.js", headers={"Accept-Encoding": "gzip, br"})
    plain = client.get("/static/field/outbox.js")
    source = (PROGRAM / "outbox.js").read_bytes()
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(answer.streaming_content)) == source
    assert answer["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain
    assert b"".join(plain.streaming_content) == source
    again = client.get("/static/field/outbox.js", headers={"Accept-Encoding": "gzip", "If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_packed_copy_never_outlives_its_file(settings, tmp_path) -> None:
    settings.STATIC_PACKED = tmp_path
    (tmp_path / "of-a-file-that-is-no-more.gz").write_bytes(b"old")
    count = statics.pack()

    assert len(list(tmp_path.iterdir())) == count
    assert statics.pack() == count


def test_nothing_is_packed_before_the_server_starts(settings, tmp_path) -> None:
    settings.STATIC_PACKED = tmp_path / "missing"

    assert "Content-Encoding" not in Client().get("/static/field/outbox.js", headers={"Accept-Encoding": "gzip"})
