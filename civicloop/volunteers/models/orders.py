"""Orders: the second kind of loop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.loops.models import Loop, LoopAlarm, LoopEvidence, LoopStep
from civicloop.volunteers.models.places import ServiceKind, Skill, Team
from civicloop.volunteers.rules.lifecycle import ENDED, OPEN, OrderState

STATE_LABELS: dict[str, Any] = {
    OrderState.DRAFT: _("draft"),
    OrderState.SUBMITTED: _("waits for review"),
    OrderState.RETURNED: _("returned to the requester"),
    OrderState.REJECTED: _("rejected"),
    OrderState.POOLED: _("waits for a team"),
    OrderState.ASSIGNED: _("offered to a team"),
    OrderState.ACCEPTED: _("accepted by the team"),
    OrderState.SERVING: _("being served"),
    OrderState.SERVED: _("served, waits for rating"),
    OrderState.RATED: _("rated"),
    OrderState.ARCHIVED: _("archived"),
    OrderState.CANCELLED: _("cancelled"),
}
SOURCE_LABELS: dict[str, Any] = {
    "portal": _("portal"), "desk": _("desk"), "hotline": _("hotline 12345"), "visit": _("call at the door"), "api": _("API"),
}  # fmt: skip


class Requester(models.Model):
    """Who asks for a service. Personal data stands here only, is masked by default, and is taken away when its time is over."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True, db_index=True)
    # Why this person may be called, and for how long the data are kept.
    consent_at = models.DateTimeField(_("consent given at"), null=True)
    anonymised_at = models.DateTimeField(_("anonymised at"), null=True)

    class Meta:
        verbose_name = _("requester")
        verbose_name_plural = _("requesters")

    def __str__(self) -> str:
        return f"#{self.pk}"


class Order(Loop):
    """A service somebody asked for. `team` is the team that has it, from the offer on; `owner` is who must act now.

    `wanted_from` and `wanted_to` are the ends of the time in which it may be done. `weight` is 1, 2 or 4: how much it matters.
    `code_digest` is the SHA-256 of the code by which a requester without an account follows and rates it.
    """

    state = models.CharField(_("state"), max_length=20, choices=STATE_LABELS, default=OrderState.DRAFT)
    service = models.ForeignKey(ServiceKind, models.PROTECT, related_name="orders", verbose_name=_("service"))
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", verbose_name=_("more skills needed"))
    description = models.TextField(_("what is wanted"), blank=True)
    requester = models.ForeignKey(
        Requester, models.PROTECT, null=True, related_name="orders", verbose_name=_("requester")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    source = models.CharField(_("source"), max_length=20, choices=SOURCE_LABELS, default="desk")
    external_key = models.CharField(_("key of the source"), max_length=100, null=True, unique=True)
    code_digest = models.CharField(_("digest of the code"), max_length=64, blank=True, db_index=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    people = models.PositiveSmallIntegerField(_("people needed"), default=1)
    minutes = models.PositiveIntegerField(_("expected minutes"), default=60)
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    grid = models.ForeignKey("organisation.Grid", models.PROTECT, null=True, related_name="+", verbose_name=_("grid"))
    wanted_from = models.DateTimeField(_("wanted from"), null=True)
    wanted_to = models.DateTimeField(_("wanted until"), null=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="orders", verbose_name=_("team"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    approved_at = models.DateTimeField(_("approved at"), null=True)
    assigned_at = models.DateTimeField(_("offered at"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    begun_at = models.DateTimeField(_("begun at"), null=True)
    served_at = models.DateTimeField(_("served at"), null=True)
    rated_at = models.DateTimeField(_("rated at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    score = models.PositiveSmallIntegerField(_("score, 1 to 5"), null=True)
    rated_by_time = models.BooleanField(_("rated by lapse of time"), default=False)
    as_asked = models.BooleanField(_("what was asked for"), null=True)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["state", "act_by", "id"], name="order_waiting", condition=Q(ended_at=None)),
            models.Index(fields=["owner", "act_by", "id"], name="order_of_owner", condition=Q(ended_at=None)),
            models.Index(fields=["team", "state"], name="order_of_team", condition=Q(team__isnull=False)),
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            models.Index(fields=["alarm_at"], name="order_alarm", condition=Q(alarm_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="order_state_is_known", condition=Q(state__in=sorted(OPEN | ENDED))),
            models.CheckConstraint(
                name="order_ends_when_it_ends",
                condition=Q(ended_at=None, state__in=sorted(OPEN)) | Q(ended_at__isnull=False, state__in=sorted(ENDED)),
            ),
            models.CheckConstraint(
                name="order_place_is_whole", condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False)
            ),
            models.CheckConstraint(
                name="order_score_is_1_to_5", condition=Q(score=None) | Q(score__gte=1, score__lte=5)
            ),
            models.CheckConstraint(name="order_weight_is_known", condition=Q(weight__in=[1, 2, 4])),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people say aloud: 单 and the number, which never changes."""
        return f"单{self.pk}"


class OrderStep(LoopStep):
    """One step of an order."""

    order = models.ForeignKey(Order, models.PROTECT, db_index=False, related_name="steps", verbose_name=_("order"))

    class Meta:
        verbose_name = _("step of an order")
        verbose_name_plural = _("steps of an order")
        ordering = ["order", "seq"]
        constraints = [models.UniqueConstraint(fields=["order", "seq"], name="order_step_number_once")]
        indexes = [models.Index(fields=["name", "at"], name="order_step_by_name")]

    def __str__(self) -> str:
        return f"{self.order_id} #{self.seq} {self.name}"


class OrderEvidence(LoopEvidence):
    """A photo given with a step of an order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="evidence", verbose_name=_("order"))
    step = models.ForeignKey(OrderStep, models.PROTECT, related_name="evidence", verbose_name=_("step"))

    class Meta:
        verbose_name = _("evidence of an order")
        verbose_name_plural = _("evidence of an order")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "photo", "kind"], name="order_evidence_once_per_step")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind}"


class OrderAlarm(LoopAlarm):
    """A rung of the ladder taken for an order."""

    order = models.ForeignKey(Order, models.PROTECT, db_index=False, related_name="alarms", verbose_name=_("order"))

    class Meta:
        verbose_name = _("alarm of an order")
        verbose_name_plural = _("alarms of an order")
        constraints = [
            models.UniqueConstraint(fields=["order", "rung", "deadline"], name="order_alarm_once_per_deadline")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.rung}"


class OrderRefusal(models.Model):
    """A team that has refused an order, let it lapse, or had it taken back: it is not proposed for it again."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="refusals", verbose_name=_("order"))
    team = models.ForeignKey(Team, models.PROTECT, related_name="refusals", verbose_name=_("team"))
    why = models.CharField(_("why"), max_length=20)  # declined, lapsed, recalled
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("refusal of an order")
        verbose_name_plural = _("refusals of orders")
        constraints = [models.UniqueConstraint(fields=["order", "team"], name="order_refusal_once_per_team")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.team_id}"


class Proposal(models.Model):
    """What the solver proposes for all open orders at a moment, with reasons. The centre accepts it, edits it, or lets it lapse.

    `content` holds one row for each order: the team, the reasons, the next best teams, or what is missing; `figures` the sums and
    the gain over simple rules. `versions` are the versions of the orders it was made from: a stale pair is not carried out.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    state = models.CharField(_("state"), max_length=12, default="open")  # open, carried_out, lapsed
    content = models.JSONField(_("rows"), default=list)
    figures = models.JSONField(_("figures"), default=dict)
    versions = models.JSONField(_("versions of the orders"), default=dict)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("proposal of dispatch")
        verbose_name_plural = _("proposals of dispatch")
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["state", "made_at"], name="proposal_newest")]

    def __str__(self) -> str:
        return f"{self.made_at} {self.state}"


EDIT_STATES = ("kept", "done", "replaced", "taken_back", "fell")


class DispatchEdit(models.Model):
    """What a person has decided for one order that waits: a team of his choice, or, without one, that it stays in the pool.

    It holds however often the pool is solved anew, until it is carried out (`done`), replaced, taken back, or has become
    impossible (`fell`); then `why` says why, until somebody has noted it. `instead_of` is the code of the team that was proposed.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    order = models.ForeignKey(
        Order, models.PROTECT, db_index=False, related_name="dispatch_edits", verbose_name=_("order")
    )
    team = models.ForeignKey(Team, models.PROTECT, null=True, related_name="dispatch_edits", verbose_name=_("team"))
    instead_of = models.CharField(_("team that was proposed"), max_length=30, blank=True)
    state = models.CharField(_("state"), max_length=12, default="kept")
    why = models.CharField(_("why"), max_length=40, blank=True)
    kept_at = models.DateTimeField(_("kept at"))
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("kept by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)
    noted_at = models.DateTimeField(_("noted at"), null=True)

    class Meta:
        verbose_name = _("change of a dispatch by hand")
        verbose_name_plural = _("changes of dispatch by hand")
        ordering = ["kept_at", "id"]
        indexes = [models.Index(fields=["order", "state"], name="dispatch_edit_of_order")]
        constraints = [
            models.UniqueConstraint(fields=["order"], name="dispatch_edit_kept_once", condition=Q(state="kept")),
            models.CheckConstraint(name="dispatch_edit_state_is_known", condition=Q(state__in=sorted(EDIT_STATES))),
            models.CheckConstraint(
                name="dispatch_edit_ends_when_it_ends",
                condition=Q(state="kept", ended_at=None) | (~Q(state="kept") & Q(ended_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.state}"
