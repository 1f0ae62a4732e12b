"""The way out: addresses of the channels from the settings, and one library that speaks to all of them (docs/adr/0027)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote
from uuid import UUID

from django.conf import settings

KEY_PLACE = "{key}"
Send = Callable[[str, str, str], str]
"""From (address, title, text) to what went wrong; "" when it was taken."""


def address_for(channel: str, to: str) -> str:
    """The address of a personal channel with the receiver put in; "" where there is no such channel or no receiver."""
    template = {"mail": settings.CIVICLOOP_NOTIFY_MAIL, "sms": settings.CIVICLOOP_NOTIFY_SMS}.get(channel, "")
    return template.replace("{to}", quote(to, safe="@")) if template and to else ""


def is_open(channel: str) -> bool:
    """Whether the city has set this channel up."""
    return bool({"mail": settings.CIVICLOOP_NOTIFY_MAIL, "sms": settings.CIVICLOOP_NOTIFY_SMS}.get(channel, ""))


def takes_key(address: str) -> bool:
    """Whether a gateway is told a key by which it knows a message it has had already."""
    return KEY_PLACE in address


def with_key(address: str, uid: UUID) -> str:
    """The address with the key of a message in it, where one is taken: the same with every try."""
    return address.replace(KEY_PLACE, uid.hex)


def is_address(text: str) -> bool:
    """Whether the library understands an address."""
    from apprise import Apprise  # noqa: PLC0415  (slow import)

    # One address: the library would take several at once, and the others may be of any kind.
    return text.partition("://")[0].lower() in KNOWN and Apprise.instantiate(text) is not None


# Ways to people and groups. Others of the library (files, desktop, running programs) have no business on a server.
KNOWN = frozenset({
    "mailto", "mailtos", "json", "jsons", "form", "forms", "xml", "xmls", "wecombot", "dingtalk", "feishu", "lark", "slack",
    "msteams", "ntfy", "ntfys", "matrix", "matrixs", "gotify", "gotifys", "bark", "barks",
})  # fmt: skip


def send(address: str, title: str, text: str) -> str:
    """Hand a message to the library. What it says is never repeated: it may hold the address, and with it a key or a phone."""
    from apprise import Apprise, AppriseAsset, NotifyFormat  # noqa: PLC0415  (slow import)

    asset = AppriseAsset(app_id="CivicLoop", app_desc="", app_url="", storage_mode="memory", secure_logging=True)
    way = Apprise(asset=asset)
    one = Apprise.instantiate(address, asset=asset) if address.partition("://")[0].lower() in KNOWN else None
    if one is None or not way.add(one):
        return "address_not_understood"
    try:
        taken = way.notify(body=text, title=title, body_format=NotifyFormat.TEXT)
    except Exception:  # whatever the library raises: the message waits for another try
        return "channel_failed"
    return "" if taken else "channel_refused"
