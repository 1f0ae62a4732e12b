"""Counts for the map, kept by triggers (cases/mapsql.py): see docs/adr/0023."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

CITY = 0
"""In the place of a unit's number: every case, whoever it reaches."""
LEVELS = (10, 14, 18)
"""Zooms whose tiles are counted; a tile of the last is about 140 m wide in the south of China."""
FINEST = LEVELS[-1]


class _Counts(models.Model):
    """Numbers of cases, or by how much they changed. `open` counts the overdue ones too, `whole` every case there is.

    `late` are the open cases with `late_for` = `act_by`; `touched` only grows, by one for every change that a map could show.
    """

    unit = models.BigIntegerField(_("unit"))
    cell = models.BigIntegerField(_("cell"))
    open = models.IntegerField(_("open"), default=0)
    late = models.IntegerField(_("overdue"), default=0)
    closed = models.IntegerField(_("closed"), default=0)
    whole = models.IntegerField(_("all"), default=0)
    touched = models.IntegerField(_("changes"), default=0)

    class Meta:
        abstract = True


class MapCount(_Counts):
    """What was counted up to the last folding: the cases a unit (or the city) has in one cell, a tile of zoom `level`."""

    pk = models.CompositePrimaryKey("level", "unit", "cell")
    level = models.PositiveSmallIntegerField(_("zoom"))

    class Meta:
        verbose_name = _("count of the map")
        verbose_name_plural = _("counts of the map")
        constraints = [models.CheckConstraint(name="map_count_level_is_kept", condition=Q(level__in=LEVELS))]

    def __str__(self) -> str:
        return f"{self.level}/{self.unit}/{self.cell}"


class MapChange(_Counts):
    """A change not folded into the counts yet, in a cell of the finest zoom. Rows are only added and, when folded, removed:
    nobody who takes a step waits for anybody else.
    """

    class Meta:
        verbose_name = _("change of the map")
        verbose_name_plural = _("changes of the map")
        indexes = [models.Index(fields=["unit", "cell"], name="map_change_place")]

    def __str__(self) -> str:
        return f"{self.unit}/{self.cell}"
