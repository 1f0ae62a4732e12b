"""What belongs to the side steps of a case."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.cases.models.case import Case
from civicloop.kernel.ids import new_uid

UNIT = "organisation.Unit"
PERSON = settings.AUTH_USER_MODEL
VERDICTS = {"granted": _("granted"), "refused": _("refused")}
WHISTLE_KINDS = {
    "emergency": _("emergency whistle"),
    "enforcement": _("joint enforcement whistle"),
    "key_work": _("key work whistle"),
    "ordinary": _("ordinary whistle"),
}
APPEAL_GROUNDS = {
    "not_ours": _("not our duty"),
    "lateness": _("lateness was not ours"),
    "verdict": _("verdict is wrong"),
}


class Extension(models.Model):
    """More time, asked for with a reason and decided by somebody else."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="extensions", verbose_name=_("case"))
    amount = models.DecimalField(_("amount"), max_digits=8, decimal_places=2)
    unit_of_time = models.CharField(_("unit of time"), max_length=15)
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=VERDICTS, blank=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(verdict=""), name="extension_one_pending_per_case"),
            models.CheckConstraint(
                name="extension_decided_by_somebody_else",
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} +{self.amount} {self.unit_of_time}"


class Suspension(models.Model):
    """A case on the suspense list (挂账): plan, answerable person and the date on which it is looked at again."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="suspensions", verbose_name=_("case"))
    plan = models.TextField(_("plan"))
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("answerable person"))
    review_on = models.DateField(_("review on"))
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="suspension_one_running_per_case")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.review_on}"


class Whistle(models.Model):
    """A town calls departments in (吹哨): place, time, who must come; it is ended by the town alone."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="whistles", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=15, choices=WHISTLE_KINDS)
    blown_by = models.ForeignKey(UNIT, models.PROTECT, related_name="+", verbose_name=_("blown by"))
    place = models.CharField(_("place"), max_length=200)
    meet_at = models.DateTimeField(_("meet at"))
    blown_at = models.DateTimeField(_("blown at"))
    plan = models.TextField(_("joint plan"), blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("whistle")
        verbose_name_plural = _("whistles")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="whistle_one_running_per_case")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class WhistleCall(models.Model):
    """One department that was called: by when it must arrive, when it did, and what the town says of it."""

    whistle = models.ForeignKey(Whistle, models.PROTECT, related_name="calls", verbose_name=_("whistle"))
    unit = models.ForeignKey(UNIT, models.PROTECT, related_name="+", verbose_name=_("called unit"))
    arrive_by = models.DateTimeField(_("arrive by"))
    arrived_at = models.DateTimeField(_("arrived at"), null=True)
    arrived_person = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("who came"))
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    score_note = models.TextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("whistle call")
        verbose_name_plural = _("whistle calls")
        constraints = [
            models.UniqueConstraint(fields=["whistle", "unit"], name="whistle_calls_a_unit_once"),
            models.CheckConstraint(name="whistle_score_0_to_100", condition=Q(score=None) | Q(score__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.whistle_id} → {self.unit_id}"


class Supervision(models.Model):
    """Pressure from above (督办): what is demanded, by whom, to be answered by when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="supervisions", verbose_name=_("case"))
    level = models.CharField(_("level"), max_length=15, default="supervisor")
    demand = models.TextField(_("demand"))
    by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    answer_by = models.DateTimeField(_("answer by"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("supervision")
        verbose_name_plural = _("supervisions")

    def __str__(self) -> str:
        return f"{self.case_id} {self.level}"


class Appeal(models.Model):
    """A unit speaks against a judgement (申诉); somebody who did not make it decides. The old value stays visible."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="appeals", verbose_name=_("case"))
    unit = models.ForeignKey(UNIT, models.PROTECT, related_name="+", verbose_name=_("unit"))
    ground = models.CharField(_("ground"), max_length=15, choices=APPEAL_GROUNDS)
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=VERDICTS, blank=True)
    verdict_note = models.TextField(_("why"), blank=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(verdict=""), name="appeal_one_pending_per_case")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.ground}"


class Forward(models.Model):
    """A question about a case to a party outside the system, by a link that expires. The unit stays the owner and its clock runs.

    Only the digest of the link's secret is kept. It ends once: answered, taken back, or run out at `expires_at`.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="forwards", verbose_name=_("case"))
    party = models.CharField(_("party"), max_length=100)
    contact = models.CharField(_("mail or phone"), max_length=100, blank=True)
    ask = models.TextField(_("what is asked"))
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    sent_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    unit = models.ForeignKey(UNIT, models.PROTECT, related_name="+", verbose_name=_("for the unit"))
    sent_at = models.DateTimeField(_("sent at"))
    answer_by = models.DateTimeField(_("answer by"))
    expires_at = models.DateTimeField(_("link expires at"))
    opened_at = models.DateTimeField(_("first opened at"), null=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    overdue_told_at = models.DateTimeField(_("told that it is overdue at"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.CharField(_("answered by"), max_length=60, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    taken_back_at = models.DateTimeField(_("taken back at"), null=True)
    taken_back_because = models.TextField(_("why it was taken back"), blank=True)

    class Meta:
        verbose_name = _("forward")
        verbose_name_plural = _("forwards")
        constraints = [
            models.CheckConstraint(name="forward_ends_once", condition=Q(answered_at=None) | Q(taken_back_at=None)),
            models.CheckConstraint(
                name="forward_link_outlives_its_time", condition=Q(expires_at__gte=models.F("answer_by"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["answer_by"], name="forward_waiting", condition=Q(answered_at=None, taken_back_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.party}"


class Follower(models.Model):
    """Somebody who wants to hear how a case goes on; the reporter of a merged case becomes one."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="followers", verbose_name=_("case"))
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+", verbose_name=_("person"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="follower_once_per_case")]

    def __str__(self) -> str:
        return f"{self.case_id} ← {self.person_id}"
