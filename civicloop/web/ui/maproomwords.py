"""What scripts of the map room say: they have no words of their own, pages hand them these as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

WHICH = {"open": _("open ones"), "overdue": _("overdue"), "closed": _("closed"), "all": _("all")}
SHOWS = {
    "cases": _("cases"), "heat": _("where cases lie close"), "rate-on_time": _("closed on time, by grid"),
    "rate-closing": _("closed, by grid"), "rate-open": _("open cases, by grid"),
}  # fmt: skip
RATE_NAMES = {name.removeprefix("rate-"): word for name, word in SHOWS.items() if name.startswith("rate-")}
LOCALE = {
    "NavigationControl.ZoomIn": _("Nearer"), "NavigationControl.ZoomOut": _("Farther"),
    "GeolocateControl.FindMyLocation": _("Where I stand"),
    "GeolocateControl.LocationNotAvailable": _("This device does not say where it is"),
    "AttributionControl.ToggleAttribution": _("Source of the map"), "Map.Title": _("Map"), "Popup.Close": _("Close"),
    "Marker.Title": _("Place"), "ScaleControl.Feet": "ft", "ScaleControl.Meters": "m", "ScaleControl.Kilometers": "km",
    "ScaleControl.Miles": "mi", "ScaleControl.NauticalMiles": "nm",
    "CooperativeGesturesHandler.WindowsHelpText": _("Ctrl and the wheel move the map nearer"),
    "CooperativeGesturesHandler.MacHelpText": _("⌘ and the wheel move the map nearer"),
    "CooperativeGesturesHandler.MobileHelpText": _("Two fingers move the map"),
}  # fmt: skip
RATES = (
    _("95 per cent and more"), _("90 to 95 per cent"), _("80 to 90 per cent"), _("60 to 80 per cent"), _("under 60 per cent"),
)  # fmt: skip
PAGE = {
    "map_label": _(
        "Map. Arrow keys move it, plus and minus bring it nearer or farther, Enter tells of what is nearest to the middle. "
        "The list beside it says the same."
    ),
    "no_webgl": _("This browser cannot draw maps (no WebGL). The list below holds the same cases."),
    "no_list": _("The list could not be fetched. Move the map, or reload the page."),
    "no_case": _("This case can no longer be shown here."),
    "more_cases": _("{n} more lie here: the list holds them."),
    "head_cases": _("On this map"),
    "head_rates": _("Grids by rate"),
    "no_rates": _("The rates could not be fetched."),
    "failed": _("The map could not be started. Reload the page; the list of cases holds the same."),
    "group_near": _("Counts are of all groups. Come nearer to see the single cases of this group."),
    "grid_line": _("{code} · {unit} · class {class}"),
    "grid_cases": _("Open cases in this grid"),
    "rate_line": _("{label}: {value} per cent ({low} to {high}), of {n} cases"),
    "rate_open": _("{n} open cases"),
    "rate_none": _("nothing to judge here"),
    "legend_heat": _("the stronger the colour, the closer cases lie"),
    "legend_cell": _("so many cases; the red arc and ! say how many are overdue"),
    "legend_late": _("overdue"),
    "legend_soon": _("due within a day"),
    "legend_shape": _("the shape is the state, as in lists"),
    "legend_grids": _("{n} grids"),
    "legend_few": _("fewer than {n} cases: too few to say"),
    "legend_note": _("{label}, {from} to {to}, as of {at}. The stronger the colour, the more there is to do."),
    "legend_note_open": _("Open cases as of {at}."),
}  # fmt: skip
EDITOR = {
    "map_label": _("Map of the grids. The list beside it names the same; every change can also be made with the form."),
    "draw_line": _("Draw the line across the grid: press for each corner, press the last one twice."),
    "draw_outline": _("Draw the outline: press for each corner, press the first one to close it."),
    "drag": _("Drag a corner, or the small dot between two corners."),
    "pick_one": _("Choose a grid on the map or in the list."),
    "pick_more": _("Choose the neighbours that are to become one."),
    "ready": _("Drawn. Now look at the preview."),
    "previewed": _("This is the preview. Save it, or draw anew."),
}  # fmt: skip


def page() -> dict[str, object]:
    """Of the map page."""
    return {**_plain(PAGE), "locale": _plain(LOCALE), "legend_rates": [str(one) for one in RATES]}


def mini() -> dict[str, object]:
    """Of small maps."""
    return {"locale": _plain(LOCALE), "map_label": str(_("Map"))}


def editor() -> dict[str, object]:
    """Of the grid editor."""
    return {**_plain(EDITOR), "locale": _plain(LOCALE)}


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {key: str(value) for key, value in values.items()}
