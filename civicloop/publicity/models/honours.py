"""Honours: a small loop from the application to the certificate."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.loops.models import Loop, LoopAlarm, LoopEvidence, LoopStep
from civicloop.publicity.rules.honour import ENDED, OPEN, HonourState

STATE_LABELS: dict[str, Any] = {
    HonourState.APPLIED: _("applied for"), HonourState.RECOMMENDED: _("recommended"),
    HonourState.ON_NOTICE: _("on public notice"), HonourState.AWARDED: _("awarded"), HonourState.REVOKED: _("revoked"),
    HonourState.TURNED_DOWN: _("not awarded"), HonourState.WITHDRAWN: _("withdrawn"),
}  # fmt: skip
KIND_LABELS: dict[str, Any] = {
    "unit": _("civilised unit"), "campus": _("civilised campus"), "village": _("civilised village or town"),
    "community": _("civilised community"), "family": _("civilised family"), "window": _("civilised counter"),
}  # fmt: skip
PRIVATE = frozenset({"family"})
"""Kinds whose holders are people: named in full only to those who handle them."""


class Honour(Loop):
    """An honour of one year. `unit` is who it is for, or for a family the community that puts it forward.

    `notice_until` is the last day on which the public may object. `certificate` is given when it is awarded, and kept.
    """

    state = models.CharField(_("state"), max_length=20, choices=STATE_LABELS, default=HonourState.APPLIED)
    kind = models.CharField(_("kind"), max_length=20, choices=KIND_LABELS)
    holder = models.CharField(_("holder"), max_length=60)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    year = models.PositiveSmallIntegerField(_("year"))
    grounds = models.TextField(_("what it is for"))
    notice_until = models.DateField(_("on notice until"), null=True)
    certificate = models.CharField(_("number of the certificate"), max_length=20, null=True, unique=True)
    awarded_at = models.DateTimeField(_("awarded at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("honour")
        verbose_name_plural = _("honours")
        ordering = ["-year", "-id"]
        indexes = [
            models.Index(fields=["state", "-year", "-id"], name="honour_by_state"),
            models.Index(fields=["alarm_at"], name="honour_alarm", condition=Q(alarm_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit", "holder", "year"], name="honour_once_a_year",
                condition=~Q(state__in=["turned_down", "withdrawn"]),
            ),
            models.CheckConstraint(name="honour_state_is_known", condition=Q(state__in=sorted(OPEN | ENDED))),
            models.CheckConstraint(
                name="honour_ends_when_it_ends",
                condition=Q(ended_at=None, state__in=sorted(OPEN)) | Q(ended_at__isnull=False, state__in=sorted(ENDED)),
            ),
            models.CheckConstraint(
                name="awarded_honour_has_a_certificate",
                condition=Q(state__in=["awarded", "revoked"], certificate__isnull=False, awarded_at__isnull=False)
                | (~Q(state__in=["awarded", "revoked"]) & Q(certificate=None, awarded_at=None)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    @property
    def number(self) -> str:
        """What people say aloud: 荣 and the number, which never changes."""
        return f"荣{self.pk}"


class HonourStep(LoopStep):
    """One step of an honour."""

    honour = models.ForeignKey(Honour, models.PROTECT, db_index=False, related_name="steps", verbose_name=_("honour"))

    class Meta:
        verbose_name = _("step of an honour")
        verbose_name_plural = _("steps of an honour")
        ordering = ["honour", "seq"]
        constraints = [models.UniqueConstraint(fields=["honour", "seq"], name="honour_step_number_once")]

    def __str__(self) -> str:
        return f"{self.honour_id} #{self.seq} {self.name}"


class HonourEvidence(LoopEvidence):
    """A photo given with a step of an honour."""

    honour = models.ForeignKey(Honour, models.PROTECT, related_name="evidence", verbose_name=_("honour"))
    step = models.ForeignKey(HonourStep, models.PROTECT, related_name="evidence", verbose_name=_("step"))

    class Meta:
        verbose_name = _("evidence of an honour")
        verbose_name_plural = _("evidence of an honour")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "photo", "kind"], name="honour_evidence_once_per_step")]

    def __str__(self) -> str:
        return f"{self.honour_id} {self.kind}"


class HonourAlarm(LoopAlarm):
    """A rung of the ladder taken for an honour."""

    honour = models.ForeignKey(Honour, models.PROTECT, db_index=False, related_name="alarms", verbose_name=_("honour"))

    class Meta:
        verbose_name = _("alarm of an honour")
        verbose_name_plural = _("alarms of an honour")
        constraints = [
            models.UniqueConstraint(fields=["honour", "rung", "deadline"], name="honour_alarm_once_per_deadline")
        ]

    def __str__(self) -> str:
        return f"{self.honour_id} {self.rung}"
