"""A document through typst: its data and its pictures in a folder beside one page that is the same for all papers."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Literal

import typst
from PIL import Image

from civicloop.documents.pdf.fonts import fonts
from civicloop.documents.pdf.telling import as_data
from civicloop.documents.rules.body import Chart, Document, Picture

PAGE = Path(__file__).with_name("gongwen.typ")
SCREEN_PPI = 110.0
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def write(document: Document, file: BinaryIO, *, picture: Callable[[Picture], bytes], running: str = "") -> None:
    """Write the document as PDF. `picture` gives a JPEG or PNG. The same document gives the same bytes.

    `running` stands above every page, with the page and how many there are: for working copies, which have no head.
    """
    with _laid_out(document, picture, running) as page:
        file.write(_compile(page, document, "pdf")[0])


def pages(document: Document, *, picture: Callable[[Picture], bytes], ppi: float = SCREEN_PPI) -> list[bytes]:
    """The pages as PNG, for looking at in a browser. They are the pages of the PDF."""
    with _laid_out(document, picture) as page:
        return _compile(page, document, "png", ppi)


def _compile(page: Path, document: Document, form: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    chosen = fonts()
    # Nothing in the file tells when it was written, but the day of the paper.
    moment = datetime.combine(document.day, time(), UTC) if document.day else NEVER
    made: Any = typst.compile(
        str(page), root=str(page.parent), font_paths=list(chosen.folders), ignore_system_fonts=chosen.pinned, format=form,
        ppi=ppi, timestamp=int(moment.timestamp()),
    )  # fmt: skip
    return [bytes(made)] if isinstance(made, bytes) else [bytes(one) for one in made]


@contextmanager
def _laid_out(document: Document, picture: Callable[[Picture], bytes], running: str = "") -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="civicloop-paper-") as name:
        folder = Path(name)
        known: dict[Picture, tuple[str, float]] = {}

        def placed(one: Picture) -> tuple[str, float]:
            if one not in known:
                data = picture(one)
                with Image.open(BytesIO(data)) as opened:
                    wide, high = opened.size
                    suffix = "png" if opened.format == "PNG" else "jpg"
                file = folder / f"picture-{len(known) + 1}.{suffix}"
                file.write_bytes(data)
                known[one] = (file.name, high / wide)
            return known[one]

        def drawn(chart: Chart) -> str:
            file = folder / f"chart-{len(list(folder.glob('chart-*'))) + 1}.svg"
            file.write_text(chart.svg, encoding="utf-8")
            return file.name

        data = as_data(document, fonts(), placed=placed, drawn=drawn) | {"running": running}
        (folder / "paper.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        yield Path(shutil.copy(PAGE, folder / "paper.typ"))
