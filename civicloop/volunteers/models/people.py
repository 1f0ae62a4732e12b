"""Volunteers as persons, their teams, and the projects they work for. Personal data stands here only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.volunteers.models.places import ServiceKind, Skill, Team

SEX_LABELS: dict[str, Any] = {"": _("not said"), "female": _("female"), "male": _("male")}
ID_LABELS: dict[str, Any] = {
    "resident": _("resident identity card"),
    "hk_macao": _("mainland travel permit, Hong Kong and Macao"),
    "taiwan": _("mainland travel permit, Taiwan"),
    "passport": _("passport"),
    "foreigner": _("permanent residence card of a foreigner"),
}


class Volunteer(models.Model):
    """Somebody who serves of his own will, with what order 67 asks for and nothing more.

    The number of the identity paper lies sealed (`id_sealed`, see `volunteers/sealing.py`); `id_last4` is what is shown and
    `id_print` a keyed digest by which the same person is known again. Under 14 a guardian has agreed (PIPL, article 31).
    Who has left keeps name and records, because whoever recorded must be able to prove it; the rest is taken away.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    sex = models.CharField(_("sex"), max_length=10, choices=SEX_LABELS, default="", blank=True)
    birth_on = models.DateField(_("date of birth"), null=True)
    id_type = models.CharField(_("identity paper"), max_length=20, choices=ID_LABELS, default="resident")
    id_sealed = models.TextField(_("number of the identity paper, sealed"), blank=True)
    id_last4 = models.CharField(_("last four of the number"), max_length=4, blank=True)
    id_print = models.CharField(_("keyed digest of the number"), max_length=64, null=True, unique=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True, db_index=True)
    skills = models.ManyToManyField(Skill, blank=True, related_name="volunteers", verbose_name=_("skills"))
    areas = models.ManyToManyField("organisation.Unit", blank=True, related_name="+", verbose_name=_("serves in"))
    home = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lives in")
    )
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("registered with")
    )
    consent_at = models.DateTimeField(_("consent given at"), null=True)
    guardian_name = models.CharField(_("guardian"), max_length=60, blank=True)
    guardian_phone = models.CharField(_("phone of the guardian"), max_length=30, blank=True)
    guardian_consent_at = models.DateTimeField(_("guardian agreed at"), null=True)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="volunteer", verbose_name=_("account")
    )  # fmt: skip
    registered_on = models.DateField(_("registered on"))
    left_at = models.DateTimeField(_("left at"), null=True)

    class Meta:
        verbose_name = _("volunteer")
        verbose_name_plural = _("volunteers")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="volunteer_has_agreed_or_left", condition=Q(consent_at__isnull=False) | Q(left_at__isnull=False)
            ),
            models.CheckConstraint(
                name="volunteer_guardian_is_whole",
                condition=Q(guardian_consent_at=None) | ~Q(guardian_name="") & ~Q(guardian_phone=""),
            ),
            models.CheckConstraint(
                name="volunteer_id_is_whole",
                condition=Q(id_sealed="", id_last4="", id_print=None) | ~Q(id_sealed="") & Q(id_print__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Membership(models.Model):
    """A volunteer belongs to a team for a time; `until` is the last day."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="memberships", verbose_name=_("volunteer")
    )  # fmt: skip
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships", verbose_name=_("team"))
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True)

    class Meta:
        verbose_name = _("membership of a team")
        verbose_name_plural = _("memberships of teams")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "team"], name="membership_open_once", condition=Q(until=None)
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.volunteer_id} · {self.team_id}"


class Project(models.Model):
    """What a unit offers for longer than one day; a brand project (品牌项目) is one the city stands for."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.TextField(_("what it is about"), blank=True)
    service = models.ForeignKey(
        ServiceKind, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("service")
    )
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("organiser"))
    brand = models.BooleanField(_("brand project"), default=False)
    published_at = models.DateTimeField(_("published at"), null=True, db_index=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
