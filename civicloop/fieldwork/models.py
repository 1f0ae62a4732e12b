"""What came back from phones, as it came, and how it stands."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.fieldwork.rules.ordering import DONE, OPEN, STATES, STOPPED

KIND_LABELS: dict[str, Any] = {
    "visit": _("visit"),
    "case": _("new case"),
    "step": _("step of a case"),
    "comment": _("comment"),
}
ENTRY_LABELS: dict[str, Any] = {
    "waiting": _("photos missing"),
    "held": _("held"),
    "applied": _("applied"),
    "refused": _("refused"),
    "needs_you": _("needs you"),
    "withdrawn": _("withdrawn"),
}


class Entry(models.Model):
    """One thing noted on a phone: a visit, a new case, a step or a comment. Stored before anything else is done with it.

    `uid` was made on the phone, and so was `loop_uid` where the loop is a case first seen there: it becomes the case's own uid.
    `seq` rises on the device over all loops, `after` names entries that must be applied first. `content` is what the person gave;
    what was sent before a correction stands in `earlier`. `refusal` is why it is not applied (see `refusing`), `result` what came
    of it. `noted_at` is the device's word; `clock_offset_s` are the seconds by which the server's clock was ahead of the device's.
    """

    uid = models.UUIDField(_("id made on the phone"), primary_key=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("noted by")
    )
    device = models.UUIDField(_("device"))
    kind = models.CharField(_("kind"), max_length=10, choices=KIND_LABELS)
    loop_uid = models.UUIDField(_("loop"))
    seq = models.BigIntegerField(_("number on the device"))
    after = models.JSONField(_("after"), default=list)
    # The person has said that it shall no longer wait for those before it.
    alone = models.BooleanField(_("stands alone"), default=False)
    content = models.JSONField(_("content"))
    digest = models.CharField(_("digest"), max_length=64)
    revision = models.PositiveSmallIntegerField(_("corrections"), default=0)
    earlier = models.JSONField(_("sent before"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=ENTRY_LABELS, default="held")
    refusal = models.JSONField(_("refusal"), null=True)
    result = models.JSONField(_("result"), default=dict)
    noted_at = models.DateTimeField(_("noted on the device at"))
    clock_offset_s = models.FloatField(_("offset of the device's clock (s)"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True)
    fixed_at = models.DateTimeField(_("position taken at"), null=True)
    received_at = models.DateTimeField(_("received at"))
    applied_at = models.DateTimeField(_("applied at"), null=True)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("entry of a phone")
        verbose_name_plural = _("entries of phones")
        ordering = ["received_at", "uid"]
        constraints = [
            models.CheckConstraint(name="entry_state_is_known", condition=Q(state__in=sorted(STATES))),
            models.CheckConstraint(name="entry_kind_is_known", condition=Q(kind__in=sorted(KIND_LABELS))),
            models.CheckConstraint(
                name="entry_applied_has_its_moment",
                condition=Q(state="applied", applied_at__isnull=False, refusal=None)
                | (~Q(state="applied") & Q(applied_at=None)),
            ),
            models.CheckConstraint(
                name="entry_stopped_says_why", condition=~Q(state__in=sorted(STOPPED)) | Q(refusal__isnull=False)
            ),
            models.CheckConstraint(
                name="entry_place_is_whole",
                condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-changed_at", "uid"], name="entry_of_person"),
            models.Index(fields=["by", "seq"], name="entry_not_settled", condition=~Q(state__in=sorted(DONE))),
            models.Index(fields=["received_at"], name="entry_still_open", condition=Q(state__in=sorted(OPEN))),
            models.Index(fields=["loop_uid"], name="entry_of_loop"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"


class EntryPhoto(models.Model):
    """A photo an entry needs, by the SHA-256 of its bytes, and when it was first seen to be here.

    `told` is what the device knew when it was taken: kind, noted_at, lon, lat, accuracy_m.
    """

    entry = models.ForeignKey(
        Entry, models.CASCADE, db_index=False, related_name="photos", verbose_name=_("entry of a phone")
    )
    place = models.PositiveSmallIntegerField(_("number"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"), null=True)
    told = models.JSONField(_("details"), default=dict)
    arrived_at = models.DateTimeField(_("arrived at"), null=True)

    class Meta:
        verbose_name = _("photo of an entry")
        verbose_name_plural = _("photos of an entry")
        ordering = ["entry", "place"]
        constraints = [models.UniqueConstraint(fields=["entry", "sha256"], name="entry_photo_once")]
        indexes = [
            models.Index(fields=["sha256"], name="entry_photo_awaited", condition=Q(arrived_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} · {self.entry_id}"
