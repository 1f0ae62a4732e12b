from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.organisation.rules.roles import AreaClass

# 15 characters: GB/T 47678.3 (6 division + 3 street + 3 community + 3 sequence); letters allowed for local grids.
GRID_CODE = RegexValidator(r"^[0-9A-Z]{15}$", _("A grid code has 15 digits or capital letters."))
CLASS_LABELS: dict[str, Any] = {AreaClass.A: _("class A"), AreaClass.B: _("class B"), AreaClass.C: _("class C")}


class Place(models.Model):
    """What grids, areas and points share: a code, a name, and the unit of the block it lies in."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible unit")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Grid(Place):
    """A unit grid (单元网格): the smallest piece of ground that one block answers for. The outline is GeoJSON in WGS-84."""

    code = models.CharField(_("code"), max_length=15, unique=True, validators=[GRID_CODE])
    area_class = models.CharField(_("area class"), max_length=1, choices=CLASS_LABELS, default=AreaClass.B)
    outline = models.JSONField(_("outline"))
    west = models.FloatField(_("west"))
    south = models.FloatField(_("south"))
    east = models.FloatField(_("east"))
    north = models.FloatField(_("north"))

    class Meta:
        verbose_name = _("unit grid")
        verbose_name_plural = _("unit grids")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="grid_box_is_right_way_round",
                condition=models.Q(west__lte=models.F("east")) & models.Q(south__lte=models.F("north")),
            )
        ]


class DutyGrid(Place):
    """A duty grid (责任网格): a set of unit grids that one grid worker answers for."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    grids = models.ManyToManyField(Grid, related_name="duty_grids", verbose_name=_("unit grids"))

    class Meta:
        verbose_name = _("duty grid")
        verbose_name_plural = _("duty grids")
        ordering = ["code"]


class Area(Place):
    """A named stretch of the city with one responsible unit: an estate, a street with 20 m of each lane, a market."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    kind = models.CharField(_("kind"), max_length=30, blank=True)
    area_class = models.CharField(_("area class"), max_length=1, choices=CLASS_LABELS, blank=True)
    outline = models.JSONField(_("outline"), null=True, blank=True)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]


class Point(Place):
    """A point (点位) that is inspected: a market, a window, a stretch of main street. `point_type` is a code of a standard pack."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    point_type = models.CharField(_("point type"), max_length=40)
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("grid"))
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("area"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    datum = models.CharField(_("datum it arrived in"), max_length=10, default="wgs84")
    tile_key = models.BigIntegerField(_("tile key"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("point")
        verbose_name_plural = _("points")
        ordering = ["code"]
