"""A trained classifier, and what was made of each text: suggested by the program, chosen by a person."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

OUTCOME_LABELS: dict[str, Any] = {
    "open": _("not yet decided"),
    "filed": _("reported as a case"),
    "dropped": _("not a case"),
}
DOOR_LABELS: dict[str, Any] = {"desk": _("desk"), "api": _("API")}


class TextModel(models.Model):
    """A classifier trained on the city's own closed cases. The newest is used; earlier ones stay as a record of accuracy."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    trained_at = models.DateTimeField(_("trained at"))
    trained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("trained by")
    )
    cases = models.PositiveIntegerField(_("closed cases"))
    texts = models.PositiveIntegerField(_("different wordings"))
    held = models.PositiveIntegerField(_("wordings held back"))
    top1 = models.FloatField(_("right at first"))
    top3 = models.FloatField(_("among the first three"))
    # [{"code", "name", "cases", "held", "right"}], and {"road": [{"unit", "grid", "lon", "lat"}]} from addresses of cases.
    per_category = models.JSONField(_("by category"), default=list)
    roads = models.JSONField(_("roads"), default=dict)
    # npz of plain arrays (rules/linear.py); earlier models keep their figures and give their weights away.
    weights = models.BinaryField(_("weights"))
    sha256 = models.CharField(_("SHA-256 of the weights"), max_length=64)

    class Meta:
        verbose_name = _("text model")
        verbose_name_plural = _("text models")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="text_model_rates_are_rates", condition=Q(top1__gte=0, top1__lte=F("top3"), top3__lte=1)
            ),
            models.CheckConstraint(name="text_model_holds_back_what_it_has", condition=Q(held__lte=F("texts"))),
        ]

    def __str__(self) -> str:
        return f"{self.trained_at:%Y-%m-%d} {self.cases}"


class Suggestion(models.Model):
    """One problem of a text: the masked words, what was suggested, and what a person made of it. What was pasted is not kept."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    # All parts of one text carry the same number.
    intake = models.UUIDField(_("text"), db_index=True, editable=False)
    seq = models.PositiveSmallIntegerField(_("part"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("given by")
    )
    door = models.CharField(_("door"), max_length=10, choices=DOOR_LABELS)
    text = models.TextField(_("text, masked"))
    suggested = models.JSONField(_("suggested"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=OUTCOME_LABELS, default="open")
    chosen = models.ForeignKey(
        "standards.Category",
        models.PROTECT,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("chosen category"),
    )
    # Place of the chosen category among the suggested ones, from 1; 0 when it was not suggested.
    rank = models.PositiveSmallIntegerField(_("rank of the choice"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    case = models.OneToOneField(
        "cases.Case", models.PROTECT, null=True, related_name="suggestion", verbose_name=_("case")
    )

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["intake", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["intake", "seq"], name="suggestion_part_once"),
            models.CheckConstraint(
                name="suggestion_filed_has_case_and_choice",
                condition=Q(
                    outcome="filed",
                    case__isnull=False,
                    chosen__isnull=False,
                    rank__isnull=False,
                    decided_at__isnull=False,
                )
                | Q(outcome="dropped", case=None, chosen=None, rank=None, decided_at__isnull=False)
                | Q(outcome="open", case=None, chosen=None, rank=None, decided_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-id"], name="suggestion_of_person"),
            models.Index(fields=["decided_at"], name="suggestion_filed", condition=Q(outcome="filed")),
        ]

    def __str__(self) -> str:
        return f"{self.intake} {self.seq}"
