"""Commands of field work, for support: what is stuck, why, and trying it again."""

from __future__ import annotations

import json
from uuid import UUID

import click
from django.utils import timezone

from civicloop.fieldwork import actions, queries
from civicloop.fieldwork.models import ENTRY_LABELS, Entry
from civicloop.fieldwork.refusing import spoken
from civicloop.kernel.refusal import NotFound
from civicloop.organisation.commands.common import person_named

STUCK = ("waiting", "held", "refused", "needs_you")


@click.group()
def fieldwork() -> None:
    """What phones have sent: list what is stuck, show one entry, try again."""


@fieldwork.command("list")
@click.option("--person", "username", help="Only this person's, by user name.")
@click.option(
    "--state", "states", type=click.Choice(list(ENTRY_LABELS)), multiple=True, help="Default: all not settled."
)
@click.option("--most", default=50, show_default=True)
def list_entries(username: str | None, states: tuple[str, ...], most: int) -> None:
    """List entries, oldest first: id, state, kind, person, when it came, and why it stands still."""
    person = person_named(username) if username else None
    for row in queries.for_support(person, states or STUCK, most):
        why = f": {spoken(row.refusal)}" if row.refusal else ""
        click.echo(f"{row.pk} {row.state} {row.kind} {row.by.username} {row.received_at.isoformat()}{why}")


@fieldwork.command("show")
@click.argument("uid", type=click.UUID)
def show_entry(uid: UUID) -> None:
    """Show the entry UID as JSON: how it stands, its photos and what was sent. For support: it holds what the person wrote."""
    row = _entry(uid)
    photos = row.photos.order_by("place").values("sha256", "size", "arrived_at")
    told = {
        name: getattr(row, name)
        for name in (
            "uid", "kind", "loop_uid", "device", "seq", "after", "alone", "state", "refusal", "result", "revision", "digest",
            "noted_at", "clock_offset_s", "accuracy_m", "received_at", "applied_at", "changed_at", "content",
        )
    }  # fmt: skip
    told |= {"by": row.by.username, "photos": list(photos), "why": spoken(row.refusal) if row.refusal else ""}
    click.echo(json.dumps(told, default=str, ensure_ascii=False, indent=1))


@fieldwork.command("retry")
@click.argument("uid", type=click.UUID, required=False)
def retry_entry(uid: UUID | None) -> None:
    """Try the entry UID again as it is; without UID whatever is held or waits, as the sweep does."""
    at = timezone.now()
    if uid is None:
        click.echo(json.dumps({"changed": actions.apply_waiting(at=at)}))
        return
    row = actions.retry(uid=uid, by=None, at=at)
    actions.apply_entries(by=row.by, at=at)
    row.refresh_from_db()
    click.echo(f"{row.pk} {row.state}" + (f": {spoken(row.refusal)}" if row.refusal else ""))


def _entry(uid: UUID) -> Entry:
    row = Entry.objects.select_related("by").filter(pk=uid).first()
    if row is None:
        raise NotFound("entry", uid)
    return row


commands: list[click.Command] = [fieldwork]
