"""Everything `make check` looks at, two tools at a time; prints one line per tool and the output of those that failed.

`python scripts/check.py` runs all, `python scripts/check.py ruff mypy` some. Exit code 1 when anything failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
AT_ONCE = 2

# The slowest first, so that the others fill the second place beside it.
CHECKS: dict[str, list[str]] = {
    "mypy": [PYTHON, "-m", "mypy"],
    "layers": [str(BIN / "lint-imports"), "--no-logo"],
    "ruff": [PYTHON, "-m", "ruff", "check", "."],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "migrations": [str(BIN / "civicloop"), "manage", "makemigrations", "--check", "--dry-run"],
    "translations": [PYTHON, "scripts/translations.py", "check"],
    "templates": [PYTHON, "scripts/check_templates.py"],
    "djlint": [PYTHON, "-m", "djlint", "civicloop", "--lint", "--quiet"],
    "words": [PYTHON, "scripts/check_words.py"],
}


def run(name: str, home: str) -> tuple[str, int, float, str]:
    """Run one check; its data folder is a fresh one, so that a check never touches a city's data."""
    started = time.monotonic()
    environ = {**os.environ, "CIVICLOOP_DATA_DIR": home, "CIVICLOOP_SECRET_KEY": "only-for-checks-" + "0" * 40}
    environ.pop("CIVICLOOP_DATABASE_URL", None)
    command = CHECKS[name]
    if not Path(command[0]).exists():
        return name, 127, 0.0, f"{command[0]} is missing; run: make setup"
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return name, done.returncode, time.monotonic() - started, done.stdout


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"no such check: {', '.join(unknown)}; there are: {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    failed = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="civicloop-check-") as home, ThreadPoolExecutor(AT_ONCE) as pool:
        for name, code, seconds, output in pool.map(lambda name: run(name, home), names or list(CHECKS)):
            print(f"{'ok  ' if code == 0 else 'FAIL'} {name:<13}{seconds:5.1f} s", flush=True)
            if code:
                failed.append(name)
                print(output.rstrip() + "\n", flush=True)
    print(f"check: {'all good' if not failed else 'failed: ' + ', '.join(failed)} ({time.monotonic() - started:.0f} s)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
