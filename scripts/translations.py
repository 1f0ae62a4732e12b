"""The sentences people read: collected from the sources, complete in Chinese, compiled and committed.

    python scripts/translations.py check     nothing missing, doubtful, left over or uncompiled (changes no file)
    python scripts/translations.py update    write new sentences into the .po files
    python scripts/translations.py compile   write the .mo files, so that installing needs no gettext

Needs GNU gettext; as root on Debian it is installed.
"""

from __future__ import annotations

import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "civicloop"
LANGUAGE = "zh_Hans"
COLLECT = """
import sys
from django.conf import settings
settings.configure(LOCALE_PATHS=[sys.argv[1]], USE_I18N=True)
import django
django.setup()
from django.core.management import call_command
call_command("makemessages", locale=[sys.argv[2]], domain=sys.argv[3], no_wrap=True, no_location=True, verbosity=0,
             ignore_patterns=["vendor/*", "*/vendor/*"])
"""


def need_gettext() -> None:
    """Install gettext where that is allowed, else say what is missing."""
    if shutil.which("xgettext") and shutil.which("msgfmt"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "gettext"]):
            subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if not shutil.which("xgettext"):
        sys.exit("translations: GNU gettext is missing; as root on Debian: apt-get install gettext")


def catalogues(package: Path) -> list[Path]:
    """The .po files that exist (pages and, where there is one, scripts)."""
    return sorted((package / "locale" / LANGUAGE / "LC_MESSAGES").glob("*.po"))


def collect(package: Path) -> None:
    """Bring the package's .po files up to date with its sources. Settings of the project are not needed."""
    for po in catalogues(package):
        command = [sys.executable, "-P", "-c", COLLECT, str(package / "locale"), LANGUAGE, po.stem]
        subprocess.run(command, cwd=package, check=True)


def select(po: Path, *options: str) -> list[str]:
    """The entries of a .po file that msgattrib picks, each as its first line of text."""
    done = subprocess.run(["msgattrib", "--no-wrap", *options, str(po)], capture_output=True, text=True, check=True)
    return [text for text in re.findall(r'^(?:#~ )?msgid (".*")$', done.stdout, re.MULTILINE) if text != '""']


def faults(po: Path) -> list[str]:
    """What is wrong with a freshly collected .po file."""
    missing = select(po, "--untranslated", "--no-obsolete")
    doubtful = select(po, "--only-fuzzy", "--no-obsolete")
    left_over = select(po, "--only-obsolete")
    said = [f"not translated: {text}" for text in missing] + [f"doubtful (fuzzy): {text}" for text in doubtful]
    return said + [f"no longer used: {text}" for text in left_over]


def messages(mo: Path) -> dict[object, str]:
    """What a compiled catalogue says; two versions of msgfmt may lay the same words out differently."""
    with mo.open("rb") as stream:
        said: dict[object, str] = dict(vars(gettext.GNUTranslations(stream))["_catalog"])
    said.pop("", None)
    return said


def check() -> int:
    """Compare the committed catalogues with the sources, in a copy."""
    found: list[str] = []
    with tempfile.TemporaryDirectory(prefix="civicloop-messages-") as folder:
        copy = Path(folder) / "civicloop"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "static/vendor"))
        for committed in catalogues(PACKAGE):
            mo = committed.with_suffix(".mo")
            fresh = Path(folder) / mo.name
            subprocess.run(["msgfmt", "--check-format", "-o", str(fresh), str(committed)], check=True)
            if not mo.exists() or messages(mo) != messages(fresh):
                found.append(f"{mo.name} is not compiled from {committed.name}: run make messages")
        collect(copy)
        found += [f"{po.name}: {fault}" for po in catalogues(copy) for fault in faults(po)]
    if not catalogues(PACKAGE):
        found.append(f"there is no {LANGUAGE} catalogue")
    print("\n".join(found))
    return 1 if found else 0


def compile_all() -> int:
    for po in catalogues(PACKAGE):
        subprocess.run(["msgfmt", "--check-format", "-o", str(po.with_suffix(".mo")), str(po)], check=True)
    return 0


def main(arguments: list[str]) -> int:
    if arguments not in (["check"], ["update"], ["compile"]):
        print(__doc__, file=sys.stderr)
        return 2
    need_gettext()
    if arguments == ["check"]:
        return check()
    if arguments == ["compile"]:
        return compile_all()
    collect(PACKAGE)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
