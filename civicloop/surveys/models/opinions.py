"""What is heard at the door (入户征集)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

KIND_LABELS: dict[str, Any] = {
    "problem": _("problem"), "suggestion": _("suggestion"), "praise": _("praise"), "question": _("question asked at the door"),
}  # fmt: skip
STATE_LABELS: dict[str, Any] = {
    "noted": _("noted"), "case_opened": _("became a case"), "passed_on": _("passed on as a suggestion"),
    "answered": _("answered"), "set_aside": _("set aside"),
}  # fmt: skip
# Something is still to come of it.
OPEN = ("noted", "passed_on")


class DoorOpinion(models.Model):
    """An opinion a grid worker heard at somebody's door. Whose door is not kept: the community, and where it is about, is enough.

    It becomes a case, or a suggestion that a unit answers, or is set aside with a reason. Until then one unit has it (`owner_id`)
    and a time by which something is to come of it (`act_by`).
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=KIND_LABELS)
    state = models.CharField(_("state"), max_length=12, choices=STATE_LABELS, default="noted")
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("community"))
    words = models.TextField(_("what was said"))
    address = models.CharField(_("where it is about"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    heard_on = models.DateField(_("heard on"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("noted by"))
    noted_at = models.DateTimeField(_("noted at"))
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("case"))
    passed_to = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("passed on to")
    )
    answer = models.TextField(_("answer or reason"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    act_by = models.DateTimeField(_("to be dealt with by"), null=True)
    late_told_at = models.DateTimeField(_("told of as late at"), null=True)

    class Meta:
        verbose_name = _("opinion heard at the door")
        verbose_name_plural = _("opinions heard at the door")
        ordering = ["-noted_at", "-id"]
        indexes = [
            models.Index(fields=["state", "-noted_at"], name="opinion_by_state"),
            models.Index(fields=["act_by"], name="opinion_open_by_time", condition=Q(state__in=OPEN)),
        ]
        constraints = [
            models.CheckConstraint(name="opinion_state_is_known", condition=Q(state__in=sorted(STATE_LABELS))),
            models.CheckConstraint(
                name="opinion_place_is_whole", condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False)
            ),
            models.CheckConstraint(
                name="opinion_that_became_a_case_has_one",
                condition=Q(state="case_opened", case__isnull=False) | (~Q(state="case_opened") & Q(case=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.heard_on}"

    @property
    def owner_id(self) -> int:
        """The unit that has it: the community it was heard in, or whom it was passed on to."""
        return self.passed_to_id or self.unit_id

    def is_late(self, at: datetime) -> bool:
        """Whether something should have come of it before `at`, or came of it too late."""
        until = at if self.state in OPEN else self.decided_at
        return self.act_by is not None and until is not None and until > self.act_by
