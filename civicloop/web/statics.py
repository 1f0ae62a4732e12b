"""Style, scripts and icons, sent packed: each file is gzipped once when the web server starts, not for every asker.

Files are served from where they lie in the packages. Their packed copies lie in the data folder under a name made of path,
size and time of change, so a file that was replaced never meets the copy of the old one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

PACKED = {".js", ".css", ".svg", ".json", ".html", ".txt"}
# Below this a packed file saves nothing: it fits one packet either way.
WORTH = 1000


class Statics(WhiteNoiseMiddleware):
    """WhiteNoise, with packed copies that lie elsewhere than the files."""

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        """The file, and its packed copy where there is one."""
        found = super().get_static_file(path, url, stat_cache)
        copy = copy_of(Path(path))
        if copy is None or not copy.exists():
            return found
        headers: dict[str, str] = dict(found.alternatives[0][2])
        # Worked out for the file itself; WhiteNoise writes them anew.
        for name in ("Content-Length", "Content-Encoding", "ETag", "Last-Modified", "Vary"):
            headers.pop(name, None)
        return StaticFile(path, list(headers.items()), encodings={"gzip": str(copy)})


def copy_of(path: Path) -> Path | None:
    """Where the packed copy of a file lies, or would lie; None for what is not packed."""
    if path.suffix not in PACKED:
        return None
    told = path.stat()
    if told.st_size < WORTH:
        return None
    name = hashlib.sha256(f"{path}\n{told.st_size}\n{told.st_mtime_ns}".encode()).hexdigest()[:32]
    return Path(settings.STATIC_PACKED) / f"{name}.gz"


def pack() -> int:
    """Make the copies that are missing, and take away those of files that are no more. Returns how many there are."""
    folder = Path(settings.STATIC_PACKED)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {}
    for path in _files():
        if (copy := copy_of(path)) is not None:
            wanted[copy] = path
    for copy, path in wanted.items():
        if not copy.exists():
            # Another server may start at the same moment: whole files only, under the name at once.
            half = copy.with_suffix(f".{os.getpid()}")
            half.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
            half.replace(copy)
    for old in set(folder.glob("*.gz")) - set(wanted):
        old.unlink(missing_ok=True)
    return len(wanted)


def _files() -> Iterator[Path]:
    for finder in finders.get_finders():
        for path, storage in finder.list(None):
            yield Path(storage.path(path))
