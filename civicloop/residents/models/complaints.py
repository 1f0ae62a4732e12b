"""Complaints and suggestions about the platform itself: a small loop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.loops.models import Loop, LoopAlarm, LoopStep
from civicloop.residents.models.people import Reporter
from civicloop.residents.rules.lifecycle import ENDED, OPEN, ComplaintState

COMPLAINT_LABELS: dict[str, Any] = {
    ComplaintState.SUBMITTED: _("submitted"),
    ComplaintState.ACCEPTED: _("taken up"),
    ComplaintState.ANSWERED: _("answered"),
    ComplaintState.CLOSED: _("finished"),
}
COMPLAINT_KINDS: dict[str, Any] = {"complaint": _("complaint"), "suggestion": _("suggestion for the platform")}


class Complaint(Loop):
    """What somebody has to say about this platform or about who works with it.

    Which unit it is about, he may say himself; about which person, is written down when it is taken up.
    """

    state = models.CharField(_("state"), max_length=20, choices=COMPLAINT_LABELS, default=ComplaintState.SUBMITTED)
    kind = models.CharField(_("kind"), max_length=12, choices=COMPLAINT_KINDS, default="complaint")
    text = models.TextField(_("text"))
    code_digest = models.CharField(_("digest of the code"), max_length=64, unique=True)
    key = models.CharField(_("key of the sender"), max_length=64, unique=True)
    reporter = models.ForeignKey(
        Reporter, models.PROTECT, null=True, related_name="complaints", verbose_name=_("reporter")
    )
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("about")
    )
    about_unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("about the unit")
    )
    answer = models.TextField(_("answer"), blank=True)
    sender_key = models.CharField(_("key of the sender's address"), max_length=64, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("complaint about the platform")
        verbose_name_plural = _("complaints about the platform")
        ordering = ["-submitted_at", "-id"]
        indexes = [
            models.Index(fields=["state", "act_by", "id"], name="complaint_waiting", condition=Q(ended_at=None)),
            models.Index(fields=["alarm_at"], name="complaint_alarm", condition=Q(alarm_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="complaint_state_is_known", condition=Q(state__in=sorted(OPEN | ENDED))),
            models.CheckConstraint(
                name="complaint_ends_when_it_ends",
                condition=Q(ended_at=None, state__in=sorted(OPEN)) | Q(ended_at__isnull=False, state__in=sorted(ENDED)),
            ),
            models.CheckConstraint(
                name="complaint_answered_has_an_answer",
                condition=~Q(state__in=["answered", "closed"]) | ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people say aloud: 诉 and the number."""
        return f"诉{self.pk}"


class ComplaintStep(LoopStep):
    """One step of a complaint."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, db_index=False, related_name="steps", verbose_name=_("complaint about the platform")
    )

    class Meta:
        verbose_name = _("step of a complaint")
        verbose_name_plural = _("steps of a complaint")
        ordering = ["complaint", "seq"]
        constraints = [models.UniqueConstraint(fields=["complaint", "seq"], name="complaint_step_number_once")]

    def __str__(self) -> str:
        return f"{self.complaint_id} #{self.seq} {self.name}"


class ComplaintAlarm(LoopAlarm):
    """A rung of the ladder taken for a complaint."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, db_index=False, related_name="alarms", verbose_name=_("complaint about the platform")
    )

    class Meta:
        verbose_name = _("alarm of a complaint")
        verbose_name_plural = _("alarms of a complaint")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "rung", "deadline"], name="complaint_alarm_once_per_deadline")
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.rung}"
