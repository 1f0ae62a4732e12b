"""A round of inspection: what is judged together, by one edition of the standard."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

KIND_LABELS = {
    "weekly_visit": _("weekly secret visit"),
    "monthly_review": _("monthly review"),
    "carpet_search": _("carpet search"),
    "look_back": _("look-back"),
    "mock": _("mock assessment"),
    "special": _("special inspection"),
}


class Round(models.Model):
    """A round (期): visits between two days, judged by the edition it was planned with, whatever is loaded later."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=30, unique=True)
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=KIND_LABELS)
    edition = models.ForeignKey("standards.Edition", models.PROTECT, related_name="+", verbose_name=_("edition"))
    organiser = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("organiser"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("round of inspection")
        verbose_name_plural = _("rounds of inspection")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="round_ends_after_it_starts", condition=models.Q(ends_on__gte=models.F("starts_on"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
