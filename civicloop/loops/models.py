"""What all loops share. Each kind keeps its own tables and indexes; the engine is generic."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from civicloop.kernel.ids import new_uid


class Loop(models.Model):
    """A promise: owned at every moment by exactly one unit, due at a time, closed only by proof somebody else verified.

    `owner` must act now, by `act_by`. `clock` is the handling clock (kernel.worktime.Clock as JSON) and `due_at` its end, which
    is the promise itself; `stage_clock` runs while a desk has the loop (filing, dispatch, verification). `alarm_at` is the next
    moment at which the ladder looks at this loop, `alarm_rung` the rung it will then take. `version` counts changes.
    """

    id = models.BigAutoField(_("number"), primary_key=True)
    uid = models.UUIDField(_("public id"), default=new_uid, unique=True, editable=False)
    owner = models.ForeignKey(
        "organisation.Unit", models.PROTECT, db_index=False, related_name="+", verbose_name=_("owner")
    )
    act_by = models.DateTimeField(_("act by"), null=True)
    clock = models.JSONField(_("clock"), null=True)
    stage_clock = models.JSONField(_("clock of the stage"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    due_provisional = models.BooleanField(_("due time provisional"), default=False)
    alarm_at = models.DateTimeField(_("next alarm"), null=True)
    alarm_rung = models.PositiveSmallIntegerField(_("next rung"), default=0)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        abstract = True


class LoopStep(models.Model):
    """One step taken. Steps are never edited: a mistake is mended by another step."""

    seq = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("step"), max_length=30)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("taken by"),
    )
    # For which unit the person acted; None for the system itself.
    unit = models.ForeignKey(
        "organisation.Unit", models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("acting unit")
    )
    at = models.DateTimeField(_("at"))
    noted_at = models.DateTimeField(_("noted on the device at"), null=True)
    state_before = models.CharField(_("state before"), max_length=20)
    state_after = models.CharField(_("state after"), max_length=20)
    note = models.TextField(_("note"), blank=True)
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        abstract = True


class LoopEvidence(models.Model):
    """A photo that belongs to a step of a loop. Kinds: near, far, reference, before, after."""

    photo = models.ForeignKey("photos.Photo", models.PROTECT, related_name="+", verbose_name=_("photo"))
    kind = models.CharField(_("kind"), max_length=15)
    noted_at = models.DateTimeField(_("taken at, by the device"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    lat = models.FloatField(_("latitude"), null=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True)

    class Meta:
        abstract = True


class LoopAlarm(models.Model):
    """A rung of the ladder that was taken for one deadline of one loop; never twice."""

    rung = models.CharField(_("rung"), max_length=30)
    deadline = models.DateTimeField(_("deadline"))
    at = models.DateTimeField(_("at"))
    unit = models.ForeignKey("organisation.Unit", models.PROTECT, related_name="+", verbose_name=_("owner"))

    class Meta:
        abstract = True


class Notice(models.Model):
    """Something a person should know. `kind` and `data` hold no sentence: the page writes it in the reader's language."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=40)
    loop_kind = models.CharField(_("kind of loop"), max_length=20)
    loop_uid = models.UUIDField(_("loop"))
    data = models.JSONField(_("details"), default=dict)
    created_at = models.DateTimeField(_("created at"))
    seen_at = models.DateTimeField(_("seen at"), null=True)
    # What makes the notice once-only: the same fact told twice makes one notice.
    key = models.CharField(_("key"), max_length=120)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_told_once")]
        indexes = [models.Index(fields=["person", "seen_at", "-created_at"], name="notice_of_person")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.person_id}"


class Presence(models.Model):
    """Somebody has a loop open and works on it: a courtesy to others, not a lock. It ends by itself at `until`."""

    loop_kind = models.CharField(_("kind of loop"), max_length=20)
    loop_uid = models.UUIDField(_("loop"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+", verbose_name=_("person")
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.UniqueConstraint(fields=["loop_uid", "person"], name="presence_once_per_loop"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.loop_uid}"


class Receipt(models.Model):
    """The first answer to a request that carried a key of its sender. A replay gets it again; other content is refused."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+", verbose_name=_("person")
    )
    key = models.CharField(_("key"), max_length=100)
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.TextField(_("answer"))
    headers = models.JSONField(_("headers"), default=dict)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="receipt_one_per_key")]
        indexes = [models.Index(fields=["created_at"], name="receipt_oldest")]

    def __str__(self) -> str:
        return self.key
