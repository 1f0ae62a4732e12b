"""A published draw as a folder of plain files, and the check that anybody can make of it without the database.

frame.csv and result.csv are canonical CSV, draw.json holds everything else; two READMEs say how to check by hand. Every file's
SHA-256 stands in draw.json, and draw.json carries one of its own, so that no file changes unnoticed. Whoever changed all of
them together is found by the commitment, which was in the ledger (and its daily seal) before the draw.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from civicloop.inspection.models import Draw
from civicloop.inspection.readme import CHINESE, CHINESE_TEXT, ENGLISH, ENGLISH_TEXT
from civicloop.inspection.rules import design as designs
from civicloop.inspection.rules import drawing, frame
from civicloop.kernel import sampling
from civicloop.kernel.refusal import Conflict, Invalid, Refused
from civicloop.ledger.models import LedgerLine

FRAME, ABOUT, RESULT = "frame.csv", "draw.json", "result.csv"
MOST_TOLD = 10


@dataclass(frozen=True)
class Checked:
    """What a check found: nothing differs, or what does, each as a refusal that can be spoken."""

    code: str
    commitment: str
    frame_digest: str
    drawn: int
    differences: tuple[Refused, ...]

    @property
    def same(self) -> bool:
        """Whether the draw came out again exactly as published."""
        return not self.differences


def files_of(draw: Draw) -> dict[str, bytes]:
    """The files of a published draw; Conflict while it is not published."""
    if draw.state != "published":
        raise Conflict("draw_not_in_state", draw=draw.code, state=draw.state)
    content = frame.unpack(draw.frame)
    asked = designs.read(draw.design)
    seed = sampling.seed_of(draw.secret, draw.beacon, draw.frame_digest)
    files = {
        FRAME: content,
        RESULT: drawing.encode_result(drawing.draw(frame.decode(content), asked, seed).drawn),
        ENGLISH: ENGLISH_TEXT.encode(),
        CHINESE: CHINESE_TEXT.encode(),
    }
    about = {
        "algorithm": drawing.ALGORITHM, "code": draw.code, "round": draw.round.code, "title": draw.round.title,
        "kind": draw.kind, "committed_at": _moment(draw.committed_at), "drawn_at": _moment(draw.drawn_at),
        "published_at": _moment(draw.published_at), "opens_on": draw.opens_on.isoformat(), "secret": draw.secret,
        "commitment": draw.commitment, "beacon": draw.beacon, "design": dict(asked.content),
        "design_sha256": asked.digest, "frame_sha256": draw.frame_digest, "frame_size": draw.frame_size,
        "seed": seed.hex(), "result_sha256": frame.digest(files[RESULT]), "result_sealed": draw.result_digest,
        "files": {name: frame.digest(one) for name, one in files.items()},
    }  # fmt: skip
    about["sha256"] = _own_digest(about)
    return {**files, ABOUT: (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()}


def write(draw: Draw, folder: Path) -> list[Path]:
    """Write the folder; files of the same name are replaced, others stay."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files_of(draw).items():
        (folder / name).write_bytes(content)
        written.append(folder / name)
    return written


def check_folder(folder: Path, *, commitment: str = "") -> Checked:
    """Draw again from the files of a folder alone. `commitment` is what was noted down beforehand, if anybody did."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}
    return check(files, commitment=commitment)


def check(files: Mapping[str, bytes], *, commitment: str = "") -> Checked:
    """Draw again from published files, and name all that differs."""
    about, faults = _about(files)
    if about is None:
        return Checked("", "", "", 0, tuple(faults))
    if commitment and about["commitment"] != commitment.strip().lower():
        faults.append(Invalid("commitment", "verify_other_commitment", given=commitment, present=about["commitment"]))
    drawn = 0
    try:
        faults += _promises(about, files)
        asked = designs.read(about["design"])
        if asked.digest != about["design_sha256"]:
            faults.append(Invalid("design", "verify_design_changed"))
        seed = sampling.seed_of(about["secret"], about["beacon"], frame.digest(files[FRAME]))
        outcome = drawing.draw(frame.decode(files[FRAME]), asked, seed)
        drawn = sum(stratum.drawn for stratum in outcome.strata)
        again = drawing.encode_result(outcome.drawn)
        if seed.hex() != about["seed"]:
            faults.append(Invalid("seed", "verify_seed_differs"))
        if frame.digest(again) != about["result_sha256"] or sampling.sealed(seed, again) != about["result_sealed"]:
            faults.append(Invalid("result", "verify_digest_differs"))
        faults += _lines(again, files[RESULT])
    except Refused as refused:
        faults.append(refused)
    return Checked(about["code"], about["commitment"], about["frame_sha256"], drawn, tuple(faults))


def check_draw(draw: Draw) -> Checked:
    """Check a published draw of this database: its files, its rows, and what the ledger said before anything was drawn."""
    files = files_of(draw)
    checked = check(files)
    faults = [*checked.differences, *_ledger(draw), *_lines(files[RESULT], _rows(draw), cut=True)]
    return Checked(checked.code, checked.commitment, checked.frame_digest, checked.drawn, tuple(faults))


def _about(files: Mapping[str, bytes]) -> tuple[dict[str, Any] | None, list[Refused]]:
    missing = [name for name in (FRAME, ABOUT, RESULT) if name not in files]
    if missing:
        return None, [Invalid("folder", "verify_file_missing", file=name) for name in missing]
    try:
        about = json.loads(files[ABOUT])
        if about["algorithm"] != drawing.ALGORITHM:
            return None, [Invalid("algorithm", "verify_other_algorithm", value=about["algorithm"])]
        needed = (
            "code",
            "secret",
            "beacon",
            "commitment",
            "design_sha256",
            "frame_sha256",
            "seed",
            "result_sha256",
            "result_sealed",
            "sha256",
        )
        if not all(isinstance(about[key], str) for key in needed) or not isinstance(about["files"], dict):
            raise TypeError
        if not isinstance(about["design"], dict):
            raise TypeError
        bytes.fromhex(about["secret"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, [Invalid("folder", "verify_unreadable", file=ABOUT)]
    return about, []


def _promises(about: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Refused]:
    """Whether each file is the one that was promised."""
    if _own_digest(about) != about["sha256"]:
        yield Invalid("folder", "verify_file_changed", file=ABOUT)
    if sampling.commitment_of(about["secret"]) != about["commitment"]:
        yield Invalid("secret", "verify_not_the_secret")
    if frame.digest(files[FRAME]) != about["frame_sha256"]:
        yield Invalid("frame", "verify_frame_changed")
    for name in sorted({*about["files"], ENGLISH, CHINESE, FRAME, RESULT}):
        if name not in files:
            yield Invalid("folder", "verify_file_missing", file=name)
        elif frame.digest(files[name]) != about["files"].get(name):
            yield Invalid("folder", "verify_file_changed", file=name)


def _lines(again: bytes, shown: bytes, *, cut: bool = False) -> list[Refused]:
    """Lines of the result that differ; `cut` leaves out the mark of double visits, which a substitution hands on."""
    ours, theirs = (text.decode(errors="replace").splitlines() for text in (again, shown))
    faults: list[Refused] = []
    for number in range(max(len(ours), len(theirs))):
        one, other = (lines[number] if number < len(lines) else "" for lines in (ours, theirs))
        if cut:
            one, other = one.rpartition(",")[0], other.rpartition(",")[0]
        if one != other:
            faults.append(
                Invalid("result", "verify_line_differs", line=number + 1, drawn=one or "–", shown=other or "–")
            )
    more = len(faults) - MOST_TOLD
    return faults if more <= 0 else [*faults[:MOST_TOLD], Invalid("result", "verify_more_lines", more=more)]


def _rows(draw: Draw) -> bytes:
    """The rows of the database in the form of result.csv. A row keeps its chance as a float: it is right when it is that of the
    exact fraction.
    """
    chances = drawing.chances(frame.decode(frame.unpack(draw.frame)), designs.read(draw.design))
    told = []
    for row in draw.drawn.select_related("point", "case").order_by("order"):
        code = str(row.case.uid) if row.case else row.point.code if row.point else ""
        exact = chances.get(code, Fraction(0))
        chance = exact if float(exact) == row.chance else Fraction(row.chance)
        told.append(drawing.Drawn(row.order, code, row.stratum, row.role, chance, row.double))
    return drawing.encode_result(told)


def _ledger(draw: Draw) -> Iterator[Refused]:
    """Whether the ledger promised the same before the draw, and noted the same when it was made."""
    lines = LedgerLine.objects.filter(kind="draw", uid=draw.uid, verb__in=["draw.commit", "draw.perform"]).order_by(
        "-id"
    )
    told = {line.verb: line.data for line in lines}
    promised, made = told.get("draw.commit", {}), told.get("draw.perform", {})
    for key in ("commitment", "frame_digest"):
        if promised.get(key) != getattr(draw, key):
            yield Conflict("verify_not_in_ledger", what=key)
    if promised.get("design_digest") != designs.read(draw.design).digest:
        yield Conflict("verify_not_in_ledger", what="design_digest")
    for key in ("result_digest", "beacon"):
        if made.get(key) != getattr(draw, key):
            yield Conflict("verify_not_in_ledger", what=key)


def _own_digest(about: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in about.items() if key != "sha256"}
    return frame.digest(json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def _moment(at: Any) -> str:
    return at.isoformat() if at else ""
