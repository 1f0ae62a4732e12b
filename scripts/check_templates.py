"""Templates carry nothing inline: the content security policy would block it, and only in the browser.

Looks for <style>, <script> without src, style="…", on…="…" and javascript: addresses. JSON data blocks are allowed.
"""

from __future__ import annotations

import re
import sys

from repository import ROOT, files

SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>", re.IGNORECASE)
RULES = {
    "a <style> element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a handler of htmx": re.compile(r"<[^>]*\shx-on[:-]", re.IGNORECASE),
    "a javascript: address": re.compile(r"[\"']\s*javascript:", re.IGNORECASE),
}


def faults(text: str) -> list[tuple[int, str]]:
    """Line number and name of every inline thing in a template."""
    found = [(match.start(), name) for name, rule in RULES.items() for match in rule.finditer(text)]
    for match in SCRIPT.finditer(text):
        attributes = match["attributes"]
        if "src=" not in attributes and "application/json" not in attributes:
            found.append((match.start(), "an inline <script>"))
    return [(text.count("\n", 0, position) + 1, name) for position, name in sorted(found)]


def main() -> int:
    bad = 0
    for path in files(".html", ".svg"):
        if "templates" not in path.parts:
            continue
        for line, name in faults(path.read_text(encoding="utf-8")):
            bad += 1
            print(f"{path.relative_to(ROOT)}:{line}: {name}; use a class, a file or a data- attribute")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
