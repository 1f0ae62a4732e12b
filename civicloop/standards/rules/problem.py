"""What is wrong with a pack, said with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from civicloop.kernel.refusal import Invalid


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: file inside the pack, JSON pointer of the part at fault, a code, and a reason in plain English.

    `line` is that of the file, from 1; 0 where the file has none that could be named. In a workbook, `file` is the
    sheet and `line` the row.
    """

    file: str
    pointer: str
    code: str
    reason: str
    line: int = 0

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{self.file}{line}{' #' + self.pointer if self.pointer else ''}: {self.reason}"


class PackError(Invalid):
    """A pack cannot be taken as it is; nothing of it was used. `problems` lists everything found, the first is named.

    `file`, `line`, `pointer` and `reason` are those of the first problem. The sentence is for whoever writes packs: packs are
    edited as text, so that the reason names keys as they stand in the file.
    """

    def __init__(self, pack: str, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(
            first.pointer, f"pack_{first.code}", pack=pack, file=first.file, line=first.line, pointer=first.pointer,
            reason=first.reason,
        )  # fmt: skip
        self.pack = pack
        self.problems = tuple(problems)
        self.file = first.file
        self.line = first.line
        self.pointer = first.pointer
        self.reason = first.reason

    def __str__(self) -> str:
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        return f"pack {self.pack}: {self.problems[0]}{more}"
