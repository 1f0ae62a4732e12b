from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.organisation.rules.roles import UnitKind

KIND_LABELS: dict[str, Any] = {
    UnitKind.COMMAND_POST: _("command post"),
    UnitKind.CAMPAIGN_OFFICE: _("campaign office"),
    UnitKind.TASK_FORCE: _("task force"),
    UnitKind.DEPARTMENT: _("department"),
    UnitKind.TOWN: _("town or sub-district"),
    UnitKind.COMMUNITY: _("community or village"),
    UnitKind.COMPANY: _("company"),
    UnitKind.TEAM: _("team"),
}


class Unit(models.Model):
    """A body that can own a loop. Units form a tree under the command post."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    initials = models.CharField(_("pinyin initials"), max_length=60, blank=True, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=KIND_LABELS)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent unit")
    )
    # The departments' functions (城管, 环卫 …) that a category's default responsible line points to.
    lines = models.JSONField(_("functions"), default=list, blank=True)
    division_code = models.CharField(_("division code"), max_length=12, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    calendar = models.ForeignKey(
        "organisation.WorkCalendar", models.PROTECT, null=True, blank=True, verbose_name=_("calendar")
    )
    hours = models.JSONField(_("own working hours"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="unit_is_not_its_own_parent", condition=~models.Q(parent=models.F("id")) | models.Q(parent=None)
            )
        ]

    def __str__(self) -> str:
        return self.short_name or self.name
