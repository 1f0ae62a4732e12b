from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkCalendar(models.Model):
    """When an office works: weekdays, daily hours, and the days that differ from the rule."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    weekdays = models.JSONField(_("working weekdays"), default=list)  # 0 = Monday
    hours = models.JSONField(_("working hours"), default=list)  # [["08:30", "12:00"], ["14:30", "18:00"]]
    # Years whose holidays and make-up days (调休) the State Council has announced; all others are provisional.
    announced_years = models.JSONField(_("announced years"), default=list)

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day that differs from the weekly rule: a holiday, or a make-up working day (调休)."""

    calendar = models.ForeignKey(WorkCalendar, models.CASCADE, related_name="days", verbose_name=_("calendar"))
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=30, default="edited")

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="calendar_one_rule_per_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
