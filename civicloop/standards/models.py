"""What of the packs is kept in rows, because offices edit it: limits, texts, questions and parameters are data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.organisation.models.places import CLASS_LABELS

LIMIT_UNIT_LABELS = {
    "urgent_hour": _("urgent hours"),
    "work_hour": _("working hours"),
    "work_day": _("working days"),
    "natural_day": _("natural days"),
}
DATATYPES = ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
# Who answers a question: a person; nobody, since it only says something; a program by itself (Open311's `automated`).
PART_LABELS = {
    "asked": _("asked of people"),
    "notice": _("only says something"),
    "server_set": _("filled in by programs"),
    "hidden_field": _("sent by programs, hidden"),
}


class Pack(models.Model):
    """A standard pack that has been loaded."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    edition = models.CharField(_("edition"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    digest = models.CharField(_("digest"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded at"))
    # The parts that no office edits row by row: point types, checklists, indicators, crosswalk.
    content = models.JSONField(_("content"), default=dict)

    class Meta:
        verbose_name = _("standard pack")
        verbose_name_plural = _("standard packs")

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """One state of a pack that was loaded once, kept for ever: it rules the rounds planned with it, whatever is loaded later."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    pack = models.ForeignKey(Pack, models.PROTECT, related_name="editions", verbose_name=_("pack"))
    name = models.CharField(_("edition"), max_length=40)
    digest = models.CharField(_("digest"), max_length=64)
    content = models.JSONField(_("content"))
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["pack", "-loaded_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["pack", "digest"], name="edition_kept_once")]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.name}"


class Category(models.Model):
    """A kind of problem: a management matter or component of a code list."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    pack = models.ForeignKey(Pack, models.PROTECT, related_name="categories", verbose_name=_("pack"))
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=20)
    major = models.CharField(_("major class"), max_length=60, blank=True)
    line = models.CharField(_("responsible line"), max_length=40, blank=True)
    needs_report_photo = models.BooleanField(_("report needs a photo"), default=False)
    needs_rectify_photo = models.BooleanField(_("rectification needs a photo"), default=True)
    # Empty where the city's own parameters hold.
    radius_m = models.PositiveIntegerField(_("same place within (m)"), null=True, blank=True)
    duplicate_days = models.PositiveIntegerField(_("duplicate within (days)"), null=True, blank=True)
    recurrence_days = models.PositiveIntegerField(_("recurrence within (days)"), null=True, blank=True)
    hints = models.JSONField(_("hints"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["pack", "kind", "code"], name="category_code_once_in_a_pack")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language; Chinese where there is no other."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class FilingCondition(models.Model):
    """When a problem of a category is filed, and when it may be closed. Each has its own limits."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="conditions", verbose_name=_("category"))
    code = models.CharField(_("code"), max_length=20)
    text = models.CharField(_("filing condition"), max_length=300)
    closing = models.CharField(_("closing condition"), max_length=300, blank=True)
    sure = models.CharField(_("how sure"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("filing condition")
        verbose_name_plural = _("filing conditions")
        ordering = ["category", "code"]
        constraints = [models.UniqueConstraint(fields=["category", "code"], name="condition_code_once_in_a_category")]

    def __str__(self) -> str:
        return self.text


class LimitRow(models.Model):
    """The time a unit has under one condition in areas of one class. Offices edit it; the ledger keeps each change."""

    condition = models.ForeignKey(
        FilingCondition, models.CASCADE, related_name="limits", verbose_name=_("filing condition")
    )
    area_class = models.CharField(_("area class"), max_length=1, choices=CLASS_LABELS)
    amount = models.DecimalField(_("amount"), max_digits=8, decimal_places=2)
    unit = models.CharField(_("unit of time"), max_length=15, choices=LIMIT_UNIT_LABELS)

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        constraints = [
            models.UniqueConstraint(fields=["condition", "area_class"], name="limit_once_per_condition_and_class"),
            models.CheckConstraint(name="limit_is_positive", condition=models.Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.area_class} {self.amount} {self.get_unit_display()}"


class Question(models.Model):
    """An extra question a category asks; datatypes are those of Open311."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="questions", verbose_name=_("category"))
    code = models.CharField(_("code"), max_length=40)
    text = models.CharField(_("question"), max_length=200)
    text_en = models.CharField(_("question in English"), max_length=200, blank=True)
    datatype = models.CharField(_("datatype"), max_length=20, choices=[(kind, kind) for kind in DATATYPES])
    required = models.BooleanField(_("required"), default=False)
    values = models.JSONField(
        _("values"), default=list, blank=True
    )  # [{"key": "1", "name": "左侧", "name_en": "left"}]
    order = models.PositiveIntegerField(_("order"), default=1)
    part = models.CharField(_("who answers"), max_length=12, choices=PART_LABELS, default="asked")
    hint = models.CharField(_("how to answer"), max_length=200, blank=True)
    hint_en = models.CharField(_("how to answer, in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["category", "order"]
        constraints = [
            models.UniqueConstraint(fields=["category", "code"], name="question_code_once_in_a_category"),
            models.CheckConstraint(
                name="question_notice_needs_no_answer", condition=~models.Q(part="notice") | models.Q(required=False)
            ),
        ]

    def __str__(self) -> str:
        return self.text


class StandardText(models.Model):
    """An editable standard text for a state (or step) and, where given, one category."""

    category = models.ForeignKey(
        Category, models.CASCADE, null=True, blank=True, related_name="texts", verbose_name=_("category")
    )
    state = models.CharField(_("state"), max_length=20)
    code = models.CharField(_("code"), max_length=40)
    title = models.CharField(_("title"), max_length=60, blank=True)
    title_en = models.CharField(_("title in English"), max_length=60, blank=True)
    # May hold {number}, {category}, {place}, {unit} and {due}, filled in by the door that shows it.
    text = models.TextField(_("text"))
    text_en = models.TextField(_("text in English"), blank=True)

    class Meta:
        verbose_name = _("standard text")
        verbose_name_plural = _("standard texts")
        constraints = [
            models.UniqueConstraint(
                fields=["category", "state", "code"], name="text_code_once_per_category_and_state", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Parameter(models.Model):
    """A number or table that a city may set: return window, stage limits, escalation ladder, whistle arrival."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    value = models.JSONField(_("value"))

    class Meta:
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")

    def __str__(self) -> str:
        return self.name
