"""What residents report, follow, ask again and say of the result."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.cases.models import Case
from civicloop.kernel.ids import new_uid
from civicloop.residents.models.people import Reporter
from civicloop.residents.models.plates import Plate

REPORT_LABELS: dict[str, Any] = {
    "waiting": _("waits for a moderator"), "entered": _("entered"), "refused": _("not taken up"),
}  # fmt: skip
# Why a report waits for a moderator.
HELD_LABELS: dict[str, Any] = {
    "no_proof": _("sent without proof of work"), "flood": _("many reports from one sender"),
    "blocked": _("sender is on the block list"), "words": _("words of the block list"), "links": _("several links"),
    "han_number": _("a number written in characters"),
}  # fmt: skip
PHOTO_LABELS: dict[str, Any] = {"waiting": _("not looked at"), "accepted": _("looked at"), "hidden": _("hidden")}
REOPEN_LABELS: dict[str, Any] = {"waiting": _("waits"), "granted": _("granted"), "refused": _("refused")}
# 满意、基本满意、一般、不满意
GRADES: dict[int, Any] = {4: _("satisfied"), 3: _("mostly satisfied"), 2: _("so-so"), 1: _("not satisfied")}


class Report(models.Model):
    """What a resident sent. It becomes a case at once, or after a moderator has accepted it.

    `code_digest` is the SHA-256 of the code by which it is followed, `key` what the sender's page made up so that sending twice
    makes one report. `content` is what was typed, kept only while a moderator has it; the case has it afterwards.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    code_digest = models.CharField(_("digest of the code"), max_length=64, unique=True)
    key = models.CharField(_("key of the sender"), max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=REPORT_LABELS, default="waiting")
    held_for = models.JSONField(_("why it waits"), default=list)
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, related_name="resident_reports", verbose_name=_("case")
    )
    category = models.ForeignKey("standards.Category", models.PROTECT, related_name="+", verbose_name=_("category"))
    reporter = models.ForeignKey(
        Reporter, models.PROTECT, null=True, related_name="reports", verbose_name=_("reporter")
    )
    plate = models.ForeignKey(Plate, models.PROTECT, null=True, related_name="reports", verbose_name=_("plate"))
    content = models.JSONField(_("what was typed"), default=dict)
    # A keyed digest of the network address, for a few days: floods are counted by it.
    sender_key = models.CharField(_("key of the sender's address"), max_length=64, blank=True)
    received_at = models.DateTimeField(_("received at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    refusal = models.CharField(_("reason of the refusal"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("report of a resident")
        verbose_name_plural = _("reports of residents")
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(name="report_state_is_known", condition=Q(state__in=sorted(REPORT_LABELS))),
            models.CheckConstraint(
                name="report_entered_has_a_case",
                condition=Q(state="entered", case__isnull=False) | ~Q(state="entered") & Q(case=None),
            ),
            models.CheckConstraint(name="report_refused_says_why", condition=~Q(state="refused") | ~Q(refusal="")),
        ]
        indexes = [
            models.Index(fields=["received_at", "id"], name="report_waiting", condition=Q(state="waiting")),
            models.Index(fields=["sender_key", "received_at"], name="report_of_sender", condition=~Q(sender_key="")),
        ]

    def __str__(self) -> str:
        return f"R{self.pk}"


class ReportPhoto(models.Model):
    """A photo that came with a report. Nobody outside sees it before somebody has looked at it; a hidden one never."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="photos", verbose_name=_("report"))
    photo = models.ForeignKey("photos.Photo", models.PROTECT, related_name="+", verbose_name=_("photo"))
    state = models.CharField(_("state"), max_length=10, choices=PHOTO_LABELS, default="waiting")

    class Meta:
        verbose_name = _("photo of a report")
        verbose_name_plural = _("photos of reports")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["report", "photo"], name="report_photo_once")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.state}"


class Following(models.Model):
    """Somebody who met the same problem and follows the case that is there already."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="followings", verbose_name=_("case"))
    code_digest = models.CharField(_("digest of the code"), max_length=64, unique=True)
    key = models.CharField(_("key of the sender"), max_length=64, unique=True)
    reporter = models.ForeignKey(
        Reporter, models.PROTECT, null=True, related_name="followings", verbose_name=_("reporter")
    )
    since = models.DateTimeField(_("since"))
    # As with a report: a keyed digest, for a few days.
    sender_key = models.CharField(_("key of the sender's address"), max_length=64, blank=True)
    # Of one sender the first that a device has worked for: others follow as well, and make no crowd.
    counted = models.BooleanField(_("counts as one who follows"), default=True)

    class Meta:
        verbose_name = _("following")
        verbose_name_plural = _("followings")

    def __str__(self) -> str:
        return f"{self.case_id} #{self.pk}"


class ReopenRequest(models.Model):
    """A resident says a closed case is not put right. Who verifies decides; the resident does not move the case."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="reopen_requests", verbose_name=_("case"))
    reporter = models.ForeignKey(Reporter, models.PROTECT, null=True, related_name="+", verbose_name=_("reporter"))
    reason = models.TextField(_("reason"))
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(_("state"), max_length=10, choices=REOPEN_LABELS, default="waiting")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("request to reopen")
        verbose_name_plural = _("requests to reopen")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="waiting"), name="reopen_one_waiting_for_a_case"
            ),
            models.CheckConstraint(name="reopen_state_is_known", condition=Q(state__in=sorted(REOPEN_LABELS))),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Feedback(models.Model):
    """How content a reporter or follower is with a closing, asked once some days after it."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="feedback", verbose_name=_("report"))
    following = models.ForeignKey(
        Following, models.PROTECT, null=True, related_name="feedback", verbose_name=_("following")
    )
    closed_at = models.DateTimeField(_("closed at"))
    asked_at = models.DateTimeField(_("asked at"))
    grade = models.PositiveSmallIntegerField(_("how content"), null=True, choices=list(GRADES.items()))
    note = models.TextField(_("remark"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedbacks")
        constraints = [
            models.UniqueConstraint(fields=["report", "closed_at"], name="feedback_asked_once_per_closing"),
            models.UniqueConstraint(fields=["following", "closed_at"], name="feedback_follower_asked_once"),
            models.CheckConstraint(
                name="feedback_of_a_report_or_a_following",
                condition=Q(report__isnull=False, following=None) | Q(report=None, following__isnull=False),
            ),
            models.CheckConstraint(
                name="feedback_grade_is_known",
                condition=Q(grade=None, answered_at=None) | Q(grade__in=sorted(GRADES), answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id or self.following_id} {self.grade}"

    @property
    def case(self) -> Case | None:
        """The case it is about: after a merging, the one it went on in."""
        held = self.report or self.following
        case = held.case if held is not None else None
        return (case.merged_into or case) if case is not None else None
