"""Commands for bearer tokens."""

from __future__ import annotations

from datetime import datetime

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from civicloop.kernel.refusal import NotFound
from civicloop.organisation import actions
from civicloop.organisation.commands.common import answerable, by_option, by_or_server, person_named
from civicloop.organisation.models import ApiToken, Person


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("create")
@click.argument("username")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
@by_or_server
def create_token(username: str, name: str, by: str | None) -> None:
    """Make a token for USERNAME and print it, once."""
    owner = person_named(username)
    _row, plain = actions.make_token(person=owner, name=name, by=answerable(by), at=timezone.now())
    click.echo(plain)


@token.command("list")
@click.argument("username")
def list_tokens(username: str) -> None:
    """List the tokens of USERNAME, whether or not the person is still active. What a token says is not kept."""
    owner = Person.objects.filter(username=username).first()
    if owner is None:
        raise NotFound("person", username)
    now = timezone.now()
    for row in owner.tokens.order_by("pk"):
        click.echo(f"{row.pk:6} {_moment(row.created_at)}  {_state(row, now):24} {row.name}")


@token.command("revoke")
@click.argument("number", type=int)
@by_option
def revoke_token(number: int, by: str) -> None:
    """Make the token with this NUMBER (see `token list`) useless from now on."""
    row = ApiToken.objects.select_related("person").filter(pk=number).first()
    if row is None:
        raise NotFound("token", number)
    actions.revoke_token(token=row, by=person_named(by), at=timezone.now())
    click.echo(f"{number} revoked")


def _state(row: ApiToken, now: datetime) -> str:
    if row.revoked_at is not None:
        return f"{_('revoked')} {_moment(row.revoked_at)}"
    if row.expires_at is None:
        return _("in use")
    return f"{_('expired') if row.expires_at <= now else _('until')} {_moment(row.expires_at)}"


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
