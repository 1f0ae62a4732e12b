from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """A mark that changes with each change of a body of reference data: processes keep copies and reload them when it moves.

    The mark is random, not a count: a count would come round again after a rolled-back change.
    """

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    stamp = models.CharField(_("stamp"), max_length=32)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")

    def __str__(self) -> str:
        return f"{self.name} {self.stamp}"
