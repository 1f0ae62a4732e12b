"""Visits and what was seen: one row per item, kept as the inspector sent it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.loops.models import LoopEvidence

VISIT_LABELS = {
    "planned": _("planned"),
    "waiting": _("photos missing"),
    "judged": _("judged"),
    "missed": _("not visited"),
    "replaced": _("replaced"),
}
ANSWER_LABELS = {
    "met": _("met"),
    "not_met": _("not met"),
    "not_applicable": _("not applicable"),
    "cannot_tell": _("cannot tell"),
}
SUBMISSION_LABELS = {"waiting": _("photos missing"), "applied": _("applied"), "refused": _("refused")}
DOOR_LABELS = {"api": _("API"), "desk": _("desk"), "openrosa": _("OpenRosa"), "field": _("phone")}


class Visit(models.Model):
    """One inspector at one drawn place on one day. `twin` is the visit that a double visit is compared with."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    round = models.ForeignKey("inspection.Round", models.PROTECT, related_name="visits", verbose_name=_("round"))
    drawn = models.ForeignKey("inspection.DrawnPoint", models.PROTECT, related_name="visits", verbose_name=_("drawn"))
    point = models.ForeignKey(
        "organisation.Point", models.PROTECT, null=True, related_name="visits", verbose_name=_("point")
    )
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("case"))
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="visits", verbose_name=_("inspector")
    )
    twin = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name=_("compared with"))
    day = models.DateField(_("day"))
    order = models.PositiveIntegerField(_("place in the route"), default=0)
    # {"arrive": "09:10", "leave": "09:25", "km": 1.4, "window": ["09:00", "11:30"]}; {} until routes are made
    plan = models.JSONField(_("plan"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=VISIT_LABELS, default="planned")
    started_at = models.DateTimeField(_("begun on the device at"), null=True)
    noted_at = models.DateTimeField(_("noted on the device at"), null=True)
    received_at = models.DateTimeField(_("received at"), null=True)
    judged_at = models.DateTimeField(_("judged at"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True)
    distance_m = models.FloatField(_("distance from the point (m)"), null=True)
    note = models.TextField(_("note"), blank=True)
    # The place as it was when it was judged: a point that changes its type or its unit later leaves old scores as they are.
    # Empty until judged; whoever reads falls back to the point.
    point_type = models.CharField(_("point type then"), max_length=40, blank=True)
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, db_index=False, related_name="+",
        verbose_name=_("responsible unit then"),
    )  # fmt: skip
    block = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("town then")
    )

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["day", "inspector", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["drawn", "inspector"],
                condition=~models.Q(state__in=["replaced", "missed"]) & models.Q(inspector__isnull=False),
                name="visit_one_per_inspector",
            ),
            models.CheckConstraint(
                name="judged_visit_has_its_moments",
                condition=~models.Q(state="judged")
                | (models.Q(judged_at__isnull=False) & models.Q(inspector__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["inspector", "day"], name="visit_of_inspector"),
            models.Index(fields=["round", "state"], name="visit_of_round"),
            models.Index(fields=["point", "-judged_at"], name="visit_of_point"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Submission(models.Model):
    """What a device or page sent, stored first and applied when it is whole. `uid` was made by the sender (instanceID).

    `content` is the answer sheet in the shape of `rules.answers`; `source` keeps the bytes where they were XML. `missing`
    names the photos that have not arrived: [{"name": "a.jpg", "sha256": ""}].
    """

    uid = models.UUIDField(_("id made by the sender"), primary_key=True)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="submissions", verbose_name=_("visit"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    door = models.CharField(_("door"), max_length=10, choices=DOOR_LABELS)
    digest = models.CharField(_("digest"), max_length=64)
    content = models.JSONField(_("answers"))
    source = models.TextField(_("as it came"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=SUBMISSION_LABELS)
    missing = models.JSONField(_("photos missing"), default=list)
    refusal = models.JSONField(_("refusal"), null=True)
    received_at = models.DateTimeField(_("received at"))
    applied_at = models.DateTimeField(_("applied at"), null=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["received_at"]
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(state="waiting"), name="submission_waiting"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class SubmissionPhoto(models.Model):
    """A photo that arrived for a submission under a file name. Other bytes under the same name are kept too, and flagged."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="photos", verbose_name=_("submission"))
    name = models.CharField(_("file name"), max_length=200)
    photo = models.ForeignKey("photos.Photo", models.PROTECT, related_name="+", verbose_name=_("photo"))
    received_at = models.DateTimeField(_("received at"))
    twice = models.BooleanField(_("other bytes under a name already used"), default=False)

    class Meta:
        verbose_name = _("photo of a submission")
        verbose_name_plural = _("photos of submissions")
        constraints = [
            models.UniqueConstraint(fields=["submission", "name", "photo"], name="submission_photo_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Observation(models.Model):
    """One item of the checklist judged at one place in one visit. Never edited: an appeal adds an adjustment beside it.

    `item` is empty for a fault found beside the checklist, which becomes a case and is not scored.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="observations", verbose_name=_("visit"))
    seq = models.PositiveIntegerField(_("number"))
    item = models.CharField(_("item"), max_length=40, blank=True)
    answer = models.CharField(_("answer"), max_length=15, choices=ANSWER_LABELS)
    count = models.DecimalField(_("counted"), max_digits=10, decimal_places=2, null=True)
    length_m = models.DecimalField(_("metres walked"), max_digits=8, decimal_places=1, null=True)
    note = models.TextField(_("note"), blank=True)
    commended = models.BooleanField(_("done particularly well"), default=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+", verbose_name=_("case"))
    case_known = models.BooleanField(_("the fault was open already"), default=False)

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["visit", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "seq"], name="observation_numbered_once"),
            models.UniqueConstraint(
                fields=["visit", "item"], condition=~models.Q(item=""), name="item_judged_once_in_a_visit"
            ),
            models.CheckConstraint(name="observation_answer_known", condition=models.Q(answer__in=list(ANSWER_LABELS))),
        ]
        indexes = [models.Index(fields=["case"], name="observation_of_case")]

    def __str__(self) -> str:
        return f"{self.item or '—'}: {self.answer}"


class ObservationPhoto(LoopEvidence):
    """A photo that shows what was observed."""

    observation = models.ForeignKey(Observation, models.PROTECT, related_name="photos", verbose_name=_("observation"))

    class Meta:
        verbose_name = _("photo of an observation")
        verbose_name_plural = _("photos of observations")

    def __str__(self) -> str:
        return f"{self.observation_id}: {self.kind}"
