from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid
from civicloop.organisation.rules.roles import Role

ROLE_LABELS: dict[str, Any] = {
    Role.REPORTER: _("reporter"),
    Role.FILER: _("filer"),
    Role.DISPATCHER: _("dispatcher"),
    Role.UNIT_HANDLER: _("unit handler"),
    Role.UNIT_LEADER: _("unit leader"),
    Role.VERIFIER: _("verifier"),
    Role.SUPERVISOR: _("supervisor"),
    Role.AUDITOR: _("auditor"),
    Role.SYSTEM_ADMIN: _("system administrator"),
    Role.SECURITY_ADMIN: _("security administrator"),
    Role.AUDIT_ADMIN: _("audit administrator"),
    Role.SPONSOR: _("sponsor leader"),
    Role.GRID_WORKER: _("grid worker"),
    Role.INSPECTOR: _("inspector"),
    Role.ORDER_DESK: _("order desk of the volunteer centre"),
}


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the name they log in with."""


class Person(AbstractBaseUser):
    """Somebody who acts in the campaign. Phone and mail are masked wherever they are not needed."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    username = models.CharField(_("user name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    initials = models.CharField(_("pinyin initials"), max_length=60, blank=True, db_index=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("since"), null=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class Appointment(models.Model):
    """A person has a role in a unit, or for a grid, area or point of that unit, for a period. Ended ones stay as history."""

    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=ROLE_LABELS)
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="appointments", verbose_name=_("unit"))
    grid = models.ForeignKey("organisation.Grid", models.PROTECT, null=True, blank=True, verbose_name=_("grid"))
    duty_grid = models.ForeignKey(
        "organisation.DutyGrid", models.PROTECT, null=True, blank=True, verbose_name=_("duty grid")
    )
    area = models.ForeignKey("organisation.Area", models.PROTECT, null=True, blank=True, verbose_name=_("area"))
    point = models.ForeignKey("organisation.Point", models.PROTECT, null=True, blank=True, verbose_name=_("point"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_it_starts",
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.UniqueConstraint(
                fields=["person", "role", "unit", "grid", "duty_grid", "area", "point", "starts_on"],
                name="appointment_made_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_role_display()} · {self.unit}"


class ApiToken(models.Model):
    """A bearer token of a person. Only its digest is kept: the token itself is shown once, when it is made."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(_("digest"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.person} · {self.name}"
