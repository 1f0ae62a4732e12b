"""Starting the house: what is said to the web server, and what is made ready before."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from django.conf import LazySettings

from civicloop import serving
from civicloop.kernel.refusal import Conflict

SAYS = (
    "from civicloop.serving import web_command; print(*web_command('::1', 8123, 3, 'benchmarks.bare.wsgi:application'))"
)


def test_the_command_line_needs_no_house_set_up() -> None:
    """The benchmark of intake starts servers from a process that never sets Django up."""
    said = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True).stdout.split()
    assert said[-1] == "benchmarks.bare.wsgi:application"
    assert said[said.index("--host") + 1 : said.index("--host") + 6 : 2] == ["::1", "8123", "3"]


def test_a_house_made_ready_has_its_folders_and_packed_files(settings: LazySettings) -> None:
    serving.prepare()
    assert settings.STATIC_ROOT.is_dir()
    assert any(settings.STATIC_PACKED.glob("*.gz"))


def test_a_port_somebody_listens_on_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Conflict, match="port_in_use"):
            serving.check_port("127.0.0.1", port)
    serving.check_port("127.0.0.1", port)
