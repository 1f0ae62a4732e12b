"""What the script of the big screen says."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "open": _("open now"), "overdue": _("overdue"), "closed_today": _("closed today"), "on_time": _("closed on time, {month}"),
    "of": _("of {n}"), "between": _("{low} to {high} per cent"), "as_of": _("as of {at}"), "live": _("live {at}"),
    "lost": _("No answer since {at}. Trying again; what is shown may be old."),
    "locked": _("The log-in of this screen has ended. Log in again, or open it with a new token."),
    "counting": _("being reckoned"), "no_radar": _("No visit was judged in {days} days."),
    "radar": _("The five questions"), "radar_note": _("share met, of 100; last {days} days"),
    "ranks": _("{group}: rank and score"),
    "ranks_note": _("{title}. Bars are ranges with 95 in 100; overlapping units cannot be told apart."),
    "ranks_more": _("{n} of {of}"), "no_ranks": _("No round has been judged yet."), "rank": _("rank {low}–{high}"),
    "rank_one": _("rank {low}"), "trend": _("Thirty days"), "reported": _("reported"), "closed": _("closed"),
    "closings": _("Loops closing now"), "no_closings": _("Nothing was closed yet."), "hours": _("in {n} h"), "days": _("in {n} d"),
    "map": _("Map of the open cases"), "no_webgl": _("This screen's browser cannot draw maps (no WebGL)."),
    "legend": _("Number: open cases; red: overdue"),
}  # fmt: skip


GROUPS = {
    "towns": _("Towns"), "districts": _("Districts"), "communities": _("Communities"), "departments": _("Departments"),
    "companies": _("Companies"),
}  # fmt: skip


def words() -> dict[str, str]:
    """In the reader's language."""
    groups = {f"group_{key}": str(value) for key, value in GROUPS.items()}
    return {**{key: str(value) for key, value in WORDS.items()}, **groups}
