"""Charts as pictures, for word processors that know no SVG."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typst

from civicloop.documents.pdf.fonts import fonts

PPI = 300.0


def chart_png(svg: str, *, width_mm: float = 156.0) -> bytes:
    """The drawing as PNG, 300 dots per inch at that width, on white."""
    with tempfile.TemporaryDirectory(prefix="civicloop-chart-") as folder:
        (Path(folder) / "chart.svg").write_text(svg, encoding="utf-8")
        page = Path(folder) / "chart.typ"
        page.write_text(
            f'#set page(width: {width_mm:g}mm, height: auto, margin: 0pt, fill: white)\n#image("chart.svg", width: 100%)\n',
            encoding="utf-8",
        )
        chosen = fonts()
        made = typst.compile(
            str(page), font_paths=list(chosen.folders), ignore_system_fonts=chosen.pinned, format="png", ppi=PPI
        )
    return bytes(made if isinstance(made, bytes) else made[0])
