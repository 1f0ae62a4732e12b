"""Programs that speak Open311 with us: their keys, what they sent, and what is sent to them. Nothing here names a person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.residents.models.reports import Report

PUSH_LABELS = {"waiting": _("waiting"), "sent": _("sent"), "failed": _("failed")}


class Open311Key(models.Model):
    """The key of a client. Its text is shown once, when it is made; kept is its SHA-256."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    client = models.CharField(_("client"), max_length=100)
    digest = models.CharField(_("digest of the key"), max_length=64, unique=True)
    # Its last characters, by which people tell keys apart; empty for keys of before.
    ending = models.CharField(_("last characters"), max_length=4, blank=True)
    contact = models.CharField(_("whom to ask"), max_length=200, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=100, blank=True)
    services = models.JSONField(_("services it may report"), default=list, blank=True)  # empty: all
    # A key for trying things out: what it sends is checked like any other and then forgotten.
    test = models.BooleanField(_("for tests"), default=False)
    per_minute = models.PositiveIntegerField(_("requests a minute"), default=120)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("Open311 key")
        verbose_name_plural = _("Open311 keys")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="open311_key_has_a_rate", condition=Q(per_minute__gt=0))]

    def __str__(self) -> str:
        return self.client


class Open311Request(models.Model):
    """A request that a client sent, and the report it became; with a key for tests none, and `sample` is what would be shown."""

    key = models.ForeignKey(Open311Key, models.PROTECT, related_name="requests", verbose_name=_("key"))
    token = models.CharField(_("token"), max_length=32, unique=True)
    report = models.OneToOneField(
        Report, models.PROTECT, null=True, related_name="open311", verbose_name=_("report of a resident")
    )
    # What makes a request that is sent again the same request; made by the client, null where it makes none.
    sent_as = models.CharField(_("key of the sender"), max_length=100, null=True)
    private = models.BooleanField(_("private"), default=False)
    # Addresses of pictures elsewhere, as text: nobody fetches them, and nobody publishes them.
    media_urls = models.JSONField(_("pictures elsewhere"), default=list)
    sample = models.JSONField(_("sample"), null=True)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("Open311 request")
        verbose_name_plural = _("Open311 requests")
        constraints = [
            models.UniqueConstraint(fields=["key", "sent_as"], name="open311_request_once"),
            models.CheckConstraint(
                name="open311_request_is_a_report_or_a_sample",
                condition=Q(report__isnull=False, sample=None) | Q(report=None, sample__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.token


class Open311Update(models.Model):
    """What another system told of a case. The same update sent again is the same update."""

    key = models.ForeignKey(Open311Key, models.PROTECT, related_name="updates", verbose_name=_("key"))
    update_id = models.CharField(_("id of the update"), max_length=100)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", verbose_name=_("case"))
    status = models.CharField(_("status"), max_length=30)
    updated_at = models.DateTimeField(_("updated at"))
    media_urls = models.JSONField(_("pictures elsewhere"), default=list)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("Open311 update")
        verbose_name_plural = _("Open311 updates")
        constraints = [models.UniqueConstraint(fields=["key", "update_id"], name="open311_update_once")]

    def __str__(self) -> str:
        return self.update_id


class Open311Subscription(models.Model):
    """A system that is told of steps instead of asking: the address of its Open311 server and our key there, encrypted."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    key = models.OneToOneField(Open311Key, models.PROTECT, related_name="subscription", verbose_name=_("key"))
    address = models.CharField(_("address"), max_length=300)
    secret = models.TextField(_("our key there, encrypted"))
    jurisdiction = models.CharField(_("jurisdiction there"), max_length=100, blank=True)
    # Otherwise every public case: for a system that copies all requests from here.
    own_only = models.BooleanField(_("only what it reported"), default=True)
    since = models.DateTimeField(_("since"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("Open311 subscription")
        verbose_name_plural = _("Open311 subscriptions")

    def __str__(self) -> str:
        return self.address


class Open311Push(models.Model):
    """One step told to one subscriber, once."""

    subscription = models.ForeignKey(
        Open311Subscription, models.PROTECT, db_index=False, related_name="pushes", verbose_name=_("subscription")
    )
    step = models.ForeignKey("cases.CaseStep", models.PROTECT, related_name="+", verbose_name=_("step"))
    state = models.CharField(_("state"), max_length=10, choices=PUSH_LABELS, default="waiting")
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    failure = models.CharField(_("what went wrong"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("Open311 push")
        verbose_name_plural = _("Open311 pushes")
        constraints = [
            models.UniqueConstraint(fields=["subscription", "step"], name="open311_push_once"),
            models.CheckConstraint(
                name="open311_push_waits_for_a_time",
                condition=Q(state="waiting", next_try_at__isnull=False) | Q(~Q(state="waiting"), next_try_at=None),
            ),
        ]
        indexes = [models.Index(fields=["next_try_at"], name="open311_push_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.subscription_id} ← {self.step_id}"
