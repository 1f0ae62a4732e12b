"""Reference pages that are drawn from the code, so that they cannot disagree with it.

python scripts/papers.py update    write docs/reference/{lifecycle,permissions,cli}.md anew
python scripts/papers.py check     say which of them are out of date (changes no file)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING

import click
import django

if TYPE_CHECKING:
    from civicloop.kernel.lifecycle import Step

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
HOW = "This page is written by `python scripts/papers.py update`. Do not edit it by hand: a test compares it with the code."
LIFE = [
    "The table is `civicloop/cases/rules/lifecycle.py`. The buttons of the desk, the `steps` of the API and the inbox are",
    "computed from it. Overdue is not a state: it is a question of time. What the words mean is in",
    "[the glossary](../language.md), who may take which step in [permissions](permissions.md).",
]
ALLOWED = [
    "A person may do what the appointments in force on that day allow. A refusal names the rule and the roles that could, and",
    "is a line of the ledger. Roles and their Chinese names are in [the glossary](../language.md).",
    "",
    "A role reaches the unit of the appointment and the units below it. Filers, dispatchers, verifiers, supervisors and",
    "auditors who are appointed at the command post, the campaign office or a task force reach every unit.",
]
ABOUT = [
    "`civicloop COMMAND --help` says the same. Commands read the database and the folders from the environment",
    "([settings](settings.md)), never from where they are started. A refusal is one plain line and exit status 1.",
    "`civicloop manage …` passes the rest on to Django's own commands.",
]
APPEALS = [
    "A unit's leader speaks against a judgement of a visit, or against points taken from the unit in a round. The table is",
    "`civicloop/scoring/rules/lifecycle.py`. What is granted becomes an adjustment; the old value stays in the tree as `before`.",
]
ORDERING = [
    "An order of voluntary services (点单、派单、接单、评单). The table is `civicloop/volunteers/rules/lifecycle.py`;",
    "owner and clock follow from the state alone (`civicloop/volunteers/kinds.py`). `lapse`, `rate_by_time` and `expire` are taken",
    "by the clock and by nobody else; a resident without an account takes `amend`, `submit`, `cancel`, `rate` and `not_served`",
    "with the code of the order.",
]
VOLUNTEERING = [
    "The rules are `civicloop/volunteers/policy.py`. Who holds `order_desk` in a city-wide unit has all orders; in a town or",
    "community those on its ground. A team's work is not rated or filed away by anybody who belongs to it.",
]
INSPECTING = [
    "Whoever acts must hold the role in the command post, the campaign office or a task force. What was drawn is sealed:",
    "before its day nobody reads it, whatever the role. An inspector reads his own visits from the morning of their day on",
    "and answers no others; a unit reads visits of its points once they are judged, without the inspector's name.",
]
# The rules of cases, scoring and documents in words; a rule without words fails the test.
RULES = {
    "filer": "a filer",
    "dispatcher": "a dispatcher",
    "verifier": "a verifier",
    "supervisor": "a supervisor",
    "responsible_unit": "a handler or leader of the responsible unit, or of a unit above it",
    "leader_of_responsible_unit": "a leader of the responsible unit, or of a unit above it",
    "not worked_on_it": "took no handling step of this case",
    "not own_unit": "does not belong to the responsible unit",
    "not was_with_own_unit": "belongs neither to the responsible unit nor to one that has returned it",
    "block_in_charge": "a handler or leader of the responsible unit, which must be a block",
    "whistling_block": "a handler or leader of the block that blew the whistle",
    "called_unit": "a handler or leader of a unit that was called",
    "not asked_for_it": "did not ask for this extension",
    "not judged_it": "did not verify, send back, close or appeal this case",
    "sees": "whoever sees the case",
    "takes_part": "takes part in the campaign",
    "leader_of_unit": "a leader of the unit it is about, or of a unit above it",
    "not judged_it (appeal)": "did not judge the visit it is about",
    "not lodged_it": "did not lodge it",
    "not reviewed_it": "took no earlier stage of it",
    "city_office": "a supervisor or dispatcher of a city-wide unit",
    "city_supervisor": "a supervisor of a city-wide unit",
    "leader_of_the_unit": "a leader of the unit it is about, if its kind may be had by a unit",
    "without_number": "it has no number",
    "requester": "whoever entered the order, or the requester with its code",
    "order_desk": "the order desk of the centre, or of the ground it lies on",
    "serving_team": "a handler or leader of the team that has the order, or of a unit above it",
    "not of_serving_team": "does not belong to the team that has served, and took no part in serving",
    "by_the_clock": "nobody: the system does when a time has run out",
    "desk_of_order": "the order desk of the centre, or of the ground it lies on",
    "serves_it_now": "a handler or leader of the team, from its promise to the confirmation",
    "entered_it": "whoever entered the order",
    "city_order_desk": "the order desk of the centre",
    "order_desk_of_unit": "the order desk of the centre, or of a unit above it",
    "leader_of_team": "a leader of the team's unit, or of a unit above it",
    "volunteer_desk": "the order desk of the centre, or of a unit above it",
    "of_the_unit": "a handler or leader of the unit it belongs to, or of a unit above it",
    "leader_of_the_unit (volunteer)": "a leader of the unit it belongs to, or of a unit above it",
    "oneself": "the volunteer, by the own account",
    "not oneself": "is not the volunteer it is about",
    "auditor_or_supervisor": "an auditor or supervisor of a city-wide unit",
    "city_desk": "a supervisor or dispatcher of a city-wide unit",
    "reader": "whoever sees all, an auditor, a unit leader or a sponsor",
    "interviewer": "a grid worker, inspector, reporter or unit handler, a supervisor or dispatcher",
    "listener": "a grid worker, reporter, handler or leader of the unit or of one above it, a supervisor or dispatcher",
    "unit_concerned": "a handler or leader of the unit that heard it or that it was passed on to, or of a unit above it",
    "keeping_unit": "a handler, leader or grid worker of the unit that keeps it, or of a unit above it",
    "looker": "whoever works, inspects or reports in the unit that keeps it, or in a unit above it",
    "unit_to_keep_it": "a handler, leader or grid worker of the unit that will keep it, or of a unit above it",
    "unit_to_apply": "a handler or leader of the unit it is for, or of a unit above it",
    "applying_unit": "a handler or leader of the unit it is for, or of a unit above it",
    "leader_above": "a leader of a unit above it",
    "not posted_in_it": "holds no post in the unit it is for, nor below it",
    "not own_unit (honour)": "does not belong to the unit it is for",
    "not took_a_stage": "neither applied for it nor recommended it",
}


def main(arguments: list[str]) -> int:
    if arguments not in (["update"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    pages = written()
    old = [name for name, text in pages.items() if _present(FOLDER / name) != text]
    if arguments == ["update"]:
        for name in old:
            (FOLDER / name).write_text(pages[name], encoding="utf-8")
        return 0
    print("\n".join(f"docs/reference/{name} is out of date: run python scripts/papers.py update" for name in old))
    return 1 if old else 0


def written() -> dict[str, str]:
    """The pages as they should be, by file name. Needs Django to be set up."""
    from django.utils.translation import override  # noqa: PLC0415

    with override("en"):
        makers: dict[str, Callable[[], str]] = {"lifecycle.md": lifecycle, "permissions.md": permissions, "cli.md": cli}
        return {name: make() for name, make in makers.items()}


def _present(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def lifecycle() -> str:
    """The problem loop as a table and as a drawing."""
    from civicloop.cases.rules.lifecycle import HANDLING_STEPS, LIFECYCLE, State  # noqa: PLC0415
    from civicloop.spoken import STATES, STEPS  # noqa: PLC0415

    states = [(f"`{state}`", chinese(STATES[state]), _ends(state in LIFECYCLE.endings)) for state in State]
    steps = [(f"`{s.name}`", chinese(STEPS[s.name]), *_row_of(s, State)) for s in LIFECYCLE]
    return "\n".join([
        "# The life of a case, of an appeal and of an order", "", HOW, "",
        *LIFE, "",
        "## States", "", *table(("state", "中文", ""), states), "",
        "## Steps", "", "Needed values must be given, the others may be. “stays” leaves the state as it is.", "",
        *table(("step", "中文", "from", "to", "needs", "may have"), steps), "",
        f"Whoever took one of {_names(sorted(HANDLING_STEPS))} has worked on the case and may not judge it.", "",
        "## Drawing", "", "The output of `civicloop lifecycle`:", "", "```mermaid", LIFECYCLE.mermaid().rstrip(), "```", "",
        *appeals(),
        *orders(),
    ])  # fmt: skip


def appeals() -> list[str]:
    """The life of an appeal against a judgement, below that of a case."""
    from civicloop.scoring.models import STATE_LABELS  # noqa: PLC0415
    from civicloop.scoring.rules.lifecycle import LIFECYCLE, AppealState  # noqa: PLC0415

    labels = {str(state): label for state, label in STATE_LABELS.items()}
    states = [(f"`{state}`", chinese(labels[state]), _ends(state in LIFECYCLE.endings)) for state in AppealState]
    steps = [(f"`{s.name}`", *_row_of(s, AppealState)) for s in LIFECYCLE]
    return [
        "## An appeal against a score", "", *APPEALS, "",
        *table(("state", "中文", ""), states), "",
        *table(("step", "from", "to", "needs", "may have"), steps), "",
        "```mermaid", LIFECYCLE.mermaid().rstrip(), "```", "",
    ]  # fmt: skip


def orders() -> list[str]:
    """The life of an order of voluntary services."""
    from civicloop.spoken import ORDER_STATES, ORDER_STEPS  # noqa: PLC0415
    from civicloop.volunteers.rules.lifecycle import LIFECYCLE, OrderState  # noqa: PLC0415

    states = [(f"`{state}`", chinese(ORDER_STATES[state]), _ends(state in LIFECYCLE.endings)) for state in OrderState]
    steps = [(f"`{s.name}`", chinese(ORDER_STEPS[s.name]), *_row_of(s, OrderState)) for s in LIFECYCLE]
    return [
        "## An order of voluntary services", "", *ORDERING, "",
        *table(("state", "中文", ""), states), "",
        *table(("step", "中文", "from", "to", "needs", "may have"), steps), "",
        "The output of `civicloop orders lifecycle`:", "",
        "```mermaid", LIFECYCLE.mermaid().rstrip(), "```", "",
    ]  # fmt: skip


def volunteering() -> list[str]:
    """Who may do what with orders, menu, teams and sites."""
    from civicloop.spoken import ORDER_STEPS  # noqa: PLC0415
    from civicloop.volunteers.people_policy import DO as PEOPLE  # noqa: PLC0415
    from civicloop.volunteers.policy import DO, MAY  # noqa: PLC0415

    steps = [(f"`{verb}`", chinese(ORDER_STEPS[verb]), said(rule.name)) for verb, rule in MAY.items()]
    return [
        "## Orders of voluntary services", "", *VOLUNTEERING, "",
        *table(("step", "中文", "who may"), steps), "",
        *table(("verb", "who may"), [(f"`{verb}`", said(rule.name)) for verb, rule in DO.items()]), "",
        "Volunteers, events, hours and certificates (`civicloop/volunteers/people_policy.py`). A volunteer belongs to the unit of",
        "registration and to those of the teams; without an account, one acts by the code of a sign-up.", "",
        *table(("verb", "who may"), [(f"`{verb}`", said(rule.name, "volunteer")) for verb, rule in PEOPLE.items()]), "",
    ]  # fmt: skip


def asking() -> list[str]:
    """Who may plan surveys, interview, read results, and decide what was heard at the door."""
    from civicloop.surveys.policy import DO  # noqa: PLC0415

    return [
        "## Surveys and what is heard at the door", "", "The rules are `civicloop/surveys/policy.py`.", "",
        *table(("verb", "who may"), [(f"`{verb}`", said(rule.name)) for verb, rule in DO.items()]), "",
    ]  # fmt: skip


def showing() -> list[str]:
    """Who may do what with displays and honours."""
    from civicloop.publicity.policy import DO, MAY_DISPLAY, MAY_HONOUR  # noqa: PLC0415
    from civicloop.spoken import DISPLAY_STEPS, HONOUR_STEPS  # noqa: PLC0415

    displays = [(f"`{verb}`", chinese(DISPLAY_STEPS[verb]), said(rule.name)) for verb, rule in MAY_DISPLAY.items()]
    honours = [
        (f"`{verb}`", chinese(HONOUR_STEPS[verb]), said(rule.name, "honour")) for verb, rule in MAY_HONOUR.items()
    ]
    return [
        "## Displays and honours", "", "The rules are `civicloop/publicity/policy.py`.", "",
        *table(("step of a display", "中文", "who may"), displays), "",
        *table(("step of an honour", "中文", "who may"), honours), "",
        *table(("verb", "who may"), [(f"`{verb}`", said(rule.name)) for verb, rule in DO.items()]), "",
    ]  # fmt: skip


def _row_of(step: Step, states: Iterable[str]) -> tuple[str, ...]:
    """From where a step leads where, what it needs and what it may have."""
    to = f"`{step.to}`" if step.to else "stays"
    return _names(o for o in states if o in step.origin), to, _names(sorted(step.needs)), _names(sorted(step.asks))


def _ends(ending: bool) -> str:
    return "an end: nothing leads on" if ending else ""


def permissions() -> str:
    """Who may do what: every row of every policy."""
    from civicloop.cases.policy import MAY, REPORTERS  # noqa: PLC0415
    from civicloop.documents.policy import MAY as PAPERS  # noqa: PLC0415
    from civicloop.importing.policy import MAY as IMPORTING  # noqa: PLC0415
    from civicloop.inspection.policy import MAY as INSPECTION  # noqa: PLC0415
    from civicloop.notify.policy import MAY as NOTIFY  # noqa: PLC0415
    from civicloop.organisation.policy import MAY as ORGANISATION  # noqa: PLC0415
    from civicloop.photos.policy import READERS  # noqa: PLC0415
    from civicloop.scoring.policy import MAY as APPEALING  # noqa: PLC0415
    from civicloop.scoring.policy import PUBLISHERS  # noqa: PLC0415
    from civicloop.spoken import STEPS  # noqa: PLC0415
    from civicloop.standards.policy import MAY as STANDARDS  # noqa: PLC0415
    from civicloop.textintake.policy import MAY as TEXTS  # noqa: PLC0415

    steps = [(f"`{verb}`", chinese(STEPS[verb]), said(rule.name)) for verb, rule in MAY.items()]
    others = {**ORGANISATION, **STANDARDS, **IMPORTING, **NOTIFY, **TEXTS}
    return "\n".join([
        "# Permissions", "", HOW, "",
        *ALLOWED, "",
        "## Steps of a case", "",
        "All conditions of a row must hold. The rules are `civicloop/cases/policy.py`.", "",
        *table(("step", "中文", "who may"), steps), "",
        f"`report` 上报: whoever holds one of {_names(REPORTERS)}.", "",
        "## Inspection", "",
        *INSPECTING, "",
        *table(("verb", "roles"), [(f"`{verb}`", _names(roles)) for verb, roles in INSPECTION.items()]), "",
        "## Scores", "",
        f"Published, and the negative list kept, by {_names(PUBLISHERS)} of a city-wide unit. Appeals, stage by stage:", "",
        *table(("step", "who may"), [(f"`{verb}`", said(rule.name, "appeal")) for verb, rule in APPEALING.items()]), "",
        *volunteering(),
        *asking(),
        *showing(),
        "## Papers", "",
        *table(("verb", "who may"), [(f"`{verb}`", said(rule.name, "paper")) for verb, rule in PAPERS.items()]), "",
        "Which kinds a unit may have about itself and which carry a number: [papers](papers.md).", "",
        "## Everything else", "",
        "Commands on the server act as the system itself and are not asked; they are lines of the ledger without a person.", "",
        *table(("verb", "roles"), [(f"`{verb}`", _names(roles)) for verb, roles in others.items()]), "",
        f"The original of a photo may be read, for a stated purpose, by {_names(sorted(READERS))} and by whoever sent it.", "",
        "## Roles that one person may not hold together", "", *(f"- {_names(sorted(group))}" for group in _apart()), "",
    ])  # fmt: skip


def _apart() -> Iterable[Iterable[str]]:
    from civicloop.organisation.rules.roles import APART  # noqa: PLC0415

    return APART


def said(rule: str, about: str = "") -> str:
    """A composed rule in words: `a or b and not c` is (a or b), and not c. A word may mean something else about an appeal."""
    if about == "paper":  # there the last condition belongs to the second person only
        terms = [[_worded(part, about) for part in term.split(" and ")] for term in rule.split(" or ")]
        return "; or ".join(" and ".join(term) for term in terms)
    return "; ".join(" or ".join(_worded(part, about) for part in term.split(" or ")) for term in rule.split(" and "))


def _worded(part: str, about: str) -> str:
    return RULES.get(f"{part} ({about})") or RULES[part]


def cli() -> str:
    """Every command with its options."""
    from civicloop.cli import cli as root  # noqa: PLC0415

    context = click.Context(root, info_name="civicloop")
    lines = ["# The command line", "", HOW, "", *ABOUT, ""]
    for path, command in commands(root, context):
        lines += [f"## `{path}`", "", cleandoc(command.help or ""), ""]
        rows = [(f"`{_usage(one)}`", _told(one)) for one in command.params if not getattr(one, "hidden", False)]
        lines += [*table(("argument or option", ""), rows), ""] if rows else []
    return "\n".join(lines)


def commands(group: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group with its whole path, in order of name."""
    if not isinstance(group, click.Group):
        yield context.command_path, group
        return
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        if command is not None and not command.hidden:
            yield from commands(command, click.Context(command, info_name=name, parent=context))


def _usage(one: click.Parameter) -> str:
    if isinstance(one, click.Option):
        return ", ".join([*one.opts, *one.secondary_opts])
    return one.make_metavar(click.Context(click.Command("x")))


def _told(one: click.Parameter) -> str:
    words = [getattr(one, "help", None) or ""]
    if isinstance(one.type, click.Choice):
        words.append("One of " + ", ".join(f"`{choice}`" for choice in one.type.choices) + ".")
    if isinstance(one, click.Option) and one.show_default and one.default is not None and not callable(one.default):
        words.append(f"Default: `{_default(one)}`.")
    if isinstance(one, click.Option) and one.required:
        words.append("Needed.")
    return " ".join(word for word in words if word)


def _default(one: click.Option) -> object:
    if isinstance(one.default, bool) and one.secondary_opts:
        return (one.opts if one.default else one.secondary_opts)[0]
    return one.default


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A Markdown table."""
    return [_row(head), _row(tuple("---" for _ in head)), *(_row(row) for row in rows)]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def chinese(words: object) -> str:
    """A lazy sentence in Chinese."""
    from django.utils.translation import override  # noqa: PLC0415

    with override("zh-hans"):
        return str(words)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
