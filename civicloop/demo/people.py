"""The people of the demo city. Their names are plainly invented: a surname and a number, marked as demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from civicloop.demo.land import Land
from civicloop.demo.offices import COMMAND_POST, VERIFIERS, unit_of_village, unit_rows
from civicloop.organisation.rules.roles import Role, UnitKind

PASSWORD = "tongan-demo-2026"  # printed with the accounts; the demo city holds nothing real
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
DIGITS = "零一二三四五六七八九"
# Grids without a worker, on purpose: `owner gaps` must have something to find.
GAPS_IN = 45
GRIDS_PER_WORKER = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A role in a unit, perhaps for one grid."""

    role: Role
    unit: str
    grid: str = ""


@dataclass(frozen=True)
class Human:
    """Somebody of the demo city; `account` says what the log-in shows, for those who have one."""

    username: str
    name: str
    jobs: tuple[Job, ...]
    account: str = ""


# Log-ins that are printed: user name, what it is for, where it works, its role.
ACCOUNTS: tuple[tuple[str, str, str, Role], ...] = (
    ("reporter", "巡查上报", VERIFIERS, Role.REPORTER),
    ("filer", "受理立案、派遣", COMMAND_POST, Role.FILER),
    ("dispatcher", "派遣", COMMAND_POST, Role.DISPATCHER),
    ("handler", "单位经办", "CGJ", Role.UNIT_HANDLER),
    ("leader", "单位负责人", "CGJ", Role.UNIT_LEADER),
    ("town", "街道经办", "350212001", Role.UNIT_HANDLER),
    ("townleader", "街道负责人", "350212001", Role.UNIT_LEADER),
    ("verifier", "核查", COMMAND_POST, Role.VERIFIER),
    ("supervisor", "督查", VERIFIERS, Role.SUPERVISOR),
    ("supervisor2", "督查（申诉复核）", VERIFIERS, Role.SUPERVISOR),
    ("supervisor3", "督查（申诉决定）", COMMAND_POST, Role.SUPERVISOR),
    ("inspector", "暗访检查", VERIFIERS, Role.INSPECTOR),
    ("auditor", "审计", COMMAND_POST, Role.AUDITOR),
    ("sysadmin", "系统管理员", COMMAND_POST, Role.SYSTEM_ADMIN),
    ("secadmin", "安全管理员", COMMAND_POST, Role.SECURITY_ADMIN),
    ("audadmin", "审计管理员", COMMAND_POST, Role.AUDIT_ADMIN),
)
# One desk often files and dispatches; with that, three accounts can take a case from report to close (README).
ALSO: dict[str, tuple[Job, ...]] = {"filer": (Job(Role.DISPATCHER, COMMAND_POST),)}
# How many more there are at the desks.
DESKS: tuple[tuple[Role, str, int], ...] = (
    (Role.FILER, COMMAND_POST, 3),
    (Role.DISPATCHER, COMMAND_POST, 2),
    (Role.VERIFIER, COMMAND_POST, 4),
    (Role.SUPERVISOR, VERIFIERS, 1),
    (Role.REPORTER, VERIFIERS, 11),
    (Role.INSPECTOR, VERIFIERS, 5),
)
HANDLERS_OF = {UnitKind.TOWN: 2, UnitKind.DEPARTMENT: 2}


def people(land: Land, rng: Random) -> list[Human]:
    """Everybody, in a stable order: accounts, desks, units, sponsors, grid workers."""
    names = names_of_people(rng)
    found = [
        Human(user, next(names), (Job(role, unit), *ALSO.get(user, ())), what) for user, what, unit, role in ACCOUNTS
    ]
    for role, unit, many in DESKS:
        found += [Human(f"{role}{n:02d}", next(names), (Job(role, unit),)) for n in range(2, many + 2)]
    led = {unit for _, _, unit, role in ACCOUNTS if role == Role.UNIT_LEADER}
    for row in unit_rows(land):
        code = row.code.lower()
        many = HANDLERS_OF.get(UnitKind(row.kind), 1) - sum(user in ("handler", "town") and unit == row.code
                                                           for user, _, unit, _ in ACCOUNTS)  # fmt: skip
        found += [Human(f"{code}-h{n}", next(names), (Job(Role.UNIT_HANDLER, row.code),)) for n in range(1, many + 1)]
        if row.code not in led:
            found.append(Human(f"{code}-l", next(names), (Job(Role.UNIT_LEADER, row.code),)))
    for town in land.towns:
        found.append(Human(f"sponsor-{town[-3:]}", next(names), (Job(Role.SPONSOR, town),)))
    return found + list(_grid_workers(land, names, rng))


def _grid_workers(land: Land, names: Iterator[str], rng: Random) -> Iterator[Human]:
    """One worker for some grids of a village; a few grids have nobody."""
    unit_of = unit_of_village(land)
    gaps = {plot.code for plot in rng.sample(land.plots, len(land.plots) // GAPS_IN)}
    number = 0
    for village in land.villages:
        mine = [plot.code for plot in land.plots if plot.village == village and plot.code not in gaps]
        for start in range(0, len(mine), GRIDS_PER_WORKER):
            number += 1
            jobs = tuple(
                Job(Role.GRID_WORKER, unit_of[village.code], code) for code in mine[start : start + GRIDS_PER_WORKER]
            )
            yield Human(f"grid{number:03d}", next(names), jobs)


def names_of_people(rng: Random) -> Iterator[str]:
    """演示·李十二 and so on; no two alike."""
    order = list(SURNAMES)
    rng.shuffle(order)
    for number in range(1, 100):
        for surname in order:
            yield f"演示·{surname}{_numeral(number)}"


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return head + (DIGITS[ones] if ones or not tens else "")
