from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.cases.models.case import Case
from civicloop.loops.models import LoopAlarm, LoopEvidence, LoopStep


class CaseStep(LoopStep):
    """One step of a case."""

    case = models.ForeignKey(Case, models.PROTECT, db_index=False, related_name="steps", verbose_name=_("case"))

    class Meta:
        verbose_name = _("step of a case")
        verbose_name_plural = _("steps of a case")
        ordering = ["case", "seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="case_step_number_once")]
        indexes = [models.Index(fields=["name", "at"], name="case_step_by_name")]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.seq} {self.name}"

    @property
    def by_resident(self) -> bool:
        """Taken by a resident, who has no account: the report, or what was said of a closed case. Any other step of nobody
        is the system's, or an outside party's, whom it names.
        """
        return self.by_id is None and (self.name == "report" or "resident" in self.data)


class CaseEvidence(LoopEvidence):
    """A photo given with a step of a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence", verbose_name=_("case"))
    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="evidence", verbose_name=_("step"))

    class Meta:
        verbose_name = _("evidence of a case")
        verbose_name_plural = _("evidence of a case")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["step", "photo", "kind"], name="case_evidence_once_per_step")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class CaseAlarm(LoopAlarm):
    """A rung of the ladder taken for a case."""

    case = models.ForeignKey(Case, models.PROTECT, db_index=False, related_name="alarms", verbose_name=_("case"))

    class Meta:
        verbose_name = _("alarm of a case")
        verbose_name_plural = _("alarms of a case")
        constraints = [
            models.UniqueConstraint(fields=["case", "rung", "deadline"], name="case_alarm_once_per_deadline")
        ]
        indexes = [models.Index(fields=["rung", "at"], name="case_alarm_by_rung")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.rung}"
