"""Plates with a QR code, at points and shop-fronts: who reads one reports at the right place."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

PLATE_LABELS = {"point": _("inspection point"), "shop": _("shop-front")}


class Plate(models.Model):
    """A plate on the wall. Its code is public: it says where one stands, and nothing else."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=10, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=PLATE_LABELS)
    name = models.CharField(_("name"), max_length=100)
    point = models.ForeignKey(
        "organisation.Point", models.PROTECT, null=True, related_name="plates", verbose_name=_("point")
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    active = models.BooleanField(_("in use"), default=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))

    class Meta:
        verbose_name = _("plate")
        verbose_name_plural = _("plates")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="plate_place_is_whole", condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["point"], condition=Q(active=True, point__isnull=False), name="plate_one_in_use_for_a_point"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
