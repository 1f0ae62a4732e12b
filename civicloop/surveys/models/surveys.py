"""Questionnaires, surveys with their strata, invitations and answers. No name, number or address of anybody who answers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

STATE_LABELS: dict[str, Any] = {
    "draft": _("draft"), "open": _("under way"), "closed": _("has ended"), "cancelled": _("cancelled"),
}  # fmt: skip
CHANNEL_LABELS: dict[str, Any] = {
    "household": _("household"), "street": _("street intercept"), "phone": _("phone"), "qr": _("QR code"),
    "kiosk": _("kiosk"),
}  # fmt: skip
MEASURE_LABELS: dict[str, Any] = {
    "awareness": _("Awareness"), "support": _("Support"), "participation": _("Participation"),
    "satisfaction": _("Satisfaction"),
}  # fmt: skip
"""The four rates that a survey tells."""
SHARED = ("qr", "kiosk")
"""Ways by which one invitation may be answered by several people, so many at most. Nobody draws who answers."""


class Questionnaire(models.Model):
    """What is asked, whole and for ever: a changed question is a new version. `content` is the file as plain data."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=300)
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="questionnaire_version_once")]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class Survey(models.Model):
    """A survey of a period: what is asked, how exact it shall be, and its results once it has closed.

    Results exist from the moment of closing and never change; before it nobody sees a rate, or two looks with one answer between
    them would tell what that person said. `design` is what was asked for (margin, allocation, aim, response).
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=100)
    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="surveys", verbose_name=_("questionnaire")
    )
    state = models.CharField(_("state"), max_length=12, choices=STATE_LABELS, default="draft")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    design = models.JSONField(_("design"), default=dict)
    # The question about the person by which answers are weighted besides strata; empty: strata alone.
    group = models.CharField(_("weighted by"), max_length=40, blank=True)
    # {question about the person: {answer: people}}, raked together with the strata; empty: `group` says.
    margins = models.JSONField(_("people by feature"), default=dict)
    results = models.JSONField(_("results"), null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("planned by")
    )
    made_at = models.DateTimeField(_("planned at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(name="survey_state_is_known", condition=Q(state__in=sorted(STATE_LABELS))),
            models.CheckConstraint(name="survey_ends_after_it_starts", condition=Q(ends_on__gte=models.F("starts_on"))),
            models.CheckConstraint(
                name="survey_has_results_once_closed",
                condition=Q(state="closed", results__isnull=False, closed_at__isnull=False)
                | (~Q(state="closed") & Q(results__isnull=True, closed_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Stratum(models.Model):
    """A part of the city in one survey, usually a street or town: people living there, answers wanted, people to be asked."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="strata", verbose_name=_("survey"))
    name = models.CharField(_("name"), max_length=60)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    population = models.PositiveIntegerField(_("people"))
    groups = models.JSONField(_("people by group"), default=dict)
    wanted = models.PositiveIntegerField(_("answers wanted"))
    asked = models.PositiveIntegerField(_("people to be asked"))

    class Meta:
        verbose_name = _("stratum of a survey")
        verbose_name_plural = _("strata of a survey")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "name"], name="stratum_once_per_survey"),
            models.CheckConstraint(name="stratum_has_people", condition=Q(population__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """The right to answer once, or for a code on a poster or a kiosk so many times. Only the SHA-256 of its token is kept."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="invitations", verbose_name=_("survey"))
    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="invitations", verbose_name=_("stratum"))
    serial = models.PositiveIntegerField(_("number"))
    channel = models.CharField(_("channel"), max_length=12, choices=CHANNEL_LABELS)
    digest = models.CharField(_("digest of the token"), max_length=64, null=True, unique=True)
    most = models.PositiveIntegerField(_("answers at most"), default=1)
    # Which of the buildings or residents' groups drawn in the stratum; a number only, the list of them is the interviewers'.
    cluster = models.PositiveIntegerField(_("number of the building or group"), null=True)
    made_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["survey", "serial"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "serial"], name="invitation_number_once"),
            models.CheckConstraint(
                name="invitation_is_one_answer_unless_shared", condition=Q(most=1) | Q(channel__in=SHARED, most__gte=1)
            ),
            models.CheckConstraint(
                name="invitation_cluster_was_drawn",
                condition=Q(cluster=None) | (Q(cluster__gte=1) & ~Q(channel__in=SHARED)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} #{self.serial}"


class Response(models.Model):
    """What one person answered. `place` counts the answers of one invitation from 1; the pair is unique, so a race has one winner.

    The day alone is kept, not the moment: with a door's own log it would lead back to a person.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="responses", verbose_name=_("survey"))
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, db_index=False, related_name="responses", verbose_name=_("invitation")
    )
    place = models.PositiveIntegerField(_("number of the answer"), default=1)
    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="responses", verbose_name=_("stratum"))
    channel = models.CharField(_("channel"), max_length=12, choices=CHANNEL_LABELS)
    answers = models.JSONField(_("answers"))
    answered_on = models.DateField(_("answered on"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        verbose_name = _("answer to a survey")
        verbose_name_plural = _("answers to a survey")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "place"], name="response_once_per_invitation"),
            models.CheckConstraint(name="response_is_counted_from_one", condition=Q(place__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.channel}"
