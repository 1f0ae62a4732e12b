"""How often somebody without an account has asked lately, for all web processes together."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestCount(models.Model):
    """Requests of one network address to one kind of page since a moment. Kept for an hour, then gone.

    `digest` is a keyed digest of both: the address itself is written nowhere. `begun_ms` is the moment as milliseconds, since the
    statement that counts must run alike on both databases.
    """

    digest = models.CharField(_("digest"), max_length=64, primary_key=True)
    begun_ms = models.BigIntegerField(_("begun"), db_index=True)
    times = models.BigIntegerField(_("how often"))

    class Meta:
        verbose_name = _("count of requests")
        verbose_name_plural = _("counts of requests")

    def __str__(self) -> str:
        return f"{self.digest[:8]} {self.times}"
