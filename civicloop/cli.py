"""The command line. Every command takes its database and folders from the environment, never from where it is started."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from civicloop.kernel.refusal import NotAllowed

# Modules whose `commands` list adds to the command line.
COMMAND_MODULES = (
    "civicloop.commands",
    "civicloop.ledger.commands",
    "civicloop.organisation.commands",
    "civicloop.standards.commands",
    "civicloop.photos.commands",
    "civicloop.cases.commands",
    "civicloop.textintake.commands",
    "civicloop.inspection.commands",
    "civicloop.volunteers.commands",
    "civicloop.volunteers.dispatch_commands",
    "civicloop.surveys.commands",
    "civicloop.residents.commands",
    "civicloop.fieldwork.commands",
    "civicloop.scoring.forecast_commands",
    "civicloop.scoring.commands",
    "civicloop.insight.commands",
    "civicloop.documents.commands",
    "civicloop.documents.volunteer_commands",
    "civicloop.notify.commands",
    "civicloop.importing.commands",
    "civicloop.api.openrosa.commands",
    "civicloop.api.open311.commands",
    "civicloop.demo.commands",
    "civicloop.demo.la311",
)


class Lazy(click.Group):
    """A group that sets Django up, and reads the modules with commands, only when a command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _commands().get(cmd_name)


def _commands() -> dict[str, click.Command]:
    import django  # noqa: PLC0415  (slow import)
    from django.conf import settings  # noqa: PLC0415  (slow import)

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    django.setup()
    found: dict[str, click.Command] = {}
    for name in COMMAND_MODULES:
        for command in import_module(name).commands:
            known = found.get(command.name)
            if isinstance(known, click.Group) and isinstance(command, click.Group):
                known.commands.update(command.commands)
            else:
                found[command.name] = command
    return found


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """CivicLoop 创城闭环: every promise is a loop."""


def main(arguments: Iterable[str] | None = None) -> None:
    """The entry point. A refusal becomes one plain line and exit status 1; a traceback is a bug."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["manage"]:
        from django.core.management import execute_from_command_line  # noqa: PLC0415  (slow import)

        execute_from_command_line(["civicloop", *given[1:]])
        return
    _spoken(lambda: cli.main(args=given, prog_name="civicloop", standalone_mode=True))


def _spoken(run: Callable[[], object]) -> None:
    from civicloop.kernel.refusal import NotAllowed, Refused  # noqa: PLC0415  (slow import)

    try:
        run()
    except Refused as refused:
        from civicloop.sentences import sentence  # noqa: PLC0415  (needs Django to be set up)

        if isinstance(refused, NotAllowed):
            _keep(refused)
        click.echo(f"{sentence(refused)}", err=True)
        sys.exit(1)


def _keep(refused: NotAllowed) -> None:
    """A refusal of permission is kept wherever it happens."""
    from django.utils import timezone  # noqa: PLC0415  (needs Django to be set up)

    from civicloop.ledger.actions import record_refusal  # noqa: PLC0415  (needs Django to be set up)

    record_refusal(refused, at=timezone.now())


if __name__ == "__main__":
    main()
