"""Residents who would like to serve, until somebody has answered."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.volunteers.models.people import Volunteer
from civicloop.volunteers.models.places import Skill, Team

APPLICATION_LABELS: dict[str, Any] = {
    "waiting": _("waits for an answer"), "accepted": _("taken on"), "refused": _("not taken on"),
    "withdrawn": _("taken back"), "lapsed": _("lapsed without an answer"),
}  # fmt: skip


class Application(models.Model):
    """Somebody asks at the public door to be a volunteer. While it waits it holds what he said of himself; with the answer that
    goes: into the volunteer's own row, or away.

    `code_digest` is that of the code by which he follows it, and afterwards signs up, leaves a team or leaves altogether.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=12, choices=APPLICATION_LABELS, default="waiting")
    key = models.CharField(_("key of the sender"), max_length=64, unique=True)
    code_digest = models.CharField(_("digest of the code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    birth_on = models.DateField(_("date of birth"), null=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True, db_index=True)
    guardian_name = models.CharField(_("guardian"), max_length=60, blank=True)
    guardian_phone = models.CharField(_("phone of the guardian"), max_length=30, blank=True)
    guardian_consent_at = models.DateTimeField(_("guardian agreed at"), null=True)
    consent_at = models.DateTimeField(_("consent given at"))
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", verbose_name=_("skills"))
    areas = models.ManyToManyField("organisation.Unit", blank=True, related_name="+", verbose_name=_("serves in"))
    home = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("lives in")
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="+", verbose_name=_("team wished for"))
    # Whether the device did the work that a flood would have to do (`web/portal/proof.py`).
    proved = models.BooleanField(_("the device has done its work"), default=False)
    sender_key = models.CharField(_("key of the sender's address"), max_length=64, blank=True, db_index=True)
    at = models.DateTimeField(_("sent at"))
    decided_at = models.DateTimeField(_("answered at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    volunteer = models.OneToOneField(
        Volunteer, models.PROTECT, null=True, related_name="application", verbose_name=_("volunteer")
    )

    class Meta:
        verbose_name = _("application to volunteer")
        verbose_name_plural = _("applications to volunteer")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["team", "at"], name="application_waiting", condition=Q(state="waiting"))]
        constraints = [
            models.CheckConstraint(
                name="application_state_is_known", condition=Q(state__in=sorted(APPLICATION_LABELS))
            ),
            models.CheckConstraint(
                name="application_waits_or_is_answered",
                condition=Q(state="waiting", decided_at=None) | ~Q(state="waiting") & Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="application_accepted_is_a_volunteer",
                condition=Q(state="accepted", volunteer__isnull=False) | ~Q(state="accepted") & Q(volunteer=None),
            ),
            models.CheckConstraint(
                name="application_keeps_nothing_once_answered",
                condition=Q(state="waiting") | Q(name="", phone="", birth_on=None, guardian_name="", guardian_phone=""),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
