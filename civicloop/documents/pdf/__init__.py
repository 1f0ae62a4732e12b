"""Writing a document as PDF or as page images with typst: `write(document, file, picture=…)`, `pages(…)`, `chart_png(svg)`."""

from civicloop.documents.pdf.drawing import chart_png
from civicloop.documents.pdf.writer import pages, write

__all__ = ["chart_png", "pages", "write"]
