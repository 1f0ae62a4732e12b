"""What was handed to which channel for whom, and the robots of group chats."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

CHANNEL_LABELS = {"mail": _("mail"), "sms": _("text message"), "robot": _("robot of a group chat")}
MODE_LABELS = {
    "all": _("everything, at once"),
    "daily": _("once a day; what is urgent at once"),
    "urgent": _("only what is urgent"),
    "off": _("nothing"),
}
DELIVERY_LABELS = {"waiting": _("waits"), "sent": _("sent"), "failed": _("failed")}
FAILURE_LABELS = {
    "channel_refused": _("the gateway said no"), "channel_failed": _("the gateway could not be reached"),
    "address_not_understood": _("the address is not understood"), "no_address": _("there is no address"),
    "nothing_to_tell": _("nothing to be told any more"), "too_late": _("too late to be of use"),
    "being_sent": _("is being sent"), "being_sent_again": _("is being sent once more"),
    "outcome_unknown": _("whether it arrived is not known; it is not sent again"),
}  # fmt: skip
OUTSIDE_LABELS = {
    "event_changed": _("event changed"), "event_cancelled": _("event called off"), "shift_cancelled": _("shift called off"),
    "moved_up": _("moved up from the waiting list"), "order_accepted": _("order accepted"), "order_returned": _("order returned"),
    "order_rejected": _("order rejected"), "order_served": _("order served"), "order_cancelled": _("order cancelled"),
}  # fmt: skip


class Outgoing(models.Model):
    """A message on its way out, whoever it is for: written down before it is sent, claimed by one worker, tried again, settled.

    What one table says of receivers and matters is its own; how it waits and is sent is the same for all (`notify.gate`).
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    state = models.CharField(_("state"), max_length=10, choices=DELIVERY_LABELS, default="waiting")
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    # What the channel said, without address or key; while it is being sent, that it is.
    failure = models.CharField(_("why it failed"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def why(self) -> str:
        """Why it has not gone out, in words."""
        return str(FAILURE_LABELS.get(self.failure, self.failure))


class Robot(models.Model):
    """A robot in a unit's group chat (WeCom, DingTalk, Feishu …). Its address holds a key and is shown to nobody again."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("address"), max_length=500)
    mode = models.CharField(_("what it tells"), max_length=10, choices=MODE_LABELS, default="daily")
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("robot")
        verbose_name_plural = _("robots")
        ordering = ["unit", "name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="robot_named_once_in_a_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.name}"


class Delivery(Outgoing):
    """One message for one person through one channel, or for one robot."""

    channel = models.CharField(_("channel"), max_length=10, choices=CHANNEL_LABELS)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, db_index=False, related_name="+", verbose_name=_("person")
    )
    robot = models.ForeignKey(Robot, models.CASCADE, null=True, related_name="+", verbose_name=_("robot"))

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.CheckConstraint(
                name="delivery_is_for_somebody",
                condition=Q(person__isnull=False, robot=None) | Q(person=None, robot__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_waits_for_a_try",
                condition=Q(state="waiting", next_try_at__isnull=False) | ~Q(state="waiting"),
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["person", "channel", "made_at"], name="delivery_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Handed(models.Model):
    """A notice that is part of a delivery: through one channel nobody hears of it twice."""

    notice = models.ForeignKey(
        "loops.Notice", models.CASCADE, db_index=False, related_name="+", verbose_name=_("notice")
    )
    channel = models.CharField(_("channel"), max_length=20)
    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="handed", verbose_name=_("delivery"))

    class Meta:
        verbose_name = _("handed notice")
        verbose_name_plural = _("handed notices")
        constraints = [models.UniqueConstraint(fields=["notice", "channel"], name="handed_once_per_channel")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel}"


class OutsideMessage(Outgoing):
    """A text message to a volunteer or a requester who has no account. What it says, and the number it goes to, are read when it
    is sent: the row holds neither. `about` is the public id of the event, shift, sign-up or order.
    """

    volunteer = models.ForeignKey(
        "volunteers.Volunteer", models.CASCADE, null=True, related_name="+", verbose_name=_("volunteer")
    )
    requester = models.ForeignKey(
        "volunteers.Requester", models.CASCADE, null=True, related_name="+", verbose_name=_("requester")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=OUTSIDE_LABELS)
    about = models.UUIDField(_("concerns"))
    # The same message is made once.
    key = models.CharField(_("key"), max_length=150, unique=True)
    # After this moment it would tell nobody anything.
    useful_until = models.DateTimeField(_("useful until"))

    class Meta:
        verbose_name = _("message outside")
        verbose_name_plural = _("messages outside")
        constraints = [
            models.CheckConstraint(
                name="outside_message_is_for_somebody",
                condition=Q(volunteer__isnull=False, requester=None) | Q(volunteer=None, requester__isnull=False),
            ),
            models.CheckConstraint(
                name="outside_message_waits_for_a_try",
                condition=Q(state="waiting", next_try_at__isnull=False) | ~Q(state="waiting"),
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="outside_message_due", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
