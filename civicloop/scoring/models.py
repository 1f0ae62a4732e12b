"""Appeals against a judgement with what they changed, events of the negative list, published scores."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.scoring.rules.lifecycle import ENDED, AppealState

UNIT = "organisation.Unit"
PERSON = settings.AUTH_USER_MODEL
STATE_LABELS = {
    AppealState.LODGED: _("lodged"),
    AppealState.PRE_REVIEW: _("under first review"),
    AppealState.DEPARTMENT_REVIEW: _("under review by the department"),
    AppealState.GRANTED: _("granted"),
    AppealState.REFUSED: _("refused"),
    AppealState.WITHDRAWN: _("withdrawn"),
}
ANSWER_LABELS = {
    "met": _("met"),
    "not_met": _("not met"),
    "not_applicable": _("not applicable"),
    "cannot_tell": _("cannot tell"),
}


class Appeal(models.Model):
    """A unit's leader speaks against an observation, or against points taken from the unit in a round.

    Stages: first review, review by the department, decision; each by another person, none of the unit, none who judged.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    unit = models.ForeignKey(UNIT, models.PROTECT, related_name="+", verbose_name=_("unit"))
    round = models.ForeignKey("inspection.Round", models.PROTECT, related_name="appeals", verbose_name=_("round"))
    observation = models.ForeignKey(
        "inspection.Observation", models.PROTECT, null=True, related_name="appeals", verbose_name=_("observation")
    )
    # The key of the rule that took points, where the appeal is not about an observation.
    deduction = models.CharField(_("deduction"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=STATE_LABELS, default=AppealState.LODGED)
    reason = models.TextField(_("reason"))
    wanted = models.CharField(_("answer asked for"), max_length=15, choices=ANSWER_LABELS, blank=True)
    lodged_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("lodged by"))
    lodged_at = models.DateTimeField(_("lodged at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("appeal against a judgement")
        verbose_name_plural = _("appeals against judgements")
        ordering = ["-lodged_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="appeal_is_about_one_thing",
                condition=Q(observation__isnull=False, deduction="") | (Q(observation=None) & ~Q(deduction="")),
            ),
            models.CheckConstraint(name="appeal_state_known", condition=Q(state__in=sorted(AppealState))),
            models.CheckConstraint(
                name="appeal_ended_has_ended",
                condition=Q(state__in=sorted(ENDED), ended_at__isnull=False)
                | (~Q(state__in=sorted(ENDED)) & Q(ended_at=None)),
            ),
            models.UniqueConstraint(
                fields=["observation"], condition=Q(ended_at=None), name="appeal_one_running_per_observation"
            ),
            models.UniqueConstraint(
                fields=["unit", "round", "deduction"],
                condition=Q(ended_at=None) & ~Q(deduction=""),
                name="appeal_one_running_per_deduction",
            ),
        ]
        indexes = [models.Index(fields=["state", "-lodged_at"], name="appeal_by_state")]

    def __str__(self) -> str:
        return str(self.uid)


class AppealStep(models.Model):
    """One stage of an appeal as it was taken. Never edited."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="steps", verbose_name=_("appeal"))
    seq = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("step"), max_length=20)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("taken by"))
    at = models.DateTimeField(_("at"))
    state_before = models.CharField(_("state before"), max_length=20)
    state_after = models.CharField(_("state after"), max_length=20)
    note = models.TextField(_("note"), blank=True)
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("step of an appeal")
        verbose_name_plural = _("steps of an appeal")
        ordering = ["appeal", "seq"]
        constraints = [models.UniqueConstraint(fields=["appeal", "seq"], name="appeal_step_numbered_once")]

    def __str__(self) -> str:
        return f"{self.appeal_id} #{self.seq} {self.name}"


class Adjustment(models.Model):
    """What a granted appeal changed: another answer to an observation, or points given back to a unit. The old value stays.

    An observation may be adjusted again by a later appeal; the newest one holds.
    """

    appeal = models.OneToOneField(Appeal, models.PROTECT, related_name="adjustment", verbose_name=_("appeal"))
    observation = models.ForeignKey(
        "inspection.Observation", models.PROTECT, null=True, related_name="adjustments", verbose_name=_("observation")
    )
    unit = models.ForeignKey(UNIT, models.PROTECT, related_name="+", verbose_name=_("unit"))
    round = models.ForeignKey("inspection.Round", models.PROTECT, related_name="+", verbose_name=_("round"))
    answer_before = models.CharField(_("answer before"), max_length=15, choices=ANSWER_LABELS, blank=True)
    answer = models.CharField(_("answer after"), max_length=15, choices=ANSWER_LABELS, blank=True)
    points = models.FloatField(_("points given back"), default=0.0)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="adjustment_is_an_answer_or_points",
                condition=(Q(observation__isnull=False, points=0) & ~Q(answer="") & ~Q(answer_before=""))
                | Q(observation=None, answer="", answer_before="", points__gt=0),
            )
        ]
        indexes = [models.Index(fields=["round", "at"], name="adjustment_of_round")]

    def __str__(self) -> str:
        return f"{self.appeal_id}: {self.answer or self.points}"


class NegativeEvent(models.Model):
    """Something on the negative list happened. `unit` empty: it counts against the whole city. Revoked, never deleted."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    clause = models.CharField(_("clause"), max_length=40)
    unit = models.ForeignKey(UNIT, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    happened_on = models.DateField(_("happened on"))
    note = models.TextField(_("what happened"))
    recorded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))
    revoked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_because = models.TextField(_("reason of the revocation"), blank=True)

    class Meta:
        verbose_name = _("event of the negative list")
        verbose_name_plural = _("events of the negative list")
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="negative_event_revoked_by_somebody",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["happened_on"], name="negative_event_by_day")]

    def __str__(self) -> str:
        return f"{self.clause} {self.happened_on}"


class Publication(models.Model):
    """A score as it was published. `content` is the whole score and the units as they stood; anybody can reckon it again."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=120)
    scope = models.JSONField(_("scope"))
    as_of = models.DateTimeField(_("as of"))
    edition = models.ForeignKey("standards.Edition", models.PROTECT, related_name="+", verbose_name=_("edition"))
    digest = models.CharField(_("digest"), max_length=64)
    content = models.JSONField(_("score"))
    # The tree of units and the names of areas it was reckoned with: they may change later.
    units = models.JSONField(_("units"))
    published_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("published by"))
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("published score")
        verbose_name_plural = _("published scores")
        ordering = ["-published_at", "-id"]

    def __str__(self) -> str:
        return f"{self.title} {self.digest[:12]}"


class DailyFigure(models.Model):
    """What the score and the forecast were on a morning: kept by a job, so that no page reckons half a second for one number.

    `rounds` are the codes of the rounds the score is of; empty when nothing was judged yet. Shares and chances are 0 to 1, scores
    0 to 100.
    """

    day = models.DateField(_("day"), unique=True)
    as_of = models.DateTimeField(_("as of"))
    rounds = models.JSONField(_("rounds"), default=list)
    title = models.CharField(_("title"), max_length=200, blank=True)
    score = models.FloatField(_("score"), null=True)
    score_low = models.FloatField(_("score, lower bound"), null=True)
    score_high = models.FloatField(_("score, upper bound"), null=True)
    observations = models.PositiveIntegerField(_("observations"), default=0)
    target = models.FloatField(_("target"), null=True)
    forecast = models.FloatField(_("forecast"), null=True)
    forecast_low = models.FloatField(_("forecast, lower bound"), null=True)
    forecast_high = models.FloatField(_("forecast, upper bound"), null=True)
    chance = models.FloatField(_("chance to reach the target"), null=True)

    class Meta:
        verbose_name = _("figure of a day")
        verbose_name_plural = _("figures of days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.score}"


class KeptFigures(models.Model):
    """Figures that cost too much for a page that is asked every few seconds: reckoned by a job, shown with their moment."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    as_of = models.DateTimeField(_("as of"))
    content = models.JSONField(_("figures"), default=dict)

    class Meta:
        verbose_name = _("kept figures")
        verbose_name_plural = _("kept figures")

    def __str__(self) -> str:
        return f"{self.name}: {self.as_of}"
