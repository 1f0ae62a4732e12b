"""Papers, their files, the editable texts, and the counters of numbers."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid


class PaperState(models.TextChoices):
    """Where a paper stands. Files are offered in READY and ISSUED; an issued paper never changes again."""

    DRAFT = "draft", _("asked for")
    BUILDING = "building", _("being written")
    READY = "ready", _("written")
    ISSUED = "issued", _("issued")
    FAILED = "failed", _("could not be written")


class Paper(models.Model):
    """A paper: what was asked, what it says (`data`, the neutral form, frozen), and its number once it is issued.

    `digest` is the SHA-256 of `data` (of the file, for a workbook). Files carry the digest they were written from, and only those
    of the present one are offered.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20)
    title = models.CharField(_("title"), max_length=200, blank=True)
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, related_name="+", verbose_name=_("unit it is about")
    )
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="papers", verbose_name=_("case"))
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    as_of = models.DateTimeField(_("figures as of"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by")
    )
    state = models.CharField(_("state"), max_length=10, choices=PaperState.choices, default=PaperState.DRAFT)
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    failure = models.JSONField(_("why it could not be written"), default=dict, blank=True)
    # What was typed for this paper, and what else its kind understands.
    texts = models.JSONField(_("texts"), default=dict, blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    data = models.JSONField(_("content"), default=dict, blank=True)
    digest = models.CharField(_("digest of the content"), max_length=64, blank=True)
    head = models.CharField(_("sign of the issuer"), max_length=40, blank=True)
    year = models.PositiveSmallIntegerField(_("year of the number"), null=True)
    serial = models.PositiveIntegerField(_("serial number"), null=True)
    number = models.CharField(_("number"), max_length=80, blank=True)
    issued_at = models.DateTimeField(_("issued at"), null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("issued by")
    )

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["kind", "-id"], name="paper_kind"),
            models.Index(fields=["state"], name="paper_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["head", "year", "serial"], name="paper_number_given_once"),
            models.CheckConstraint(name="paper_period_in_order", condition=Q(end__gte=models.F("start"))),
            models.CheckConstraint(name="paper_progress_is_a_share", condition=Q(progress__lte=100)),
            models.CheckConstraint(
                name="paper_is_issued_whole",
                condition=(Q(state="issued") & Q(issued_at__isnull=False) & ~Q(digest=""))
                | (~Q(state="issued") & Q(issued_at=None, number="", serial=None)),
            ),
            models.CheckConstraint(
                name="paper_number_has_its_parts",
                condition=Q(number="", serial=None, year=None) | (~Q(number="") & Q(serial__gte=1, year__gte=1949)),
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title or self.kind


class PaperFile(models.Model):
    """A file of a paper, whole under the SHA-256 of its bytes before this row exists."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="files", verbose_name=_("paper"))
    form = models.CharField(_("form"), max_length=5, choices={"docx": "DOCX", "pdf": "PDF", "xlsx": "XLSX"})
    digest = models.CharField(_("digest of the content it was written from"), max_length=64)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("file of a paper")
        verbose_name_plural = _("files of papers")
        constraints = [
            models.UniqueConstraint(fields=["paper", "form", "digest"], name="paper_file_once_for_each_content"),
            models.CheckConstraint(name="paper_file_is_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.name


class TextBlock(models.Model):
    """The office's own wording of one text of a kind of paper, instead of the default."""

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=60)
    text = models.TextField(_("text"), blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )
    changed_at = models.DateTimeField(_("changed at"))
    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)

    class Meta:
        verbose_name = _("text block")
        verbose_name_plural = _("text blocks")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="text_block_once_for_each_key")]

    def __str__(self) -> str:
        return f"{self.kind}.{self.key}"


class Counter(models.Model):
    """The last number an issuer has given in a year. Its row is locked while the next one is given, so none is left out."""

    head = models.CharField(_("sign of the issuer"), max_length=40)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("counter of numbers")
        verbose_name_plural = _("counters of numbers")
        constraints = [models.UniqueConstraint(fields=["head", "year"], name="counter_once_for_each_head_and_year")]

    def __str__(self) -> str:
        return f"{self.head}〔{self.year}〕{self.last}"


class Export(models.Model):
    """A list taken home as a workbook: what was asked, by whom, how far it is. It holds what the asker may see when it is written.

    The file goes when its time is over (`expires_at`); the row stays and says that it was made.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=30)
    # What the list was narrowed by, as its address has it.
    query = models.TextField(_("filters"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(_("state"), max_length=10, choices=PaperState.choices, default=PaperState.DRAFT)
    rows = models.PositiveIntegerField(_("rows written"), default=0)
    whole = models.PositiveIntegerField(_("rows in all"), null=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    failure = models.JSONField(_("why it could not be written"), default=dict, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    expires_at = models.DateTimeField(_("file kept until"), null=True, db_index=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        indexes = [models.Index(fields=["asked_by", "-id"], name="export_of_person")]
        constraints = [
            models.CheckConstraint(
                name="export_ready_has_a_file",
                condition=~Q(state="ready") | (~Q(sha256="") & Q(expires_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
