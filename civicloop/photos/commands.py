"""`civicloop photos ...`"""

from __future__ import annotations

from datetime import timedelta

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.photos import queries
from civicloop.photos.models import Photo

# What is younger may still be arriving.
ARRIVING = timedelta(hours=1)


@click.group()
def photos() -> None:
    """Look after the pictures."""


@photos.command()
def check() -> None:
    """Read every original and voice note and compare it with its address. Exit code 1 when one is missing or damaged."""
    bad = 0
    words = {queries.Fault.MISSING: _("file missing"), queries.Fault.DAMAGED: _("file damaged")}
    for finding in queries.findings():
        bad += 1
        click.echo(f"{finding.sha256}  {words[finding.fault]}")
    for name in queries.orphans(before=timezone.now() - ARRIVING):
        click.echo(f"{name}  {_('no photo belongs to this file (harmless)')}")
    click.echo(_("%(count)d photos checked, %(bad)d not in order.") % {"count": Photo.objects.count(), "bad": bad})
    if bad:
        raise SystemExit(1)


commands: list[click.Command] = [photos]
