from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Preference(models.Model):
    """How one person likes a page or a message: theme, text size, columns, saved filters, ways of being told. Never a judgement.

    `key` says what it is about ("look", "columns.cases", "filters.cases", "notify"); what `value` holds is the business of
    whoever reads that key. Only the person reads and writes it.
    """

    person = models.ForeignKey(
        "organisation.Person", models.CASCADE, related_name="preferences", verbose_name=_("person")
    )
    key = models.CharField(_("key"), max_length=60)
    value = models.JSONField(_("value"), default=dict)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="preference_once_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"
