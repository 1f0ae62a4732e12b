"""Rows of the ledger. No foreign keys: the history must never hinder, or follow, the deletion of what it is about."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerLine(models.Model):
    """One verb that happened to one object, bound by hash to the line before it of the same object."""

    kind = models.CharField(_("kind of object"), max_length=40)
    uid = models.UUIDField(_("object"))
    seq = models.PositiveIntegerField(_("line number"))
    verb = models.CharField(_("verb"), max_length=60)
    by = models.UUIDField(_("person"), null=True)
    at = models.DateTimeField(_("at"))
    data = models.JSONField(_("details"), default=dict)
    previous = models.CharField(_("hash before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("ledger line")
        verbose_name_plural = _("ledger lines")
        constraints = [models.UniqueConstraint(fields=["kind", "uid", "seq"], name="ledger_one_line_per_place")]
        indexes = [models.Index(fields=["by", "at"], name="ledger_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid} #{self.seq} {self.verb}"


class LedgerSeal(models.Model):
    """A day's seal: the digest of all chain heads, bound to the seal before it. The heads themselves are in the exported file."""

    day = models.DateField(_("day"), unique=True)
    sealed_at = models.DateTimeField(_("sealed at"))
    heads = models.PositiveBigIntegerField(_("number of chains"))
    digest = models.CharField(_("digest of the heads"), max_length=64)
    previous = models.CharField(_("seal before"), max_length=64, blank=True)
    seal = models.CharField(_("seal"), max_length=64)

    class Meta:
        verbose_name = _("ledger seal")
        verbose_name_plural = _("ledger seals")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.seal[:12]}"
