"""The office's words for standards, draws and visits. Identifiers stay inside; people read these."""

from __future__ import annotations

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from civicloop.standards.rules.shapes import Count

# How well a number or text of a pack is founded.
SURE = {
    "read": gettext_lazy("read in a source"),
    "high": gettext_lazy("fairly sure"),
    "medium": gettext_lazy("to be checked"),
    "low": gettext_lazy("our assumption"),
}
ASPECTS = {
    "order": gettext_lazy("public order"),
    "environment": gettext_lazy("environment"),
    "service": gettext_lazy("service"),
    "facilities": gettext_lazy("facilities"),
    "conduct": gettext_lazy("conduct"),
    "publicity": gettext_lazy("publicity"),
}
HOWS = {
    "look": pgettext_lazy("way of observing", "look"),
    "count": pgettext_lazy("way of observing", "count"),
    "ask": pgettext_lazy("way of observing", "ask"),
    "measure": pgettext_lazy("way of observing", "measure"),
    "read": pgettext_lazy("way of observing", "read"),
    "try": pgettext_lazy("way of observing", "try out"),
    "walk": pgettext_lazy("way of observing", "walk through"),
}
METHODS = {
    "site": gettext_lazy("on site"),
    "document": gettext_lazy("by documents"),
    "survey": gettext_lazy("by survey"),
}
COMPARES = {
    "at_least": gettext_lazy("at least"),
    "at_most": gettext_lazy("at most"),
    "less_than": gettext_lazy("less than"),
    "more_than": gettext_lazy("more than"),
    "equal": gettext_lazy("exactly"),
    "grade_or_better": gettext_lazy("grade or better"),
}
UNITS = {
    "piece": pgettext_lazy("counted", "pieces"),
    "face": pgettext_lazy("counted", "faces"),
    "vehicle": pgettext_lazy("counted", "vehicles"),
    "person_time": pgettext_lazy("counted", "times"),
    "metre": pgettext_lazy("counted", "m"),
    "hour": pgettext_lazy("counted", "hours"),
    "percent": "%",
    "per_mille": "‰",
    "decibel": "dB",
    "grade": "",
    "square_metre_per_person": pgettext_lazy("counted", "m² per person"),
    "per_hundred_thousand": pgettext_lazy("counted", "per 100 000"),
    "per_square_kilometre": pgettext_lazy("counted", "per km²"),
    "per_thousand_people": pgettext_lazy("counted", "per 1 000 people"),
}
PHOTO_RULES = {
    "never": gettext_lazy("no photo"),
    "when_failed": gettext_lazy("photo when not met"),
    "always": gettext_lazy("photo always"),
}
EVENTS = {
    "found": gettext_lazy("each fault found"),
    "overdue": gettext_lazy("each case overdue"),
    "repeated": gettext_lazy("each fault found again"),
    "sent_back": gettext_lazy("each case sent back"),
    "supervised": gettext_lazy("each case supervised"),
    "false_evidence": gettext_lazy("each false evidence"),
}
CONSEQUENCES = {
    "deduct": gettext_lazy("points deducted"),
    "no_nomination": gettext_lazy("no nomination"),
    "suspend": gettext_lazy("title suspended"),
    "revoke": gettext_lazy("title revoked"),
}
POINT_LISTS = {
    "handbook_29": gettext_lazy("The 29 types of the handbook"),
    "manual_54": gettext_lazy("Further types of the manual"),
}
SECTIONS = {
    "organisation": gettext_lazy("organisation of the campaign"),
    "health_education": gettext_lazy("health education"),
    "sanitation": gettext_lazy("urban sanitation"),
    "environment": gettext_lazy("environment"),
    "food_and_water": gettext_lazy("food and drinking water"),
    "disease_control": gettext_lazy("disease control"),
}
# What the present state of an item's answer looks like; the words are the model's.
ANSWERS = ("met", "not_met", "not_applicable", "cannot_tell")


def count_words(counts: Count) -> str:
    """公益广告（每 200 米）：不少于 1 处."""
    what = counts.what.in_language(get_language() or "")
    told = {
        "what": what,
        "compare": COMPARES.get(counts.compare, counts.compare),
        "value": f"{counts.value:g}",
        "unit": UNITS.get(counts.unit, counts.unit),
    }
    if counts.per_m and str(counts.per_m) not in what:
        return _("%(what)s: %(compare)s %(value)s %(unit)s per %(metres)s m") % {**told, "metres": counts.per_m}
    return _("%(what)s: %(compare)s %(value)s %(unit)s") % told
