"""Events with shifts, who signs up for them, and who was there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.volunteers.models.people import Project, Volunteer
from civicloop.volunteers.models.places import PracticeSite, ServiceKind, Team

EVENT_LABELS: dict[str, Any] = {
    "draft": _("draft"), "published": _("published"), "cancelled": _("cancelled"), "finished": _("finished"),
}  # fmt: skip
SIGNUP_LABELS: dict[str, Any] = {
    "signed": _("signed up"),
    "waiting": _("on the waiting list"),
    "cancelled": _("cancelled"),
}


class Event(models.Model):
    """Something volunteers do together at a place, in one or more shifts. `starts_at` and `ends_at` are those of its shifts."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("project")
    )
    service = models.ForeignKey(
        ServiceKind, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("service")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("team")
    )  # fmt: skip
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("organiser"))
    in_charge = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person in charge")
    )
    title = models.CharField(_("title"), max_length=100)
    content = models.TextField(_("what is done"))
    place = models.CharField(_("place"), max_length=200)
    site = models.ForeignKey(
        PracticeSite, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("site")
    )
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    state = models.CharField(_("state"), max_length=12, choices=EVENT_LABELS, default="draft")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("published at"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    cancel_reason = models.CharField(_("reason"), max_length=400, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["state", "starts_at"], name="event_by_day"),
            models.Index(fields=["unit", "starts_at"], name="event_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(name="event_state_is_known", condition=Q(state__in=sorted(EVENT_LABELS))),
            models.CheckConstraint(name="event_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="event_place_is_whole", condition=Q(lon=None, lat=None) | Q(lon__isnull=False, lat__isnull=False)
            ),
            models.CheckConstraint(
                name="event_published_has_its_moment", condition=Q(state="draft") | Q(published_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Shift(models.Model):
    """A time of an event. `needed` is how many there is room for, `minimum` how few will do: a shift may lack people and still
    not be full. A shift may be called off while the others of its event take place.

    `secret` makes the code shown on site; it never leaves the server.
    """

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="shifts", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=60, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    needed = models.PositiveSmallIntegerField(_("most people"))
    minimum = models.PositiveSmallIntegerField(_("fewest people"), default=1)
    secret = models.CharField(_("secret of the code on site"), max_length=64)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    cancel_reason = models.CharField(_("reason"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(name="shift_ends_after_it_begins", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="shift_room_is_possible", condition=Q(needed__gte=1, minimum__gte=1, minimum__lte=F("needed"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.name or self.starts_at}"


class SignUp(models.Model):
    """A volunteer has signed up for a shift, or waits for room in it. `code_digest` is that of his code."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    shift = models.ForeignKey(Shift, models.PROTECT, db_index=False, related_name="signups", verbose_name=_("shift"))
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="signups", verbose_name=_("volunteer"))
    state = models.CharField(_("state"), max_length=12, choices=SIGNUP_LABELS)
    code_digest = models.CharField(_("digest of the code"), max_length=64, unique=True)
    at = models.DateTimeField(_("signed up at"))
    moved_up_at = models.DateTimeField(_("moved up at"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["id"]
        indexes = [models.Index(fields=["shift", "state", "id"], name="signup_of_shift")]
        constraints = [
            models.UniqueConstraint(
                fields=["shift", "volunteer"], name="signup_open_once", condition=Q(cancelled_at=None)
            ),
            models.CheckConstraint(
                name="signup_cancelled_has_its_moment",
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | Q(state__in=["signed", "waiting"], cancelled_at=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.shift_id} · {self.volunteer_id} {self.state}"


class Attendance(models.Model):
    """Somebody was there: by the code shown on site, or entered by the leader. No face, no track, no position."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="attendances", verbose_name=_("shift"))
    volunteer = models.ForeignKey(Volunteer, models.PROTECT, related_name="attendances", verbose_name=_("volunteer"))
    arrived_at = models.DateTimeField(_("arrived at"))
    left_at = models.DateTimeField(_("left at"), null=True)
    how = models.CharField(_("how it is known"), max_length=10)  # code, leader
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["shift", "volunteer"], name="attendance_once_per_shift"),
            models.CheckConstraint(name="attendance_is_known_somehow", condition=Q(how__in=["code", "leader"])),
            models.CheckConstraint(
                name="attendance_ends_after_it_begins", condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} · {self.volunteer_id}"
