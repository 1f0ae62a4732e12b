"""Addresses under /open311/v2/, and the same under /open311/test/v2/ for keys that try things out."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from civicloop.api.open311 import bulk, discovery, feed, media, openapi, requests, root, tokens, updates

FORM = r"\.(?P<form>xml|json)$"


def addresses(*, test: bool) -> list[URLPattern]:
    """All addresses of one endpoint. The format is part of the address, as the standard has it."""
    more = {"test": test}
    return [
        re_path(rf"^discovery{FORM}", discovery.discovery, more, name="discovery"),
        re_path(rf"^services{FORM}", discovery.services, more, name="services"),
        re_path(rf"^services/(?P<code>[^/]+){FORM}", discovery.service, more, name="service"),
        re_path(rf"^requests{FORM}", requests.requests, more, name="requests"),
        re_path(r"^requests\.(?P<form>rss)$", feed.feed, more, name="feed"),
        re_path(rf"^requests/(?P<number>[^/]+){FORM}", requests.one, more, name="request"),
        re_path(rf"^tokens/(?P<token>[^/]+){FORM}", tokens.token, more, name="token"),
        re_path(rf"^servicerequestupdates{FORM}", updates.updates, more, name="updates"),
        re_path(r"^bulk/requests\.(?P<form>csv|json|xml)$", bulk.bulk, more, name="bulk"),
        re_path(r"^media/(?P<number>A\d+)/(?P<sha256>[0-9a-f]{64})\.jpg$", media.media, more, name="media"),
        path("openapi.json", openapi.openapi, more, name="openapi"),
        path("", root.root, more, name="root"),
        re_path(r"^.*?(?:\.(?P<form>xml|json|rss))?$", root.nothing_here, more, name="nothing"),
    ]


# Where discovery is looked for without knowing which versions there are.
above = [re_path(rf"^discovery{FORM}", discovery.discovery, name="open311_discovery")]
production = (addresses(test=False), "open311")
trying_out = (addresses(test=True), "open311-test")
