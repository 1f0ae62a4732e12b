"""Looking for papers, their files, their pages and their texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from django.core.files.base import File
from django.db.models import QuerySet

from civicloop.documents import files, preview
from civicloop.documents.models import Paper, PaperFile, PaperState
from civicloop.documents.papers import KINDS
from civicloop.documents.pictures import remembered
from civicloop.documents.policy import visible_papers
from civicloop.documents.rules.body import Document, Picture
from civicloop.documents.rules.frozen import read_document
from civicloop.documents.rules.kinds import Kind
from civicloop.documents.texts import office_texts
from civicloop.kernel.refusal import NotAllowed, NotFound
from civicloop.photos.storage import put, storage
from civicloop.standards.reference import Actor

MOST_PAGES = 400
_LOOKED = "_civicloop_looked_at"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A kind of paper about a unit, as policy asks for it."""

    kind: Kind
    unit_id: int | None

    @property
    def by_unit(self) -> bool:
        return self.kind.by_unit

    @property
    def numbered(self) -> bool:
        return self.kind.numbered


def kind_of(name: str) -> Kind:
    """The kind of paper. Raises NotFound."""
    kind = KINDS.get(name)
    if kind is None:
        raise NotFound("paper_kind", name)
    return kind


def personal(paper: Paper) -> bool:
    """Whether the paper tells personal data in full: only who asked for it may read it, and each reading is written down."""
    return bool(paper.options.get("purpose"))


def looked_at(paper: Paper) -> Paper:
    """The same paper, now to be read: `actions.look` has written it down."""
    setattr(paper, _LOOKED, True)
    return paper


def _readable(paper: Paper) -> None:
    """Raise NotAllowed for a paper with personal data that nobody has written down the reading of."""
    if personal(paper) and not getattr(paper, _LOOKED, False):
        raise NotAllowed("paper.look", "who_asked_for_it", about=("paper", str(paper.uid)))


def papers(actor: Actor) -> QuerySet[Paper]:
    """The papers the person may see, newest first, without their content."""
    unit_kinds = [kind.name for kind in KINDS.values() if kind.by_unit]
    rows = Paper.objects.filter(visible_papers(actor, unit_kinds)).defer("data")
    return rows.select_related("unit", "asked_by", "issued_by")


def get(uid: UUID | str, actor: Actor) -> Paper:
    """A paper. Raises NotFound, also where the person may not see it."""
    unit_kinds = [kind.name for kind in KINDS.values() if kind.by_unit]
    found = Paper.objects.filter(visible_papers(actor, unit_kinds), uid=uid).select_related("unit", "asked_by").first()
    if found is None:
        raise NotFound("paper", uid)
    return found


def files_of(paper: Paper) -> list[PaperFile]:
    """The files that may be had: whole ones, of the paper's present content. Empty while it is being written."""
    if paper.state not in (PaperState.READY, PaperState.ISSUED):
        return []
    found = list(PaperFile.objects.filter(paper=paper, digest=paper.digest).order_by("form"))
    for one in found:
        one.paper = paper
    return found


def file_of(paper: Paper, form: str) -> PaperFile:
    """One of them by its form. Raises NotFound."""
    found = next((one for one in files_of(paper) if one.form == form), None)
    if found is None:
        raise NotFound("paper_file", form)
    return found


def open_file(file: PaperFile) -> File[bytes]:
    """The bytes of a file. One with personal data is given after `actions.look` on its paper, else raises NotAllowed."""
    _readable(file.paper)
    return files.open_file(file)


def texts_of(paper: Paper) -> dict[str, str]:
    """The texts the paper is written with, by key: what an editor shows."""
    return {**office_texts(paper.kind), **paper.texts}


def document_of(paper: Paper) -> Document | None:
    """What the paper says, or None for a workbook and for a paper that is not written yet."""
    return read_document(paper.data) if "form" in paper.data else None


def preview_html(paper: Paper, *, address: Callable[[Picture], str]) -> str:
    """The paper as an HTML fragment, safe under the strict policy; empty when there is nothing to show yet.

    `address` gives the URL of a picture: the door serves `picture_of` there. Raises NotAllowed as `open_file` does.
    """
    _readable(paper)
    document = document_of(paper)
    return preview.html(document, address=address) if document else ""


def picture_of(paper: Paper, sha256: str) -> bytes:
    """A picture as the paper prints it, blurred where it must be. Raises NotFound for one that is not in the paper."""
    _readable(paper)
    document = document_of(paper)
    found = next((one for one in document.pictures() if one.sha256 == sha256), None) if document else None
    if found is None:
        raise NotFound("photo", sha256)
    return remembered()(found)


def page_images(paper: Paper) -> Sequence[str]:
    """Names in the store of the pages as PNG, drawn once for each content. Empty for a workbook or an unwritten paper."""
    _readable(paper)
    document = document_of(paper)
    if document is None:
        return []
    folder = f"papers/pages/{paper.digest[:2]}/{paper.digest}"
    count = f"{folder}/count"
    if storage().exists(count):
        with storage().open(count) as file:
            return [f"{folder}/{number}.png" for number in range(1, int(file.read()) + 1)]
    from civicloop.documents import pdf  # noqa: PLC0415  (slow import)

    drawn = pdf.pages(document, picture=remembered())[:MOST_PAGES]
    for number, data in enumerate(drawn, 1):
        put(f"{folder}/{number}.png", BytesIO(data), size=len(data), media_type="image/png")
    told = str(len(drawn)).encode()
    put(count, BytesIO(told), size=len(told), media_type="text/plain")  # last: what it counts is there
    return [f"{folder}/{number}.png" for number in range(1, len(drawn) + 1)]


def page_image(paper: Paper, number: int) -> bytes:
    """One page as PNG, counted from 1. Raises NotFound."""
    names = page_images(paper)
    if not 1 <= number <= len(names):
        raise NotFound("page", number)
    with storage().open(names[number - 1]) as file:
        return bytes(file.read())
