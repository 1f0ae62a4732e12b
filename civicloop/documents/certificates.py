"""A certificate of voluntary service as PDF: number, code, and a QR code that leads to the public check."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from civicloop.documents.files import file_name
from civicloop.documents.rules.certificates import page_data
from civicloop.kernel.refusal import Conflict
from civicloop.volunteers.models import Certificate
from civicloop.volunteers.queries.hours import certificate_path

PAGE = Path(__file__).parent / "pdf" / "certificate.typ"


def write_certificate(certificate: Certificate, file: BinaryIO, *, base: str = "") -> None:
    """Write the PDF, from the frozen content alone: the same certificate gives the same bytes.

    `base` is where people reach the site, when CIVICLOOP_PUBLIC_URL does not say it. Raises Conflict `certificate_revoked`.
    """
    import typst  # noqa: PLC0415  (slow import)

    from civicloop.documents.pdf.fonts import WANTED, fonts  # noqa: PLC0415  (slow import)

    if certificate.revoked_at is not None:
        raise Conflict("certificate_revoked", number=certificate.number)
    chosen = fonts()
    address = public_address(certificate, base=base)
    faces = {face: {"family": chosen.families[face], "weight": WANTED[face][1]} for face in WANTED}
    data: dict[str, Any] = page_data(certificate.content, certificate.code, address) | {"fonts": faces}
    with tempfile.TemporaryDirectory(prefix="civicloop-certificate-") as name:
        folder = Path(name)
        (folder / "certificate.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        (folder / "qr.svg").write_bytes(qr_svg(address))
        page = shutil.copy(PAGE, folder / "certificate.typ")
        moment = datetime.combine(date.fromisoformat(certificate.content["issued_on"]), time(), UTC)
        made: Any = typst.compile(
            str(page), root=name, font_paths=list(chosen.folders), ignore_system_fonts=chosen.pinned, format="pdf",
            timestamp=int(moment.timestamp()),
        )  # fmt: skip
    file.write(bytes(made))


def public_address(certificate: Certificate, *, base: str = "") -> str:
    """Where anybody may check the certificate."""
    return (settings.CIVICLOOP_PUBLIC_URL or base.rstrip("/")) + certificate_path(certificate)


def certificate_name(certificate: Certificate) -> str:
    """What the file is called when it is saved: the number, and no name of a person."""
    return file_name(certificate.number, "志愿服务记录证明", "pdf")


def qr_svg(text: str) -> bytes:
    """The text as a QR code, an SVG picture that stays readable with a quarter of it soiled."""
    import segno  # noqa: PLC0415  (only who prints needs it)

    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", border=2, xmldecl=True)
    return out.getvalue()
