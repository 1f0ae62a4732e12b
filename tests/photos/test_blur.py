"""Faces and number plates cannot be read in what the public gets. Plates and faces here are drawn."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from civicloop.kernel import assets
from civicloop.kernel.refusal import Conflict
from civicloop.photos import blur, finding
from civicloop.photos.rules.address import original_name
from civicloop.photos.rules.hiding import Box, hide, is_plate_text, shares_to_box
from civicloop.photos.rules.onnxfile import fields, metadata, with_fixed_input
from civicloop.photos.storage import put, storage

needs_models = pytest.mark.skipif(not finding.available(), reason="models were not fetched (scripts/assets.py)")
FONT = "NotoSansSC-Bold.ttf"
needs_font = pytest.mark.skipif(assets.asset(FONT) is None, reason="fonts were not fetched (scripts/assets.py)")


def street(*things: tuple[Image.Image, tuple[int, int]]) -> Image.Image:
    """A grey street with things on it."""
    image = Image.new("RGB", (960, 720), "#8a8f8c")
    for thing, place in things:
        image.paste(thing, place)
    return image


def plate(text: str, ground: str, ink: str, wide: int) -> Image.Image:
    """A plate, 440 × 140 as GA 36-2018 has them, made smaller."""
    image = Image.new("RGB", (440, 140), ground)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((4, 4, 435, 135), 12, outline=ink, width=4)
    pen.text((220, 66), text, fill=ink, font=ImageFont.truetype(str(assets.asset(FONT)), 84), anchor="mm")
    return image.resize((wide, wide * 140 // 440))


def face(size: int) -> Image.Image:
    """A drawn face: hair, skin, eyes, nose, mouth."""
    image = Image.new("RGB", (size * 2, size * 2), "#8888aa")
    pen, s = ImageDraw.Draw(image), size
    pen.ellipse((0.55 * s, 0.35 * s, 1.45 * s, 1.6 * s), fill="#2a1c14")
    pen.rectangle((0.8 * s, 1.3 * s, 1.2 * s, 1.9 * s), fill="#c4937a")
    pen.ellipse((0.62 * s, 0.5 * s, 1.38 * s, 1.6 * s), fill="#d9a98a")
    for x in (0.82, 1.18):
        pen.ellipse(((x - 0.1) * s, 0.9 * s, (x + 0.1) * s, 1.0 * s), fill="white")
        pen.ellipse(((x - 0.045) * s, 0.9 * s, (x + 0.045) * s, 1.0 * s), fill="#221108")
        pen.line(((x - 0.13) * s, 0.83 * s, (x + 0.13) * s, 0.82 * s), fill="#2a1c14", width=int(0.04 * s) or 1)
    pen.line((1.0 * s, 0.95 * s, 0.95 * s, 1.2 * s, 1.03 * s, 1.22 * s), fill="#a8755c", width=int(0.03 * s) or 1)
    pen.ellipse((0.86 * s, 1.32 * s, 1.14 * s, 1.42 * s), fill="#a3433f")
    return image.filter(ImageFilter.GaussianBlur(s / 120))


def covers(box: Box, left: int, top: int, right: int, bottom: int) -> bool:
    return box.left <= left and box.top <= top and box.right >= right and box.bottom >= bottom


@needs_models
@needs_font
@pytest.mark.parametrize(
    ("text", "ground", "ink"),
    [("粤B·8K52D", "#1546a8", "white"), ("辽N·D12345", "#4fb57a", "black"), ("京A·12345", "#e8b923", "black")],
)
def test_plates_are_found_and_signs_are_not(text: str, ground: str, ink: str) -> None:
    sign = Image.new("RGB", (500, 90), "#1546a8")
    font = ImageFont.truetype(str(assets.asset(FONT)), 60)
    ImageDraw.Draw(sign).text((250, 45), "幸福路便民超市", fill="white", font=font, anchor="mm")
    found = finding.plates(street((plate(text, ground, ink, 220), (300, 500)), (sign, (100, 60))))

    # The signs of a plate fill its middle four fifths.
    assert any(covers(box, 322, 514, 498, 556) for box in found)
    assert all(box.top > 200 for box in found), "a shop's sign is no plate"


@needs_models
def test_drawn_faces_are_found_and_hidden() -> None:
    before = street((face(60), (300, 200)))
    after = blur.blurred(before)

    assert finding.faces(before)
    assert finding.faces(after) == []
    assert np.asarray(after)[200:300, 320:400].std() < np.asarray(before)[200:300, 320:400].std()


@needs_models
def test_pictures_of_different_sizes_one_after_the_other_do_not_disturb_each_other() -> None:
    large = street((face(60), (300, 200)))
    first = finding.faces(large)
    finding.faces(large.crop((200, 100, 520, 420)))

    assert finding.faces(large) == first


def keep(image: Image.Image) -> str:
    out = BytesIO()
    image.save(out, "JPEG", quality=95)
    sha256 = hashlib.sha256(out.getvalue()).hexdigest()
    put(original_name(sha256), out, size=len(out.getvalue()), media_type="image/jpeg")
    return sha256


@needs_models
def test_blurred_copies_are_made_once_and_extra_boxes_make_their_own(in_memory: None) -> None:
    sha256 = keep(street())
    with blur.open_blurred(sha256) as file:
        plain = file.read()
    with blur.open_blurred(sha256, extra_boxes=[(0.1, 0.1, 0.2, 0.2)]) as file:
        boxed = file.read()

    assert storage().exists(blur.blurred_name(sha256))
    assert blur.blurred_name(sha256) != blur.blurred_name(sha256, [(0.1, 0.1, 0.2, 0.2)])
    with Image.open(BytesIO(plain)) as one, Image.open(BytesIO(boxed)) as other:
        assert one.size == other.size == (960, 720)
        assert not one.getexif()


def test_without_the_models_nothing_is_published(
    in_memory: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    sha256 = keep(street())

    with pytest.raises(Conflict) as refused:
        blur.open_blurred(sha256)
    assert refused.value.code == "blur_models_missing"
    assert not storage().exists(blur.blurred_name(sha256))


def test_hidden_places_keep_sixteen_colours_and_nothing_else() -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (100, 100, 3), dtype=np.uint8))
    done = np.asarray(hide(noise, [Box(10, 20, 90, 80)]))

    assert len(np.unique(done[20:80, 10:90].reshape(-1, 3), axis=0)) <= 16
    assert (done[:20] == np.asarray(noise)[:20]).all()


@given(st.tuples(*(st.floats(-1, 2, allow_nan=False) for _ in range(4))))
def test_places_given_as_shares_stay_in_the_picture(share: tuple[float, float, float, float]) -> None:
    box = shares_to_box(share, (640, 480))

    assert 0 <= box.left <= 640
    assert box.right <= 640
    assert box.bottom <= 480


@pytest.mark.parametrize("text", ["粤B8K52D", "京A·12345", "辽ND12345", "B·8K52D3", "沪A1234警", "川A12F45"])
def test_texts_of_plates(text: str) -> None:
    assert is_plate_text(text)


@pytest.mark.parametrize(
    "text", ["幸福路便民超市", "电话13800000000", "ABCDEFG", "京东便利店", "", "110", "2026年11月5日"]
)
def test_texts_that_are_no_plates(text: str) -> None:
    assert not is_plate_text(text)


@needs_models
def test_model_gets_a_fixed_input_and_keeps_the_rest() -> None:
    path = assets.asset(finding.READER)
    assert path is not None
    model = path.read_bytes()
    fixed = with_fixed_input(model, (1, 3, 48, 320))

    assert len(metadata(model)["character"].splitlines()) > 6000
    assert metadata(fixed) == metadata(model)
    assert [number for number, _, _ in fields(fixed, 0, len(fixed))] == [n for n, _, _ in fields(model, 0, len(model))]
