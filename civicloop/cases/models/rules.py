from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.organisation.models.places import CLASS_LABELS


class DispatchRule(models.Model):
    """A rule of the city on who gets which cases; empty parts hold for everything."""

    name = models.CharField(_("name"), max_length=100)
    category = models.ForeignKey(
        "standards.Category", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    line = models.CharField(_("line"), max_length=40, blank=True)
    block = models.ForeignKey(
        "organisation.Unit", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("block")
    )
    area_class = models.CharField(_("area class"), max_length=1, choices=CLASS_LABELS, blank=True)
    from_time = models.TimeField(_("from"), null=True, blank=True)
    to_time = models.TimeField(_("to"), null=True, blank=True)
    # Empty: the block in which the case lies (以块为主), whichever that is.
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    priority = models.PositiveSmallIntegerField(_("priority"), default=100)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("dispatch rule")
        verbose_name_plural = _("dispatch rules")
        ordering = ["priority", "id"]
        constraints = [
            models.CheckConstraint(
                name="dispatch_rule_window_is_whole",
                condition=models.Q(from_time=None, to_time=None)
                | models.Q(from_time__isnull=False, to_time__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name
