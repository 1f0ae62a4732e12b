"""Who speaks to us without an account, how they are reached, and who may not for a time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid

CHANNEL_LABELS = {"mail": _("mail"), "sms": _("text message")}
MESSAGE_LABELS = {"mine": _("link to all reports"), "satisfaction": _("question how content one is")}
SENDING_LABELS = {"waiting": _("waits"), "sent": _("sent"), "failed": _("failed")}
BLOCK_LABELS = {"address": _("network address"), "contact": _("contact"), "word": _("word")}


class Reporter(models.Model):
    """Who reported, if he said how to reach him. Personal data stands here only, and is taken away when its time is over.

    `phone_key` and `email_key` are keyed digests: reports of one contact are found by them, and nothing is read from them.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.CharField(_("mail"), max_length=254, blank=True)
    phone_key = models.CharField(_("key of the phone"), max_length=64, blank=True, db_index=True)
    email_key = models.CharField(_("key of the mail"), max_length=64, blank=True, db_index=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    consent_at = models.DateTimeField(_("consent given at"), null=True)
    created_at = models.DateTimeField(_("created at"))
    anonymised_at = models.DateTimeField(_("anonymised at"), null=True)

    class Meta:
        verbose_name = _("reporter")
        verbose_name_plural = _("reporters")
        constraints = [
            models.CheckConstraint(
                name="reporter_contact_needs_consent", condition=Q(phone="", email="") | Q(consent_at__isnull=False)
            ),
            models.CheckConstraint(
                name="reporter_anonymised_is_nobody",
                condition=Q(anonymised_at=None) | Q(name="", phone="", email="", phone_key="", email_key=""),
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="reporter_known", condition=Q(anonymised_at=None)),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class MineLink(models.Model):
    """A link to all reports of one contact: opened once, within its time. Only its digest is kept."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    contact_key = models.CharField(_("key of the contact"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("ends at"))
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("link to reports")
        verbose_name_plural = _("links to reports")
        indexes = [models.Index(fields=["contact_key", "made_at"], name="mine_link_of_contact")]

    def __str__(self) -> str:
        return str(self.uid)


class ResidentMessage(models.Model):
    """Something to be sent to a reporter's phone or mail. What it says is put together when it is sent; `data` holds no secret."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    reporter = models.ForeignKey(Reporter, models.CASCADE, related_name="messages", verbose_name=_("reporter"))
    channel = models.CharField(_("channel"), max_length=10, choices=CHANNEL_LABELS)
    kind = models.CharField(_("kind"), max_length=20, choices=MESSAGE_LABELS)
    data = models.JSONField(_("details"), default=dict)
    # The same message is made once.
    key = models.CharField(_("key"), max_length=80, unique=True)
    made_at = models.DateTimeField(_("made at"))
    state = models.CharField(_("state"), max_length=10, choices=SENDING_LABELS, default="waiting")
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try at"), null=True)
    failure = models.CharField(_("why it failed"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message to a resident")
        verbose_name_plural = _("messages to residents")
        indexes = [models.Index(fields=["next_try_at"], name="resident_message_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Block(models.Model):
    """What makes a report wait for a moderator: a network address or contact (as a keyed digest), or a word. It ends by itself."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=BLOCK_LABELS)
    key = models.CharField(_("key or word"), max_length=64)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("block of senders")
        verbose_name_plural = _("blocks")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="block_once_per_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.until:%Y-%m-%d}"
