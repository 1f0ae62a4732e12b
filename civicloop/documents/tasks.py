"""Jobs of papers."""

from __future__ import annotations

from civicloop.documents import actions
from civicloop.jobs import task


@task
def build_paper(*, paper_uid: str, number: str = "", at: str = "") -> None:
    """Write a paper's files. Listens to PaperAsked and PaperIssued; a paper whose files are there is left alone."""
    actions.build(paper_uid)
