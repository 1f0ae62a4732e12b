"""Draws: a frozen frame, a seed that was fixed beforehand, and what came out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

STATE_LABELS = {
    "committed": _("seed fixed"),
    "drawn": _("drawn and sealed"),
    "published": _("published"),
    "cancelled": _("cancelled"),
}
KIND_LABELS = {"points": _("points"), "look_back": _("closed cases (look-back)")}
ROLE_LABELS = {
    "main": _("drawn"),
    "panel": _("panel"),
    "reserve": _("reserve"),
    "look_back": _("look-back"),
}


class Draw(models.Model):
    """One draw. The frame is frozen as canonical CSV (gzip) and hashed; `commitment` is SHA-256 of the secret seed, written
    to the ledger before anything is drawn; the secret is published afterwards, and anybody can draw again.

    What came out is sealed until `opens_on`.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    round = models.ForeignKey("inspection.Round", models.PROTECT, related_name="draws", verbose_name=_("round"))
    kind = models.CharField(_("kind"), max_length=20, choices=KIND_LABELS, default="points")
    state = models.CharField(_("state"), max_length=12, choices=STATE_LABELS, default="committed")
    design = models.JSONField(_("design"), default=dict)
    frame = models.BinaryField(_("frame"))
    frame_digest = models.CharField(_("digest of the frame"), max_length=64)
    frame_size = models.PositiveIntegerField(_("places in the frame"))
    commitment = models.CharField(_("commitment"), max_length=64)
    secret = models.CharField(_("secret seed"), max_length=64)
    beacon = models.CharField(_("public value"), max_length=200, blank=True)
    result_digest = models.CharField(_("digest of the result"), max_length=64, blank=True)
    opens_on = models.DateField(_("sealed until"))
    committed_at = models.DateTimeField(_("seed fixed at"))
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(_("drawn at"), null=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.code


class DrawnPoint(models.Model):
    """A place that came out of a draw, in the order it came out. `chance` is the probability with which it could.

    A reserve takes the place of one that cannot be visited; both rows stay, with the reason.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="drawn", verbose_name=_("draw"))
    point = models.ForeignKey(
        "organisation.Point", models.PROTECT, null=True, related_name="+", verbose_name=_("point")
    )
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("case"))
    stratum = models.CharField(_("stratum"), max_length=120)
    role = models.CharField(_("role"), max_length=12, choices=ROLE_LABELS)
    order = models.PositiveIntegerField(_("order"))
    chance = models.FloatField(_("chance of being drawn"))
    double = models.BooleanField(_("visited twice"), default=False)
    in_use = models.BooleanField(_("to be visited"), default=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("takes the place of")
    )
    reason = models.CharField(_("reason of the replacement"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("drawn point")
        verbose_name_plural = _("drawn points")
        ordering = ["draw", "order"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "order"], name="drawn_order_once"),
            models.UniqueConstraint(fields=["draw", "point", "case"], name="drawn_once", nulls_distinct=False),
            models.CheckConstraint(
                name="drawn_is_a_point_or_a_case",
                condition=models.Q(point__isnull=False) | models.Q(case__isnull=False),
            ),
            models.CheckConstraint(
                name="chance_is_a_probability", condition=models.Q(chance__gt=0) & models.Q(chance__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.order}"
