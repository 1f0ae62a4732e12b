"""Displays: boards, screens, stands. A small loop; the promise is that somebody looks at it each period."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.loops.models import Loop, LoopAlarm, LoopEvidence, LoopStep
from civicloop.publicity.rules.display import ENDED, OPEN, DisplayState

STATE_LABELS: dict[str, Any] = {
    DisplayState.PLANNED: _("to be put up"), DisplayState.IN_USE: _("in use"), DisplayState.BROKEN: _("broken"),
    DisplayState.TAKEN_DOWN: _("taken down"),
}  # fmt: skip
KIND_LABELS: dict[str, Any] = {
    "public_notice": _("public-service notice board"), "led": _("LED screen of a shop"), "leaflets": _("leaflet stand"),
    "estate_board": _("notice board of an estate"), "wall": _("painted wall or hoarding"), "other": _("other display"),
}  # fmt: skip


class Display(Loop):
    """Something on which the campaign speaks to the public: where it is, who keeps it, what it shows, when it is looked at next.

    `owner` is the unit that keeps it. The stage clock runs to the next look (`act_by`); while it is broken its case has the clock.
    """

    state = models.CharField(_("state"), max_length=20, choices=STATE_LABELS, default=DisplayState.PLANNED)
    kind = models.CharField(_("kind"), max_length=20, choices=KIND_LABELS)
    code = models.CharField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=100)
    content = models.CharField(_("what it shows"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    grid = models.ForeignKey("organisation.Grid", models.PROTECT, null=True, related_name="+", verbose_name=_("grid"))
    photo = models.ForeignKey("photos.Photo", models.PROTECT, null=True, related_name="+", verbose_name=_("photo"))
    # The problem that was opened when it was found broken; kept afterwards, as the last one.
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, related_name="displays", verbose_name=_("case of the fault")
    )
    checked_at = models.DateTimeField(_("looked at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("display")
        verbose_name_plural = _("displays")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["owner", "state"], name="display_of_owner"),
            models.Index(fields=["act_by", "id"], name="display_due", condition=Q(ended_at=None)),
            models.Index(fields=["alarm_at"], name="display_alarm", condition=Q(alarm_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="display_state_is_known", condition=Q(state__in=sorted(OPEN | ENDED))),
            models.CheckConstraint(
                name="display_ends_when_it_ends",
                condition=Q(ended_at=None, state__in=sorted(OPEN)) | Q(ended_at__isnull=False, state__in=sorted(ENDED)),
            ),
            models.CheckConstraint(
                name="display_place_is_whole", condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False)
            ),
            models.CheckConstraint(
                name="broken_display_has_a_case", condition=~Q(state="broken") | Q(case__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def number(self) -> str:
        """What people say aloud: 宣 and the number, which never changes."""
        return f"宣{self.pk}"


class DisplayStep(LoopStep):
    """One step of a display."""

    display = models.ForeignKey(
        Display, models.PROTECT, db_index=False, related_name="steps", verbose_name=_("display")
    )

    class Meta:
        verbose_name = _("step of a display")
        verbose_name_plural = _("steps of a display")
        ordering = ["display", "seq"]
        constraints = [models.UniqueConstraint(fields=["display", "seq"], name="display_step_number_once")]

    def __str__(self) -> str:
        return f"{self.display_id} #{self.seq} {self.name}"


class DisplayEvidence(LoopEvidence):
    """A photo given with a step of a display."""

    display = models.ForeignKey(Display, models.PROTECT, related_name="evidence", verbose_name=_("display"))
    step = models.ForeignKey(DisplayStep, models.PROTECT, related_name="evidence", verbose_name=_("step"))

    class Meta:
        verbose_name = _("evidence of a display")
        verbose_name_plural = _("evidence of a display")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "photo", "kind"], name="display_evidence_once_per_step")]

    def __str__(self) -> str:
        return f"{self.display_id} {self.kind}"


class DisplayAlarm(LoopAlarm):
    """A rung of the ladder taken for a display."""

    display = models.ForeignKey(
        Display, models.PROTECT, db_index=False, related_name="alarms", verbose_name=_("display")
    )

    class Meta:
        verbose_name = _("alarm of a display")
        verbose_name_plural = _("alarms of a display")
        constraints = [
            models.UniqueConstraint(fields=["display", "rung", "deadline"], name="display_alarm_once_per_deadline")
        ]

    def __str__(self) -> str:
        return f"{self.display_id} {self.rung}"
