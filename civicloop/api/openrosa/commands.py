"""Setting a phone up."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import click
import segno
from django.utils import timezone

from civicloop.api.asking import PHONE
from civicloop.kernel.refusal import Invalid
from civicloop.organisation import actions
from civicloop.organisation.commands.common import answerable, by_or_server, person_named


def settings_code(server: str, token: str, *, name: str = "CivicLoop") -> str:
    """What ODK Collect reads from a QR code: its settings as JSON, packed by zlib, in base64."""
    told = {
        "general": {
            "server_url": f"{server.rstrip('/')}/or/{token}", "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
        },
        "admin": {},
        "project": {"name": name, "icon": "创", "color": "#b3261e"},
    }  # fmt: skip
    return base64.b64encode(zlib.compress(json.dumps(told, ensure_ascii=False).encode(), 9)).decode()


@click.group()
def openrosa() -> None:
    """Phones with ODK Collect."""


@openrosa.command("qr")
@click.argument("username")
@click.option("--server", required=True, help="Address under which phones reach this house: https://host.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write: .svg or .png."
)
@by_or_server
def qr(username: str, server: str, out: Path, by: str | None) -> None:
    """Make a token for the phone of USERNAME and write the QR code that sets ODK Collect up. The code is a secret."""
    address = urlsplit(server)
    if address.scheme not in ("http", "https") or not address.netloc:
        raise Invalid("server", "bad_value", field="server", why=server)
    if out.suffix not in (".svg", ".png"):
        raise Invalid("out", "bad_value", field="out", why=out.name)
    owner = person_named(username)
    row, token = actions.make_token(person=owner, name=f"{PHONE} {out.stem}"[:60], by=answerable(by), at=timezone.now())
    segno.make(settings_code(server, token), error="m").save(str(out), scale=8)
    out.chmod(0o600)
    click.echo(f"{out}  (token {row.pk}: civicloop token revoke {row.pk})")


commands = [openrosa]
