"""Hours that were served, and certificates of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.volunteers.models.events import Shift
from civicloop.volunteers.models.orders import Order
from civicloop.volunteers.models.people import Volunteer

RECORD_LABELS: dict[str, Any] = {"valid": _("valid"), "replaced": _("replaced"), "void": _("void")}


class ServiceRecord(models.Model):
    """A time somebody served (order 67: who organises, records). Never edited: a correction is a new record that replaces it.

    `halves` counts half hours actually served between the two moments, without the way there and back and without pauses, so it
    may be less than the time between them. `title`, `content`, `place` and `in_charge` say what the national platform asks for,
    as it was then; of an order the place is the grid's community, never the address of who asked.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, db_index=False, related_name="records", verbose_name=_("volunteer")
    )
    shift = models.ForeignKey(
        Shift, models.PROTECT, null=True, related_name="records", verbose_name=_("shift")
    )  # fmt: skip
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="records", verbose_name=_("order"))
    title = models.CharField(_("activity"), max_length=100)
    content = models.CharField(_("what was done"), max_length=400, blank=True)
    place = models.CharField(_("place"), max_length=200)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("organiser"))
    in_charge = models.CharField(_("person in charge"), max_length=60, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    halves = models.PositiveSmallIntegerField(_("half hours served"))
    state = models.CharField(_("state"), max_length=10, choices=RECORD_LABELS, default="valid")
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("recorded by")
    )
    ended_at = models.DateTimeField(_("replaced or voided at"), null=True)

    class Meta:
        verbose_name = _("record of service")
        verbose_name_plural = _("records of service")
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["volunteer", "starts_at"], name="record_of_volunteer"),
            models.Index(fields=["unit", "starts_at"], name="record_of_unit", condition=Q(state="valid")),
            models.Index(fields=["starts_at"], name="record_by_day", condition=Q(state="valid")),
        ]
        constraints = [
            models.CheckConstraint(name="record_state_is_known", condition=Q(state__in=sorted(RECORD_LABELS))),
            models.CheckConstraint(name="record_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="record_has_half_an_hour", condition=Q(halves__gte=1, halves__lte=48)),
            models.CheckConstraint(name="record_is_of_one_thing", condition=Q(shift=None) | Q(order=None)),
            models.CheckConstraint(
                name="record_valid_until_it_ends",
                condition=Q(state="valid", ended_at=None) | ~Q(state="valid") & Q(ended_at__isnull=False),
            ),
            # Of two that record the same beginning, the database lets one pass.
            models.UniqueConstraint(
                fields=["volunteer", "starts_at"], name="record_begins_once", condition=Q(state="valid")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} · {self.hours} h"

    @property
    def hours(self) -> Decimal:
        """The hours served, in steps of a half."""
        return Decimal(self.halves) / 2


class CertificateCounter(models.Model):
    """The last number of a certificate in a year. Whoever wants the next one waits for this row."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("counter of certificates")
        verbose_name_plural = _("counters of certificates")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Certificate(models.Model):
    """A certificate of service (志愿服务记录证明), free of charge. What it says is frozen; it can only be revoked.

    `code` is printed on it and found again by anybody who holds it; `digest` is the SHA-256 of the content.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    year = models.PositiveSmallIntegerField(_("year of the number"))
    serial = models.PositiveIntegerField(_("serial number"))
    code = models.CharField(_("verification code"), max_length=12, unique=True)
    volunteer = models.ForeignKey(
        Volunteer, models.PROTECT, related_name="certificates", verbose_name=_("volunteer")
    )  # fmt: skip
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("issued by"))
    records = models.ManyToManyField(ServiceRecord, related_name="certificates", verbose_name=_("records of service"))
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest of the content"), max_length=64)
    halves = models.PositiveIntegerField(_("half hours served"))
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("issued by, the person")
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by")
    )
    revoke_reason = models.CharField(_("reason"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("certificate of service")
        verbose_name_plural = _("certificates of service")
        ordering = ["-year", "-serial"]
        constraints = [models.UniqueConstraint(fields=["year", "serial"], name="certificate_serial_once")]

    def __str__(self) -> str:
        return self.number

    @property
    def hours(self) -> Decimal:
        """The hours it certifies."""
        return Decimal(self.halves) / 2
