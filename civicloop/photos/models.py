"""A picture is kept once, under the SHA-256 of its bytes; a voice note once for each who sent it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.photos.rules.address import ledger_uid


class Photo(models.Model):
    """An original picture. The original stays private; what others see is a copy without EXIF."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    media_type = models.CharField(_("media type"), max_length=30)
    size = models.PositiveBigIntegerField(_("bytes"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    received_at = models.DateTimeField(_("received at"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="photos", verbose_name=_("sent by")
    )
    # Whoever has sent the same bytes later; and whether somebody without an account has.
    also_sent_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("also sent by"))
    from_outside = models.BooleanField(_("also sent from outside"), default=False)
    # What the picture itself says; missing is normal, since browsers strip it.
    taken_at = models.DateTimeField(_("taken at"), null=True)
    taken_lon = models.FloatField(_("longitude"), null=True)
    taken_lat = models.FloatField(_("latitude"), null=True)
    exif = models.JSONField(_("EXIF"), default=dict)
    # 64-bit perceptual hashes as signed integers.
    phash = models.BigIntegerField(_("perceptual hash"), null=True, db_index=True)
    dhash = models.BigIntegerField(_("difference hash"), null=True)
    # From then on only the small copy is here: the original was taken away because its time was over.
    reduced_at = models.DateTimeField(_("reduced at"), null=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.CheckConstraint(
                name="photo_has_an_extent", condition=models.Q(width__gt=0, height__gt=0, size__gt=0)
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def uid(self) -> UUID:
        """The object the ledger knows this picture as."""
        return ledger_uid(self.sha256)


class VoiceNote(models.Model):
    """A recording somebody has spoken: one row for each who sent these bytes, one file for all of them.

    The row outlives the recording: steps name it, and its hash stays provable.
    """

    sha256 = models.CharField(_("SHA-256"), max_length=64)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("sent by")
    )
    media_type = models.CharField(_("media type"), max_length=30)
    size = models.PositiveBigIntegerField(_("bytes"))
    seconds = models.FloatField(_("length (s)"), null=True)
    received_at = models.DateTimeField(_("received at"))
    # From then on the recording is gone: its time was over.
    removed_at = models.DateTimeField(_("removed at"), null=True)

    class Meta:
        verbose_name = _("voice note")
        verbose_name_plural = _("voice notes")
        constraints = [
            models.UniqueConstraint(fields=["sha256", "sent_by"], name="voice_once_per_sender"),
            models.CheckConstraint(name="voice_has_a_size", condition=models.Q(size__gt=0)),
        ]
        indexes = [
            models.Index(fields=["received_at"], name="voice_kept", condition=models.Q(removed_at=None)),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class VoiceEvidence(models.Model):
    """A voice note that belongs to step `seq` of a loop of any kind, named as the ledger names it."""

    voice = models.ForeignKey(VoiceNote, models.PROTECT, related_name="shown", verbose_name=_("voice note"))
    loop_kind = models.CharField(_("kind of loop"), max_length=20)
    loop_uid = models.UUIDField(_("loop"))
    seq = models.PositiveIntegerField(_("number of the step"))
    noted_at = models.DateTimeField(_("spoken at, by the device"), null=True)

    class Meta:
        verbose_name = _("voice note of a step")
        verbose_name_plural = _("voice notes of a step")
        constraints = [
            models.UniqueConstraint(fields=["loop_uid", "seq", "voice"], name="voice_once_per_step"),
        ]

    def __str__(self) -> str:
        return f"{self.loop_uid} #{self.seq}"
