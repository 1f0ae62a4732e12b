from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from civicloop.cases.models.lists import CaseQuerySet
from civicloop.cases.rules.lifecycle import ENDED, OPEN, State
from civicloop.loops.models import Loop
from civicloop.organisation.models.places import CLASS_LABELS

STATE_LABELS: dict[str, Any] = {
    State.REPORTED: _("reported"),
    State.FILED: _("filed"),
    State.DISPATCHED: _("dispatched"),
    State.ACCEPTED: _("accepted"),
    State.RECTIFIED: _("rectified"),
    State.VERIFIED: _("verified"),
    State.CLOSED: _("closed"),
    State.SUSPENDED: _("suspended"),
    State.VOIDED: _("voided"),
    State.MERGED: _("merged"),
}
SOURCE_LABELS = {
    "patrol": _("patrol"),
    "inspection": _("inspection"),
    "resident": _("resident"),
    "hotline": _("hotline 12345"),
    "meeting": _("meeting"),
    "import": _("import"),
    "other": _("other"),
}


class Case(Loop):
    """A problem that one unit must put right within a time.

    `unit` is the responsible unit, known from dispatch on; `owner` is who must act now, known always.
    """

    state = models.CharField(_("state"), max_length=20, choices=STATE_LABELS, default=State.REPORTED)
    category = models.ForeignKey(
        "standards.Category", models.PROTECT, db_index=False, related_name="+", verbose_name=_("category")
    )
    condition = models.ForeignKey(
        "standards.FilingCondition",
        models.PROTECT,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("filing condition"),
    )
    description = models.TextField(_("what is wrong"), blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=SOURCE_LABELS, default="patrol")
    external_key = models.CharField(_("key of the source"), max_length=100, null=True, unique=True)
    urgent = models.BooleanField(_("urgent"), default=False)

    address = models.CharField(_("place"), max_length=200, blank=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    given_lon = models.FloatField(_("longitude as given"), null=True)
    given_lat = models.FloatField(_("latitude as given"), null=True)
    datum = models.CharField(_("datum it arrived in"), max_length=10, default="wgs84")
    tile_key = models.BigIntegerField(_("tile key"), null=True)
    grid = models.ForeignKey(
        "organisation.Grid", models.PROTECT, db_index=False, null=True, related_name="+", verbose_name=_("grid")
    )
    point = models.ForeignKey(
        "organisation.Point", models.PROTECT, db_index=False, null=True, related_name="+", verbose_name=_("point")
    )
    area_class = models.CharField(_("area class"), max_length=1, choices=CLASS_LABELS, default="B")

    unit = models.ForeignKey(
        "organisation.Unit",
        models.PROTECT,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name=_("responsible unit"),
    )
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("reporter")
    )
    # When the problem was seen; `received_at` is when the server got it. Rules use received_at, lists show reported_at.
    reported_at = models.DateTimeField(_("reported at"))
    received_at = models.DateTimeField(_("received at"))
    filed_at = models.DateTimeField(_("filed at"), null=True)
    dispatched_at = models.DateTimeField(_("dispatched at"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    rectified_at = models.DateTimeField(_("rectified at"), null=True)
    verified_at = models.DateTimeField(_("verified at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    returned_count = models.PositiveSmallIntegerField(_("times returned"), default=0)
    sent_back_count = models.PositiveSmallIntegerField(_("times sent back"), default=0)
    reopened_count = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    supervised = models.BooleanField(_("supervised"), default=False)
    # A granted appeal: lateness is not counted against the unit. The times themselves stay as they were.
    excused = models.BooleanField(_("excused"), default=False)

    recurrence_of = models.ForeignKey(
        "self", models.PROTECT, db_index=False, null=True, related_name="recurrences", verbose_name=_("recurrence of")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, db_index=False, null=True, related_name="merged", verbose_name=_("merged into")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, db_index=False, null=True, related_name="parts", verbose_name=_("parent case")
    )
    proposal = models.JSONField(_("proposed unit"), null=True)
    # The `act_by` for which the counts of the map count the case as overdue; other than `act_by` (or none): not yet.
    late_for = models.DateTimeField(_("counted as overdue for"), null=True, editable=False)
    # Bigrams of number, place, category and text (kernel.text.search_tokens): what Chinese search looks into.
    search = models.TextField(_("search words"), blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(name="case_state_is_known", condition=Q(state__in=sorted(State))),
            models.CheckConstraint(
                name="case_has_unit_and_due_once_dispatched",
                condition=~Q(state__in=["dispatched", "accepted", "rectified", "verified", "closed", "suspended"])
                | Q(unit__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_open_acts_by_a_time_ended_has_ended",
                condition=Q(state__in=sorted(OPEN), act_by__isnull=False, ended_at=None)
                | Q(state__in=sorted(ENDED), act_by=None, ended_at__isnull=False, alarm_at=None),
            ),
            models.CheckConstraint(
                name="case_place_is_whole",
                condition=Q(lon=None, lat=None, tile_key=None)
                | Q(lon__isnull=False, lat__isnull=False, tile_key__isnull=False),
            ),
            models.CheckConstraint(
                name="case_merged_names_its_main_case", condition=~Q(state="merged") | Q(merged_into__isnull=False)
            ),
            models.CheckConstraint(
                name="case_closed_has_a_time", condition=~Q(state="closed") | Q(closed_at__isnull=False)
            ),
        ]
        # Foreign keys have no index of their own where one of these begins with them: each costs every report of a problem.
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="case_newest"),
            models.Index(fields=["state", "-reported_at", "-id"], name="case_state_newest"),
            models.Index(fields=["-reported_at", "-id"], name="case_open_newest", condition=Q(ended_at=None)),
            models.Index(fields=["category", "-reported_at", "-id"], name="case_category_newest"),
            models.Index(fields=["category", "tile_key"], name="case_category_place"),
            # With the time of report: what lies near is asked for by both, and read from the index alone.
            models.Index(fields=["tile_key", "reported_at"], name="case_place"),
            models.Index(fields=["tile_key"], name="case_open_place", condition=Q(ended_at=None)),
            models.Index(fields=["unit", "-reported_at", "-id"], name="case_unit_newest"),
            # What the world may see is chosen by its source: Open311 reads the newest thousand, and counts, from this.
            models.Index(fields=["source", "-reported_at", "-id"], name="case_source_newest"),
            models.Index(fields=["grid", "-reported_at", "-id"], name="case_grid_newest"),
            # Holds all that the numbers of Today are counted from: they are read from the index alone. `ended_at` is always empty
            # here; SQLite asks for it all the same.
            models.Index(
                fields=["owner", "act_by", "id", "state", "sent_back_count", "returned_count", "ended_at"],
                name="case_desk",
                condition=Q(ended_at=None),
            ),
            models.Index(
                fields=["rectified_at", "unit"], name="case_rectified", condition=Q(rectified_at__isnull=False)
            ),
            # Closings of some days ago, whose reporters are asked how content they are: every ten minutes.
            models.Index(fields=["closed_at"], name="case_closed", condition=Q(closed_at__isnull=False)),
            # What was filed, dispatched and ended in a period, beside what was closed: else a month is counted from all years.
            models.Index(fields=["filed_at"], name="case_filed", condition=Q(filed_at__isnull=False)),
            models.Index(fields=["dispatched_at"], name="case_dispatched", condition=Q(dispatched_at__isnull=False)),
            models.Index(fields=["ended_at"], name="case_ended", condition=Q(ended_at__isnull=False)),
            models.Index(fields=["act_by", "id"], name="case_act_by", condition=Q(ended_at=None)),
            # The inbox of a desk of the city: one state, the most pressing first.
            models.Index(fields=["state", "act_by", "id"], name="case_waiting", condition=Q(ended_at=None)),
            models.Index(fields=["due_at", "id"], name="case_due"),
            models.Index(fields=["point", "id"], name="case_point", condition=Q(point__isnull=False)),
            models.Index(fields=["recurrence_of"], name="case_recurrence", condition=Q(recurrence_of__isnull=False)),
            models.Index(fields=["merged_into"], name="case_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["parent"], name="case_part", condition=Q(parent__isnull=False)),
            models.Index(fields=["alarm_at"], name="case_alarm", condition=Q(alarm_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.address}"

    @property
    def number(self) -> str:
        """The number people say aloud."""
        return f"A{self.pk:06d}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN


class CaseReach(models.Model):
    """Which units a case reaches: its owner, its responsible unit, the reporter's unit, whistled units, and all above them.

    One row per unit makes "the newest cases my unit may see" a walk along one index, however many cases there are.
    """

    case = models.ForeignKey(Case, models.CASCADE, db_index=False, related_name="reach", verbose_name=_("case"))
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, db_index=False, related_name="+", verbose_name=_("unit")
    )
    reported_at = models.DateTimeField(_("reported at"))

    class Meta:
        verbose_name = _("reach")
        verbose_name_plural = _("reaches")
        constraints = [models.UniqueConstraint(fields=["case", "unit"], name="reach_once_per_unit")]
        indexes = [models.Index(fields=["unit", "-reported_at", "-case"], name="reach_newest")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.unit_id}"
