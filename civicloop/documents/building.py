"""Writing the files of a paper: collected once, frozen, then written from what is frozen."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO

from django.utils.timezone import get_default_timezone

from civicloop.documents.files import Kept, file_name, keep
from civicloop.documents.models import Paper, PaperFile
from civicloop.documents.papers import KINDS
from civicloop.documents.pictures import remembered, small
from civicloop.documents.rules.body import Chart, Document
from civicloop.documents.rules.frozen import plain, read_document
from civicloop.documents.rules.kinds import Asked, Kind
from civicloop.documents.rules.sheets import Workbook
from civicloop.documents.texts import office_texts
from civicloop.standards import reference

Tell = Callable[[int], None]
# Up to here a file waits in memory, above it in a temporary file.
IN_MEMORY = 8 * 1024 * 1024
COLLECTED = 40


def collect(paper: Paper) -> Document | Workbook:
    """What the paper says, read from the database now."""
    kind = KINDS[paper.kind]
    asked = Asked(
        kind=paper.kind,
        start=paper.start,
        end=paper.end,
        as_of=paper.as_of,
        unit_id=paper.unit_id,
        case_id=paper.case_id,
        by_id=paper.asked_by_id,
        texts={**office_texts(paper.kind), **paper.texts},
        options=paper.options,
    )
    return kind.collect(asked, reference.now())


def frozen(document: Document, kind: Kind) -> dict[str, Any]:
    """The document as it is kept. In a paper for the public every photo must be blurred, whatever its collector says."""
    data = plain(document)
    if kind.public:
        for blocks in (data["blocks"], *(one["blocks"] for one in data["attachments"])):
            for block in blocks:
                for picture in [block] if block["is"] == "Picture" else block.get("pictures", []):
                    picture["blurred"] = True
    return data


def write_document(data: dict[str, Any], kind: Kind, *, tell: Tell) -> list[Kept]:
    """Write every form of the document and put it into the store."""
    from civicloop.documents import docx, pdf  # noqa: PLC0415  (slow import: only who writes papers pays for it)

    document = read_document(data)
    picture = remembered()
    forms = [form for form in kind.forms if form in ("docx", "pdf")]
    kept = []
    for place, form in enumerate(forms, 1):
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            if form == "docx":
                docx.write(document, _binary(file), picture=picture, drawing=_drawing)
            else:
                pdf.write(document, _binary(file), picture=picture)
            kept.append(keep(_binary(file), form))
        tell(COLLECTED + (95 - COLLECTED) * place // len(forms))
    return kept


def write_workbook(workbook: Workbook, made_at: datetime) -> tuple[Kept, int]:
    """Write the workbook and put it into the store; the number of rows beside it."""
    from civicloop.documents import xlsx  # noqa: PLC0415  (slow import)

    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        rows = xlsx.write(workbook, _binary(file), zone=get_default_timezone(), made_at=made_at, photo=small)
        return keep(_binary(file), "xlsx"), rows


def rows_of(paper: Paper, kept: list[Kept]) -> list[PaperFile]:
    """The rows that offer these files for the present content of the paper."""
    return [
        PaperFile(
            paper=paper, form=one.form, digest=paper.digest, sha256=one.sha256, size=one.size,
            name=file_name(paper.number, paper.title, one.form),
        )
        for one in kept
    ]  # fmt: skip


def _drawing(chart: Chart) -> bytes:
    from civicloop.documents import pdf  # noqa: PLC0415  (slow import)

    return pdf.chart_png(chart.svg, width_mm=chart.width_mm)


def _binary(file: Any) -> BinaryIO:
    """A spooled file is a binary file in every method, only not by its type."""
    return file  # type: ignore[no-any-return]
