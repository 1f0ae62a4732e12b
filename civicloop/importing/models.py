"""Files that were given to the import page: what they are, what was judged of them, what came in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.importing.rules.mapping import KINDS
from civicloop.kernel.ids import new_uid

KIND_LABELS = {"units": _("units"), "grids": _("unit grids"), "points": _("points"), "cases": _("cases")}
UPLOAD_LABELS = {
    "received": _("columns to be chosen"),
    "judging": _("being judged"),
    "judged": _("judged, nothing written"),
    "bringing": _("being brought in"),
    "done": _("brought in"),
    "failed": _("could not be used"),
}
RUNNING = frozenset({"judging", "bringing"})
STILL_AFTER = timedelta(minutes=15)
"""A job ends or is taken up anew within minutes (jobs/port.py): after this time there is none."""


class Upload(models.Model):
    """A file on its way in. It is judged first, the database included, without writing anything; then somebody says yes."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=KIND_LABELS)
    name = models.CharField(_("name of the file"), max_length=120)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("brought by")
    )
    asked_at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=10, choices=UPLOAD_LABELS, default="received")
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    # When it was last set going or taken up by a worker: a file that is worked on for too long is worked on by nobody.
    begun_at = models.DateTimeField(_("last begun"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("rows read"), default=0)
    tally = models.JSONField(_("sums"), default=dict, blank=True)
    # The first findings for the page; all of them stand in the report.
    findings = models.JSONField(_("findings"), default=list, blank=True)
    report = models.CharField(_("SHA-256 of the report"), max_length=64, blank=True)
    failure = models.JSONField(_("why it could not be used"), default=dict, blank=True)

    class Meta:
        verbose_name = _("uploaded file")
        verbose_name_plural = _("uploaded files")
        indexes = [models.Index(fields=["asked_by", "-id"], name="upload_of_person")]
        constraints = [models.CheckConstraint(name="upload_kind_is_known", condition=Q(kind__in=sorted(KINDS)))]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def stands_still(self, at: datetime) -> bool:
        """Whether it is to be worked on, and nobody does any more: its worker is gone for good."""
        return self.state in RUNNING and at - (self.begun_at or self.asked_at) > STILL_AFTER
