"""Template words of small maps: `{% load maproom %}`."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString

from civicloop.web.ui import maproomwords

register = template.Library()


@register.simple_tag
def mini_maps() -> SafeString:
    """What a page with small maps needs in its head: their style, their words, the script that draws them when they are seen."""
    return format_html(
        '<link rel="stylesheet" href="{}">{}<script type="module" src="{}"></script>',
        static("civicloop/map.css"), json_script(maproomwords.mini(), "map-words"), static("civicloop/map/mini.js"),
    )  # fmt: skip
