"""Faces and number plates in a picture, by three small networks that OpenCV runs (docs/adr/0021).

Faces: CenterFace. Plates: text is found by PP-OCRv4 and read; what reads like a plate, or has its
shape and colour, counts.
The models are fetched by `scripts/assets.py`. OpenCV is imported late: it is large, and most processes never need it.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from civicloop.kernel.assets import asset
from civicloop.photos.rules.hiding import Box, is_plate_text
from civicloop.photos.rules.onnxfile import metadata, with_fixed_input

FACES, TEXTS, READER = "centerface.onnx", "ch_PP-OCRv4_det.onnx", "ch_PP-OCRv4_rec.onnx"
FACE_SCORE, FACE_OVERLAP, FACE_PADDING = 0.2, 0.3, 0.3
TEXT_SCORE, TEXT_MEAN, TEXT_GROWTH, PLATE_PADDING = 0.3, 0.5, 1.6, 0.25
MOST_TEXTS = 80
READ_HIGH, READ_WIDE = 48, 320
# Hue (OpenCV, 0 to 179) of the ground of plates: yellow, green, blue.
PLATE_HUES = ((15, 35), (36, 90), (95, 132))
PLATE_SHAPES = (1.6, 6.5)
# The reader is kept, as its input always has the same size; it is one for all threads.
_lock = threading.Lock()


def available() -> bool:
    """Whether all models were fetched."""
    return all(asset(name) is not None for name in (FACES, TEXTS, READER))


def faces(image: Image.Image) -> list[Box]:
    """Boxes around faces, padded so that hair and chin are inside."""
    import cv2  # noqa: PLC0415  (large)

    wide, high = image.size
    inner = (max(32, -(-wide // 32) * 32), max(32, -(-high // 32) * 32))
    blob = cv2.dnn.blobFromImage(np.asarray(image), 1.0, inner, (0, 0, 0), swapRB=False)
    net = _net(FACES)
    net.setInput(blob)
    heat, scale, offset, _ = net.forward(["537", "538", "539", "540"])
    rows, columns = np.where(heat[0, 0] > FACE_SCORE)
    scores = heat[0, 0, rows, columns]
    tall, broad = np.exp(scale[0, 0, rows, columns]) * 4, np.exp(scale[0, 1, rows, columns]) * 4
    top = (rows + offset[0, 0, rows, columns] + 0.5) * 4 - tall / 2
    left = (columns + offset[0, 1, rows, columns] + 0.5) * 4 - broad / 2
    x, y = wide / inner[0], high / inner[1]
    rects = np.stack([left * x, top * y, broad * x, tall * y], axis=1)
    kept = cv2.dnn.NMSBoxes(rects.tolist(), scores.tolist(), FACE_SCORE, FACE_OVERLAP)
    return [_box(rects[one]).padded(FACE_PADDING, image.size) for one in np.asarray(kept, dtype=int).reshape(-1)]


def plates(image: Image.Image) -> list[Box]:
    """Boxes around number plates."""
    pixels = np.asarray(image)
    return [
        _around(corners).padded(PLATE_PADDING, image.size)
        for corners in _texts(pixels)
        if _is_plate(_straightened(pixels, corners))
    ]


def _texts(pixels: Any) -> list[Any]:
    """Places of text as four corners (clockwise from the upper left), largest first; the network gives a map of likelihoods."""
    import cv2  # noqa: PLC0415  (large)

    high, wide = pixels.shape[:2]
    grow = max(1.0, 736 / min(high, wide))
    inner = tuple(max(32, round(side * grow / 32) * 32) for side in (wide, high))
    blob = cv2.dnn.blobFromImage(pixels, 1 / 127.5, inner, (127.5, 127.5, 127.5), swapRB=True)
    net = _net(TEXTS)
    net.setInput(blob)
    likely = net.forward()[0, 0]
    mask = cv2.dilate((likely > TEXT_SCORE).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:MOST_TEXTS]:
        (middle, (a, b), angle) = cv2.minAreaRect(outline)
        inside = np.zeros_like(mask)
        cv2.fillPoly(inside, [outline], 1)
        if min(a, b) < 3 or float(likely[inside > 0].mean()) < TEXT_MEAN:
            continue
        more = a * b * TEXT_GROWTH / (a + b)  # twice area · growth / circumference, as the network was taught
        corners = cv2.boxPoints((middle, (a + more, b + more), angle))
        found.append(_ordered(corners * [wide / inner[0], high / inner[1]]))
    return found


def _ordered(corners: Any) -> Any:
    """Clockwise from the upper left."""
    by_x = corners[np.argsort(corners[:, 0])]
    left, right = by_x[:2], by_x[2:]
    top_left, bottom_left = left[np.argsort(left[:, 1])]
    top_right, bottom_right = right[np.argsort(right[:, 1])]
    return np.array([top_left, top_right, bottom_right, bottom_left], dtype=np.float32)


def _straightened(pixels: Any, corners: Any) -> Any:
    """The text laid flat."""
    import cv2  # noqa: PLC0415  (large)

    wide = max(8, round(float(np.linalg.norm(corners[1] - corners[0]))))
    high = max(8, round(float(np.linalg.norm(corners[3] - corners[0]))))
    flat = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    return cv2.warpPerspective(
        pixels, cv2.getPerspectiveTransform(corners, flat), (wide, high), borderMode=cv2.BORDER_REPLICATE
    )


def _is_plate(crop: Any) -> bool:
    """It reads like one; or it has shape and colour of one and shows no words, be it readable or not."""
    high, wide = crop.shape[:2]
    text = read(crop)
    if is_plate_text(text):
        return True
    words = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return words <= 1 and PLATE_SHAPES[0] <= wide / high <= PLATE_SHAPES[1] and _plate_coloured(crop)


def _plate_coloured(crop: Any) -> bool:
    """Whether more than half of it has one of the colours of plates."""
    import cv2  # noqa: PLC0415  (large)

    hue, saturation, value = cv2.split(cv2.cvtColor(crop, cv2.COLOR_RGB2HSV))
    vivid = (saturation > 70) & (value > 50)
    return any(float((vivid & (hue >= low) & (hue <= high)).mean()) > 0.5 for low, high in PLATE_HUES)


def read(crop: Any) -> str:
    """What stands in a line of text, as RGB pixels. Empty when nothing can be read."""
    import cv2  # noqa: PLC0415  (large)

    high, wide = crop.shape[:2]
    fits = min(READ_WIDE, max(1, round(wide * READ_HIGH / high)))
    line = np.zeros((1, 3, READ_HIGH, READ_WIDE), dtype=np.float32)
    small = cv2.resize(crop, (fits, READ_HIGH))[:, :, ::-1].astype(np.float32)
    line[0, :, :, :fits] = small.transpose(2, 0, 1) / 127.5 - 1
    net, signs = _reader()
    with _lock:
        net.setInput(line)
        best = net.forward()[0].argmax(axis=1)
    # Connectionist temporal classification: repeated signs count once, 0 is the blank between them.
    kept = [one for place, one in enumerate(best) if one and (place == 0 or one != best[place - 1])]
    return "".join(signs[one - 1] for one in kept if one <= len(signs))


def _net(name: str) -> Any:
    """The network, read anew for every picture: one that has seen a picture of another size gives nonsense (OpenCV 4.14)."""
    import cv2  # noqa: PLC0415  (large)

    path = asset(name)
    if path is None:
        raise FileNotFoundError(name)
    return cv2.dnn.readNetFromONNX(str(path))


@cache
def _reader() -> tuple[Any, list[str]]:
    import cv2  # noqa: PLC0415  (large)

    path = asset(READER)
    if path is None:
        raise FileNotFoundError(READER)
    model = path.read_bytes()
    signs = [*metadata(model)["character"].splitlines(), " "]
    fixed = with_fixed_input(model, (1, 3, READ_HIGH, READ_WIDE))
    return cv2.dnn.readNetFromONNX(np.frombuffer(fixed, dtype=np.uint8)), signs


def _box(rect: Any) -> Box:
    x, y, wide, high = (float(one) for one in rect)
    return Box(int(x), int(y), round(x + wide), round(y + high))


def _around(corners: Any) -> Box:
    low, high = corners.min(axis=0), corners.max(axis=0)
    return Box(int(low[0]), int(low[1]), round(float(high[0])), round(float(high[1])))
