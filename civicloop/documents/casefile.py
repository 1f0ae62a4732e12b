"""案卷: one case with everything about it as a PDF, collected from the same rows as its page and written when somebody asks.

It is a working copy, not a paper: it has no number of an issuer and is not kept. Number, time and page stand on every page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from civicloop.cases import queries
from civicloop.cases.actions.engine import KIND
from civicloop.cases.models import Case, CaseEvidence, CaseStep
from civicloop.cases.sides import sides_of
from civicloop.documents.caseaffairs import affairs
from civicloop.documents.caseclock import clock_blocks
from civicloop.documents.figures.frame import local
from civicloop.documents.papers.parts import form, section
from civicloop.documents.pictures import remembered
from civicloop.documents.rules.body import Block, Column, Document, Head, Paragraph, Picture, PictureRow, Table
from civicloop.documents.rules.sentences.masking import masked, without_numbers
from civicloop.documents.rules.sentences.words import PHOTOS, SOURCES, STATES, STEPS, word
from civicloop.kernel.text import mask_name
from civicloop.organisation.models import Person
from civicloop.photos import voices
from civicloop.photos.models import VoiceEvidence
from civicloop.standards.reference import Reference

MOST_PICTURES = 24
CLASSES = {"A": "A 类区域", "B": "B 类区域", "C": "C 类区域"}


@dataclass(frozen=True, slots=True)
class _Told:
    """Who reads: `handed_on` leaves the house, so names are masked, long numbers hidden and photos blurred."""

    ref: Reference
    at: datetime
    handed_on: bool

    def name(self, person: Person | None) -> str:
        if person is None:
            return ""
        return mask_name(person.name) if self.handed_on else person.name

    def text(self, said: str) -> str:
        return without_numbers(said) if self.handed_on else masked(said)

    def unit(self, unit_id: int | None) -> str:
        found = self.ref.org.units.get(unit_id) if unit_id is not None else None
        return found.name if found else ""


def case_document(case: Case, *, ref: Reference, at: datetime, by: str, handed_on: bool = False) -> Document:
    """The whole case. The caller has asked whether the reader may see it. `by`: who prints it."""
    told, steps = _Told(ref, at, handed_on), queries.story(case)
    category = ref.categories.by_id(case.category_id)
    place = told.text(case.address) or "（地点未填）"
    blocks: list[Block] = [
        Paragraph(_standing(case, told), how="flush"),
        *section("基本情况", _facts(case, category.label, place, told)),
        *section("办理时限", *clock_blocks(case, ref)),
        *section("办理经过", _story(steps, told, voices.of_loop(KIND, case.uid))),
        *section("催办、督办与征询", *affairs(sides_of(case), text=told.text, name=told.name)),
        *section("照片", *_pictures(steps, told)),
        Paragraph(
            f"说明：本案卷由{mask_name(by) if handed_on else by}于{stamp(at)}从系统打印，内容以系统内记录为准。"
            + ("供对外提供，姓名、号码已隐去，人脸和车牌已作模糊处理。" if handed_on else "仅供内部使用，不得外传。"),
            how="note",
        ),
    ]
    return Document(
        kind="case", head=Head("", "plain"), title=f"{category.label}案卷", blocks=tuple(blocks), number=case.number
    )


def write_case(document: Document, file: BinaryIO, *, at: datetime | None = None) -> None:
    """Write the PDF. Raises Conflict `blur_models_missing` where photos must be blurred and cannot be."""
    from civicloop.documents import pdf  # noqa: PLC0415  (slow import)

    running = f"案卷　{document.number}" + (f"　打印于 {stamp(at)}" if at else "")
    pdf.write(document, file, picture=remembered(), running=running)


def stamp(at: datetime | None) -> str:
    """2026-11-23 10:30, in the city's time."""
    return local(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _standing(case: Case, told: _Told) -> str:
    """Where it stands, in a sentence: state, whose turn it is, by when."""
    state = word(STATES, case.state)
    if case.ended_at is not None:
        late = case.rectified_at is not None and case.due_at is not None and case.rectified_at > case.due_at
        how = ("，处置超期" + ("（已免责）" if case.excused else "")) if late else ""
        return f"截至{stamp(told.at)}：{state}，{stamp(case.ended_at)}办结{how}。"
    over = "，已超期" if case.act_by is not None and case.act_by < told.at else ""
    until = f"，应于{stamp(case.act_by)}前办理{over}" if case.act_by else ""
    return f"截至{stamp(told.at)}：{state}，当前责任单位{told.unit(case.owner_id)}{until}。"


def _facts(case: Case, category: str, place: str, told: _Told) -> Table:
    condition = told.ref.categories.by_id(case.category_id).condition(case.condition_id) if case.condition_id else None
    grid = f"{case.grid.name}（{case.grid.code}）" if case.grid else ""
    where = f"{case.lon:.6f}，{case.lat:.6f}（WGS-84）" if case.lon is not None and case.lat is not None else ""
    marks = "、".join(
        name for name, yes in (("紧急", case.urgent), ("督办", case.supervised), ("超期免责", case.excused)) if yes
    )
    return form(
        ("编号", case.number), ("地点", place), ("类别", category), ("立案条件", condition.text if condition else ""),
        ("结案条件", condition.closing if condition else ""), ("问题描述", told.text(case.description)),
        ("网格", grid), ("区域", CLASSES.get(case.area_class, "")), ("坐标", where),
        ("来源", word(SOURCES, case.source)), ("上报时间", stamp(case.reported_at)), ("上报人", told.name(case.reporter)),
        ("责任单位", told.unit(case.unit_id)), ("标记", marks), ("回潮自", case.recurrence_of.number if case.recurrence_of else ""),
        ("并入", case.merged_into.number if case.merged_into else ""), ("主案件", case.parent.number if case.parent else ""),
    )  # fmt: skip


def _story(steps: Iterable[CaseStep], told: _Told, spoken: Mapping[int, Sequence[VoiceEvidence]]) -> Table:
    columns = (
        Column("序号", 0.9, "center"), Column("时间", 2.0), Column("步骤", 1.6), Column("单位和人员", 2.8), Column("说明", 4.6),
    )  # fmt: skip
    rows = tuple(
        (
            str(step.seq),
            stamp(step.at),
            "反映未解决" if step.by_resident and step.name == "comment" else word(STEPS, step.name),
            _who(step, told),
            _said(step, told, spoken.get(step.seq, ())),
        )
        for step in steps
    )
    return Table(columns, rows, size=9.5)


def _said(step: CaseStep, told: _Told, spoken: Sequence[VoiceEvidence]) -> str:
    """What was written with a step, and that something was spoken: how long, and whether it can still be heard."""
    return told.text(step.note) + "".join(_voice(one) for one in spoken)


def _voice(one: VoiceEvidence) -> str:
    length = f"，{one.voice.seconds:.0f}秒" if one.voice.seconds else ""
    return f"（语音备注{length}{'，已到期删除' if one.voice.removed_at else ''}）"


def _who(step: CaseStep, told: _Told) -> str:
    if step.by is None:
        return "群众" if step.by_resident else str(step.data.get("party") or "系统")
    return "　".join(one for one in (told.unit(step.unit_id), told.name(step.by)) if one)


def _pictures(steps: Iterable[CaseStep], told: _Told) -> list[Block]:
    """Before and after first, then all others two by two; what is left out is said."""
    shown = [(step, one) for step in steps for one in step.evidence.all()]
    first = next((one for _, one in shown if one.kind != "after"), None)
    last = next((one for _, one in reversed(shown) if one.kind == "after"), None)
    pair = (first, last) if first is not None and last is not None else ()
    taken = {one.pk for one in pair}
    rest = [(step, one) for step, one in shown if one.pk not in taken]
    rows: list[Block] = []
    if first is not None and last is not None:
        rows.append(PictureRow((_picture(first, "整改前", told), _picture(last, "整改后", told))))
    others = [_picture(one, _caption(step, one), told) for step, one in rest[: MOST_PICTURES - len(taken)]]
    pairs = [tuple(others[place : place + 2]) for place in range(0, len(others), 2)]
    rows += [PictureRow(two) if len(two) == 2 else two[0] for two in pairs]
    left = len(rest) - len(others)
    return [*rows, Paragraph(f"另有{left}张照片可在系统内查看。", how="note")] if left > 0 else rows


def _caption(step: CaseStep, one: CaseEvidence) -> str:
    return f"{word(STEPS, step.name)}　{word(PHOTOS, one.kind)}　{stamp(one.noted_at or step.at)}"


def _picture(one: CaseEvidence, caption: str, told: _Told) -> Picture:
    when = "" if caption[:2] not in ("整改",) else f"　{stamp(one.noted_at)}" if one.noted_at else ""
    return Picture(one.photo_id, caption + when, 76.0, told.handed_on)
