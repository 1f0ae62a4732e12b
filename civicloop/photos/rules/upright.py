"""The recipe of the public copies: turned upright, made smaller, sRGB on white, nothing left but pixels."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms

QUALITY = 85
# How to turn a picture with this EXIF orientation (CIPA DC-008, 4.6.4, tag 274).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright(opened: Image.Image, *, longest: int, orientation: int) -> Image.Image:
    """Decode to the end and give a small, upright RGB picture without metadata. Changes what was opened."""
    profile = opened.info.get("icc_profile")
    image: Image.Image = opened
    if opened.format not in ("JPEG", "MPO"):
        # A HEIC may carry a thumbnail of something else, which shrinking would take instead. Only JPEG decodes small.
        image.load()
    if image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA")  # shrinking needs colours, not numbers of colours
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.load()
    if orientation in _TURNS:
        image = image.transpose(_TURNS[orientation])
    return _on_white(_srgb(_eight_bits(image), profile))


def as_jpeg(image: Image.Image, *, longest: int) -> bytes:
    """A copy as JPEG, at most this long on its longest side. `image` is one made by `upright`."""
    smaller = image.copy()
    smaller.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = BytesIO()
    smaller.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode == "I" or image.mode.startswith("I;16"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("L") if image.mode == "F" else image


def _srgb(image: Image.Image, profile: object) -> Image.Image:
    """Colours of a wide-gamut phone camera, as a page shows them. A profile that does not fit is ignored."""
    if not isinstance(profile, bytes) or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image


def _on_white(image: Image.Image) -> Image.Image:
    """A new picture, so that no comment, profile or EXIF of the old one can come along."""
    page = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        page.paste(layer, mask=layer.getchannel("A"))
    else:
        page.paste(image.convert("RGB"))
    return page
