"""A picture is kept once, under the SHA-256 of its bytes."""

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
