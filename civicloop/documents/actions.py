"""Asking for papers, writing them, issuing them with a number, and editing their texts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction

from civicloop.bus import announce
from civicloop.documents import building
from civicloop.documents.facts import PaperAsked, PaperIssued
from civicloop.documents.models import Counter, Paper, PaperFile, PaperState, TextBlock
from civicloop.documents.papers import KINDS
from civicloop.documents.policy import require
from civicloop.documents.queries import Wanted, kind_of, looked_at, personal
from civicloop.documents.rules.body import Document
from civicloop.documents.rules.frozen import digest
from civicloop.documents.rules.gongwen.words import number as written_number
from civicloop.documents.rules.options import checked
from civicloop.documents.texts import default_texts
from civicloop.kernel.refusal import Conflict, Invalid, NotAllowed, NotFound, Refused, as_record
from civicloop.kernel.text import clean_text
from civicloop.ledger.actions import record
from civicloop.organisation.days import day_of
from civicloop.organisation.models import Person
from civicloop.standards import reference
from civicloop.standards.reference import Actor, Reference

LONGEST_TEXT = 5000
NOTHING: Mapping[str, Any] = MappingProxyType({})
log = logging.getLogger(__name__)


@transaction.atomic
def prepare(
    *, kind: str, start: date, end: date, by: Person | None, at: datetime, unit_id: int | None = None,
    case_id: int | None = None, blocks: Mapping[str, str] | None = None, options: Mapping[str, Any] = NOTHING,
    ref: Reference | None = None,
) -> Paper:  # fmt: skip
    """Ask for a paper: it is written by a job that follows. Asking again makes another draft; issued ones stay as they are.

    `start`, `end`: the first and last day it tells of; figures are told as of `at`. `blocks`: texts for this paper only.
    `options`: what else its kind understands (`Kind.options`).
    Raises NotFound (kind), Invalid (period, what it is about, texts, options), NotAllowed.
    """
    wanted = kind_of(kind)
    ref = ref or reference.now()
    if end < start:
        raise Invalid("end", "ends_before_start")
    if wanted.about == "case" and case_id is None:
        raise Invalid("case", "required", field="case")
    if wanted.about == "unit" and unit_id is None and case_id is None:
        raise Invalid("unit", "required", field="unit")
    if unit_id is not None:
        ref.org.unit(unit_id)
    chosen = checked(wanted.options, options)
    require(_actor(by, at, ref), "prepare", Wanted(wanted, unit_id), by=by)
    paper = Paper.objects.create(
        kind=kind, title=wanted.title, unit_id=unit_id, case_id=case_id, start=start, end=end, as_of=at, asked_by=by,
        texts=_checked(kind, blocks or {}), options=chosen,
    )  # fmt: skip
    told: dict[str, Any] = {
        "kind": kind,
        "unit": unit_id,
        "case": case_id,
        "start": start.isoformat(),
        "end": end.isoformat(),
    }
    told |= {"options": chosen} if chosen else {}
    record("paper", paper.uid, "prepared", by=by.uid if by else None, at=at, data=told, new=True)
    announce(PaperAsked(paper.uid))
    return paper


@transaction.atomic
def look(*, paper: Paper, how: str, by: Person | None, at: datetime) -> Paper:
    """Say that somebody is about to read a paper; for one with personal data it is written to the ledger, and only then do the
    queries give its pages, pictures and files. Doors call it before any of them. `how`: "preview" or a form of file.

    Raises NotAllowed where the paper has personal data and was asked for by somebody else.
    """
    if not personal(paper):
        return paper
    if by is None or by.pk != paper.asked_by_id:
        raise NotAllowed("paper.look", "who_asked_for_it", about=("paper", str(paper.uid)), by=by)
    told = {"how": how, "purpose": str(paper.options["purpose"])}
    record("paper", paper.uid, "personal_data.read", by=by.uid, at=at, data=told)
    return looked_at(paper)


@transaction.atomic
def edit_blocks(*, paper: Paper, blocks: Mapping[str, str], by: Person | None, at: datetime) -> Paper:
    """Change the texts of a paper that is not issued; it is written again, with the figures of `at`."""
    paper = _locked(paper.uid)
    _require_open(paper)
    kind = kind_of(paper.kind)
    require(_actor(by, at, None), "prepare", Wanted(kind, paper.unit_id), by=by, paper_uid=str(paper.uid))
    paper.texts = {**paper.texts, **_checked(paper.kind, blocks)}
    paper.data, paper.digest, paper.state, paper.progress, paper.as_of = {}, "", PaperState.DRAFT, 0, at
    paper.save(update_fields=["texts", "data", "digest", "state", "progress", "as_of"])
    record("paper", paper.uid, "edited", by=by.uid if by else None, at=at, data={"texts": sorted(blocks)})
    announce(PaperAsked(paper.uid))
    return paper


@transaction.atomic
def set_text(*, kind: str, key: str, text: str, by: Person | None, at: datetime) -> TextBlock:
    """The office's own wording of a text, for all papers of this kind from now on."""
    wanted = kind_of(kind)
    require(_actor(by, at, None), "edit_texts", Wanted(wanted, None), by=by)
    cleaned = _checked(kind, {key: text})[key]
    block, _ = TextBlock.objects.update_or_create(
        kind=kind, key=key, defaults={"text": cleaned, "changed_by": by, "changed_at": at}
    )
    record(
        "text_block",
        block.uid,
        "set",
        by=by.uid if by else None,
        at=at,
        data={"kind": kind, "key": key, "text": cleaned},
    )
    return block


def build(paper_uid: UUID | str) -> Paper:
    """Write a paper's files; the body of the job. Safe to run twice, and to be killed at any moment.

    The content is read once and frozen; the files are whole in the store before one row offers them. A paper that cannot be written
    is FAILED with the reason; what was not foreseen is raised as well, so that the queue tries again.
    """
    paper = _claimed(UUID(str(paper_uid)))
    if paper is None:
        return Paper.objects.get(uid=paper_uid)
    try:
        kept = _written(paper)
    except Refused as refused:
        _fail(paper, as_record(refused))
        return Paper.objects.get(pk=paper.pk)
    except Exception:
        _fail(paper, {"code": "paper_failed"})
        raise
    return _offer(paper, kept)


@transaction.atomic
def issue(*, paper: Paper, by: Person | None, at: datetime, ref: Reference | None = None) -> str:
    """Issue a written paper: it gets its day and, where its kind has numbers, the next number of its head in this year.

    Its files are written again with the number, from the frozen content. Gives the number (empty for kinds without).
    Raises Conflict `paper_not_ready`, `paper_issued`; Invalid `paper_sign_missing`; NotAllowed.
    """
    paper = _locked(paper.uid)
    _require_open(paper)
    kind = kind_of(paper.kind)
    require(_actor(by, at, ref), "issue", Wanted(kind, paper.unit_id), by=by, paper_uid=str(paper.uid))
    if paper.state != PaperState.READY:
        raise Conflict("paper_not_ready", state=str(PaperState(paper.state).label))
    if "form" in paper.data:
        if kind.numbered:
            _number(paper, day_of(at).year)
        paper.data = paper.data | {"number": paper.number, "day": day_of(at).isoformat()}
        paper.digest = digest(paper.data)
    paper.state, paper.issued_at, paper.issued_by = PaperState.ISSUED, at, by
    paper.save()
    told = {"number": paper.number, "digest": paper.digest, "kind": paper.kind}
    record("paper", paper.uid, "issued", by=by.uid if by else None, at=at, data=told)
    announce(PaperIssued(paper.uid, paper.number, at))
    return paper.number


def _number(paper: Paper, year: int) -> None:
    """The next number of this head and year. Whoever comes at the same time waits for the row, so no number is left out."""
    sign = str(paper.data["head"]["sign"])
    if not sign:
        raise Invalid("sign", "paper_sign_missing")
    Counter.objects.get_or_create(head=sign, year=year)
    counter = Counter.objects.select_for_update().get(head=sign, year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    paper.head, paper.year, paper.serial = sign, year, counter.last
    paper.number = written_number(sign, year, counter.last)


@transaction.atomic
def _claimed(uid: UUID) -> Paper | None:
    """The paper with files to be written, or None when all is done. An issued paper is written, but its row stays as it is."""
    paper = _locked(uid)
    complete = paper.digest and set(_forms(paper)) <= set(
        PaperFile.objects.filter(paper=paper, digest=paper.digest).values_list("form", flat=True)
    )
    if complete and paper.state in (PaperState.READY, PaperState.ISSUED):
        return None
    if paper.state != PaperState.ISSUED:
        paper.state, paper.progress, paper.failure = PaperState.BUILDING, 5, {}
        paper.save(update_fields=["state", "progress", "failure"])
    return paper


def _forms(paper: Paper) -> tuple[str, ...]:
    return tuple(form for form in KINDS[paper.kind].forms if form in ("docx", "pdf", "xlsx"))


def _written(paper: Paper) -> list[building.Kept]:
    kind = KINDS[paper.kind]
    if not paper.data:
        made = building.collect(paper)
        if not isinstance(made, Document):
            kept, rows = building.write_workbook(made, paper.as_of)
            paper.title, paper.digest, paper.data = (
                made.title[:200],
                kept.sha256,
                {"workbook": made.title, "rows": rows},
            )
            return [kept]
        paper.title, paper.data = made.title.replace("\n", "")[:200], building.frozen(made, kind)
        paper.digest = digest(paper.data)
        _tell(paper, building.COLLECTED)
    return building.write_document(paper.data, kind, tell=lambda share: _tell(paper, share))


def _tell(paper: Paper, share: int) -> None:
    """How far it is, for whoever waits."""
    Paper.objects.filter(pk=paper.pk, state=PaperState.BUILDING).update(progress=share)


@transaction.atomic
def _offer(paper: Paper, kept: list[building.Kept]) -> Paper:
    """The files are whole: offer them. Of two who wrote the same paper, the first one's content counts."""
    now = _locked(paper.uid)
    if now.state == PaperState.ISSUED and now.digest != paper.digest:
        return now  # issued in the meantime: another job writes the files with the number
    if now.state != PaperState.ISSUED:
        if now.digest and now.digest != paper.digest:
            return now
        now.title, now.data, now.digest = paper.title, paper.data, paper.digest
        now.state, now.progress = PaperState.READY, 100
        now.save(update_fields=["title", "data", "digest", "state", "progress"])
    PaperFile.objects.bulk_create(building.rows_of(now, kept), ignore_conflicts=True)
    return now


def _fail(paper: Paper, why: Mapping[str, Any]) -> None:
    Paper.objects.filter(pk=paper.pk, state=PaperState.BUILDING).update(state=PaperState.FAILED, failure=dict(why))


def _locked(uid: UUID) -> Paper:
    paper = Paper.objects.select_for_update().filter(uid=uid).first()
    if paper is None:
        raise NotFound("paper", uid)
    return paper


def _require_open(paper: Paper) -> None:
    if paper.state == PaperState.ISSUED:
        raise Conflict("paper_issued", number=paper.number or paper.title)


def _checked(kind: str, blocks: Mapping[str, str]) -> dict[str, str]:
    """Texts by keys the kind knows, cleaned."""
    known = default_texts(kind)
    if unknown := sorted(blocks.keys() - known.keys()):
        raise Invalid("blocks", "unknown_field", field=", ".join(unknown))
    return {key: clean_text(text, limit=LONGEST_TEXT, multiline=True, field=key) for key, text in blocks.items()}


def _actor(by: Person | None, at: datetime, ref: Reference | None) -> Actor | None:
    return None if by is None else (ref or reference.now()).actor(by, day_of(at))
