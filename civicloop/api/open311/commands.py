"""Keys for Open311 clients, and telling other systems of steps."""

from __future__ import annotations

import json

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.kernel.refusal import Invalid, NotFound
from civicloop.organisation.commands.common import answerable, by_option, by_or_server, person_named
from civicloop.residents.actions import open311keys as keys
from civicloop.residents.actions import open311push as pushing
from civicloop.residents.models import Open311Key
from civicloop.residents.queries.open311services import offered
from civicloop.standards import reference


@click.group()
def open311() -> None:
    """Clients that speak Open311."""


@open311.group("key")
def key() -> None:
    """Keys of clients."""


@key.command("create")
@click.argument("client")
@click.option("--jurisdiction", default="", help="Only for this jurisdiction.")
@click.option("--service", "services", multiple=True, help="Code of a service it may report; repeat it. Without: all.")
@click.option(
    "--test", is_flag=True, help="For trying out at /open311/test/v2/: what it sends is checked and forgotten."
)
@click.option("--per-minute", default=120, show_default=True, help="Requests it may send in a minute.")
@click.option("--contact", default="", help="Whom to ask when the client misbehaves.")
@by_or_server
def create(
    client: str, jurisdiction: str, services: tuple[str, ...], test: bool, per_minute: int, contact: str, by: str | None
) -> None:  # fmt: skip
    """Make a key for CLIENT and print it, once."""
    unknown = sorted(set(services) - set(offered(reference.now())))
    if unknown:
        raise Invalid("service", "no_such_value", value=", ".join(unknown))
    row, text = keys.make_key(
        client=client, jurisdiction=jurisdiction, services=services, test=test, per_minute=per_minute, contact=contact,
        by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(f"{text}  (key {row.pk}: civicloop open311 key revoke {row.pk})")


@key.command("list")
def show() -> None:
    """List the keys. What a key says is not kept."""
    for row in Open311Key.objects.all():
        state = f"{_('revoked')} {timezone.localtime(row.revoked_at):%Y-%m-%d}" if row.revoked_at else _("in use")
        click.echo(
            f"{row.pk:6} {_('test') if row.test else _('production'):10}  {state:20} …{row.ending:4}  {row.client}"
        )


@key.command("revoke")
@click.argument("number", type=int)
@by_option
def revoke(number: int, by: str) -> None:
    """Make the key with this NUMBER useless from now on."""
    keys.revoke_key(key=_key(number), by=person_named(by), at=timezone.now())
    click.echo(f"{number} revoked")


@open311.command("subscribe")
@click.argument("number", type=int)
@click.argument("address")
@click.option("--jurisdiction", default="", help="The jurisdiction_id to send along.")
@click.option(
    "--everything", is_flag=True, help="Tell of every public request, not only of those this client reported."
)
@click.option("--off", is_flag=True, help="Tell nothing any more.")
@by_or_server
def subscribe(number: int, address: str, jurisdiction: str, everything: bool, off: bool, by: str | None) -> None:
    """Tell the client with key NUMBER of steps at ADDRESS, such as https://fixmystreet.example/open311/v2.

    Asks for the api_key that we have there; nothing typed keeps the one there is.
    """
    secret = click.prompt("api_key", default="", hide_input=True, show_default=False)
    row = pushing.subscribe(
        key=_key(number), address=address, secret=secret, jurisdiction=jurisdiction, own_only=not everything, active=not off,
        by=answerable(by), at=timezone.now(),
    )  # fmt: skip
    click.echo(f"{row.key.client} → {row.address}{'' if row.active else ' (off)'}")


@open311.command("push")
def push() -> None:
    """Tell subscribers of every step that waits. The worker does so every minute."""
    sums = pushing.send_pushes(at=timezone.now(), ref=reference.now())
    click.echo(json.dumps({"planned": sums.planned, "sent": sums.sent, "failed": sums.failed}))


def _key(number: int) -> Open311Key:
    row = Open311Key.objects.filter(pk=number).first()
    if row is None:
        raise NotFound("open311_key", number)
    return row


commands = [open311]
