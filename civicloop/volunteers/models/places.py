"""The five levels of practice sites, teams with what they can do, and the menu."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

LEVEL_LABELS: dict[str, Any] = {
    "centre": _("centre"),
    "institute": _("institute"),
    "station": _("station"),
    "position_post": _("position post"),
    "practice_post": _("practice post"),
}


class PracticeSite(models.Model):
    """A place of voluntary service (中心、所、站、阵地岗、实践岗), kept by a unit; each level stands under one above it."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    level = models.CharField(_("level"), max_length=20, choices=LEVEL_LABELS)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="below", verbose_name=_("site above")
    )
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("kept by"))
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    opening = models.CharField(_("opening hours"), max_length=200, blank=True)
    services = models.ManyToManyField(
        "volunteers.ServiceKind", blank=True, related_name="sites", verbose_name=_("services offered")
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("practice site")
        verbose_name_plural = _("practice sites")
        ordering = ["code"]
        indexes = [models.Index(fields=["level", "active"], name="site_by_level")]
        constraints = [
            models.CheckConstraint(
                name="site_place_is_whole",
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Skill(models.Model):
    """Something a volunteer or team can do and a service may need, such as first aid or haircutting."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    # Some work needs a paper that says one may do it.
    needs_licence = models.BooleanField(_("needs a licence"), default=False)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ServiceKind(models.Model):
    """A line of the menu (菜单): what residents may order, what it needs and how long it takes."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60)
    group = models.CharField(_("group"), max_length=40, blank=True)
    description = models.TextField(_("what is done"), blank=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="services", verbose_name=_("skills needed"))
    minutes = models.PositiveIntegerField(_("usual minutes"), default=60)
    people = models.PositiveSmallIntegerField(_("people needed"), default=1)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("taken from the menu at"), null=True, blank=True)

    class Meta:
        verbose_name = _("service on the menu")
        verbose_name_plural = _("services on the menu")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """What a unit of the kind "team" can do: skills, how many orders at a time, from where, how far, when.

    Who may accept for the team are the handlers and leaders of its unit. `slots` are weekly times with a capacity:
    `[{"weekday": 1, "from": "09:00", "to": "12:00", "orders": 4}]`, weekday 1 is Monday; none at all means any time.
    """

    unit = models.OneToOneField(
        "organisation.Unit", models.PROTECT, related_name="volunteer_team", verbose_name=_("unit")
    )
    site = models.ForeignKey(
        PracticeSite, models.PROTECT, null=True, blank=True, related_name="teams", verbose_name=_("site")
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="teams", verbose_name=_("skills"))
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    radius_m = models.PositiveIntegerField(_("goes as far as (m)"), default=5000)
    # Units (towns, communities) whose ground the team serves; none means everywhere within its radius.
    areas = models.ManyToManyField("organisation.Unit", blank=True, related_name="+", verbose_name=_("serves in"))
    capacity = models.PositiveSmallIntegerField(_("orders at a time"), default=3)
    slots = models.JSONField(_("weekly times"), default=list, blank=True)
    # Without it the public holidays of the calendar are as days away, and need not be entered.
    on_holidays = models.BooleanField(_("serves on public holidays"), default=True)
    # Whom the centre calls; masked for whoever may not change the team.
    contact = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("phone of the contact"), max_length=30, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("volunteer team")
        verbose_name_plural = _("volunteer teams")
        ordering = ["unit__code"]

    def __str__(self) -> str:
        return str(self.unit)

    @property
    def start(self) -> tuple[float, float] | None:
        """Where the team starts from (longitude, latitude): its own place, else its site's; None where neither is known."""
        own = self if self.lon is not None or self.site is None else self.site
        return None if own.lon is None or own.lat is None else (own.lon, own.lat)


class DaysAway(models.Model):
    """Days on which a team serves nobody (停服日), by the city's calendar, both ends among them; weekly times do not hold then.

    No two of a team have a day in common: whoever enters them locks the team. The reason is read by everybody who sees the team.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="days_away", verbose_name=_("team"))
    first_day = models.DateField(_("first day away"))
    last_day = models.DateField(_("last day away"))
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        verbose_name = _("days away of a team")
        verbose_name_plural = _("days away of teams")
        ordering = ["first_day", "id"]
        indexes = [models.Index(fields=["last_day"], name="days_away_by_last")]
        constraints = [
            models.CheckConstraint(name="days_away_end_after_beginning", condition=Q(first_day__lte=F("last_day"))),
            models.UniqueConstraint(fields=["team", "first_day"], name="days_away_begin_once"),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.first_day} {self.last_day}"
