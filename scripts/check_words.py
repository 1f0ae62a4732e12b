"""No file names a place that exists only on one machine: package indexes, home folders, workspaces.

Python sources also carry no marks of unfinished work.
"""

from __future__ import annotations

import re
import sys

from repository import ROOT, files

# Written in pieces, so that this file passes its own check.
EVERYWHERE = {
    "a package index": re.compile(
        "(extra-" + "index-url|" + "--index" + "-url|--find" + "-links|pypi" + r"\.org|files\.pythonhosted)"
    ),
    "a folder of one machine": re.compile(
        r"(?<![\w.}$-])/(" + "work|" + "home/[a-z]+|" + "root|" + r"Users/[a-z]+)/[\w.]"
    ),
}
IN_PYTHON = {"unfinished work": re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|X" + r"XX)\b")}
BINARY = {
    ".png",
    ".jpg",
    ".jpeg",
    ".webp",
    ".heic",
    ".gif",
    ".ico",
    ".mo",
    ".xlsx",
    ".zip",
    ".gz",
    ".woff2",
    ".pdf",
    ".parquet",
}


def main() -> int:
    bad = 0
    for path in files():
        if path.suffix in BINARY:
            continue
        rules = {**EVERYWHERE, **(IN_PYTHON if path.suffix == ".py" else {})}
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            for name, rule in rules.items():
                if found := rule.search(line):
                    bad += 1
                    print(f"{path.relative_to(ROOT)}:{number}: {name}: {found[0]}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
