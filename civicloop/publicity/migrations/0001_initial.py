import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import civicloop.kernel.ids
import civicloop.publicity.rules.display
import civicloop.publicity.rules.honour
from civicloop.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0006_waiting"),
        ("organisation", "0003_preference"),
        ("organisation", "__first__"),
        ("photos", "0002_reduced"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Display",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="number")),
                        (
                            "uid",
                            models.UUIDField(
                                default=civicloop.kernel.ids.new_uid,
                                editable=False,
                                unique=True,
                                verbose_name="public id",
                            ),
                        ),
                        ("act_by", models.DateTimeField(null=True, verbose_name="act by")),
                        ("clock", models.JSONField(null=True, verbose_name="clock")),
                        ("stage_clock", models.JSONField(null=True, verbose_name="clock of the stage")),
                        ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                        ("due_provisional", models.BooleanField(default=False, verbose_name="due time provisional")),
                        ("alarm_at", models.DateTimeField(null=True, verbose_name="next alarm")),
                        ("alarm_rung", models.PositiveSmallIntegerField(default=0, verbose_name="next rung")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    (civicloop.publicity.rules.display.DisplayState["PLANNED"], "planned"),
                                    (civicloop.publicity.rules.display.DisplayState["IN_USE"], "in use"),
                                    (civicloop.publicity.rules.display.DisplayState["BROKEN"], "broken"),
                                    (civicloop.publicity.rules.display.DisplayState["TAKEN_DOWN"], "taken down"),
                                ],
                                default=civicloop.publicity.rules.display.DisplayState["PLANNED"],
                                max_length=20,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("public_notice", "public-service notice board"),
                                    ("led", "LED screen of a shop"),
                                    ("leaflets", "leaflet stand"),
                                    ("estate_board", "notice board of an estate"),
                                    ("wall", "painted wall or hoarding"),
                                    ("other", "other display"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("code", models.CharField(max_length=30, unique=True, verbose_name="code")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("content", models.CharField(blank=True, max_length=200, verbose_name="what it shows")),
                        ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                        ("lon", models.FloatField(null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(null=True, verbose_name="latitude")),
                        ("checked_at", models.DateTimeField(null=True, verbose_name="looked at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="displays",
                                to="cases.case",
                                verbose_name="case of the fault",
                            ),
                        ),
                        (
                            "grid",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.grid",
                                verbose_name="grid",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="owner",
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="photos.photo",
                                verbose_name="photo",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "display",
                        "verbose_name_plural": "displays",
                        "ordering": ["code"],
                        "indexes": [
                            models.Index(fields=["owner", "state"], name="display_of_owner"),
                            models.Index(
                                condition=models.Q(("ended_at", None)), fields=["act_by", "id"], name="display_due"
                            ),
                            models.Index(
                                condition=models.Q(("alarm_at__isnull", False)),
                                fields=["alarm_at"],
                                name="display_alarm",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            civicloop.publicity.rules.display.DisplayState["BROKEN"],
                                            civicloop.publicity.rules.display.DisplayState["IN_USE"],
                                            civicloop.publicity.rules.display.DisplayState["PLANNED"],
                                            civicloop.publicity.rules.display.DisplayState["TAKEN_DOWN"],
                                        ],
                                    )
                                ),
                                name="display_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None),
                                        (
                                            "state__in",
                                            [
                                                civicloop.publicity.rules.display.DisplayState["BROKEN"],
                                                civicloop.publicity.rules.display.DisplayState["IN_USE"],
                                                civicloop.publicity.rules.display.DisplayState["PLANNED"],
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("state__in", [civicloop.publicity.rules.display.DisplayState["TAKEN_DOWN"]]),
                                    ),
                                    _connector="OR",
                                ),
                                name="display_ends_when_it_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lat", None), ("lon", None)),
                                    models.Q(("lat__isnull", False), ("lon__isnull", False)),
                                    _connector="OR",
                                ),
                                name="display_place_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "broken"), _negated=True),
                                    ("case__isnull", False),
                                    _connector="OR",
                                ),
                                name="broken_display_has_a_case",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DisplayAlarm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rung", models.CharField(max_length=30, verbose_name="rung")),
                        ("deadline", models.DateTimeField(verbose_name="deadline")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "display",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alarms",
                                to="publicity.display",
                                verbose_name="display",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="owner",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "alarm of a display",
                        "verbose_name_plural": "alarms of a display",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("display", "rung", "deadline"), name="display_alarm_once_per_deadline"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DisplayStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("seq", models.PositiveIntegerField(verbose_name="number")),
                        ("name", models.CharField(max_length=30, verbose_name="step")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        ("noted_at", models.DateTimeField(null=True, verbose_name="noted on the device at")),
                        ("state_before", models.CharField(max_length=20, verbose_name="state before")),
                        ("state_after", models.CharField(max_length=20, verbose_name="state after")),
                        ("note", models.TextField(blank=True, verbose_name="note")),
                        ("data", models.JSONField(default=dict, verbose_name="details")),
                        (
                            "by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="taken by",
                            ),
                        ),
                        (
                            "display",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="publicity.display",
                                verbose_name="display",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="acting unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "step of a display",
                        "verbose_name_plural": "steps of a display",
                        "ordering": ["display", "seq"],
                        "constraints": [
                            models.UniqueConstraint(fields=("display", "seq"), name="display_step_number_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DisplayEvidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=15, verbose_name="kind")),
                        ("noted_at", models.DateTimeField(null=True, verbose_name="taken at, by the device")),
                        ("lon", models.FloatField(null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(null=True, verbose_name="latitude")),
                        ("accuracy_m", models.FloatField(null=True, verbose_name="accuracy (m)")),
                        (
                            "display",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="publicity.display",
                                verbose_name="display",
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="photos.photo",
                                verbose_name="photo",
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="publicity.displaystep",
                                verbose_name="step",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "evidence of a display",
                        "verbose_name_plural": "evidence of a display",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("step", "photo", "kind"), name="display_evidence_once_per_step"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Honour",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False, verbose_name="number")),
                        (
                            "uid",
                            models.UUIDField(
                                default=civicloop.kernel.ids.new_uid,
                                editable=False,
                                unique=True,
                                verbose_name="public id",
                            ),
                        ),
                        ("act_by", models.DateTimeField(null=True, verbose_name="act by")),
                        ("clock", models.JSONField(null=True, verbose_name="clock")),
                        ("stage_clock", models.JSONField(null=True, verbose_name="clock of the stage")),
                        ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                        ("due_provisional", models.BooleanField(default=False, verbose_name="due time provisional")),
                        ("alarm_at", models.DateTimeField(null=True, verbose_name="next alarm")),
                        ("alarm_rung", models.PositiveSmallIntegerField(default=0, verbose_name="next rung")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="version")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    (civicloop.publicity.rules.honour.HonourState["APPLIED"], "applied for"),
                                    (civicloop.publicity.rules.honour.HonourState["RECOMMENDED"], "recommended"),
                                    (civicloop.publicity.rules.honour.HonourState["ON_NOTICE"], "on public notice"),
                                    (civicloop.publicity.rules.honour.HonourState["AWARDED"], "awarded"),
                                    (civicloop.publicity.rules.honour.HonourState["REVOKED"], "revoked"),
                                    (civicloop.publicity.rules.honour.HonourState["TURNED_DOWN"], "not awarded"),
                                    (civicloop.publicity.rules.honour.HonourState["WITHDRAWN"], "withdrawn"),
                                ],
                                default=civicloop.publicity.rules.honour.HonourState["APPLIED"],
                                max_length=20,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("unit", "civilised unit"),
                                    ("campus", "civilised campus"),
                                    ("village", "civilised village or town"),
                                    ("community", "civilised community"),
                                    ("family", "civilised family"),
                                    ("window", "civilised counter"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("holder", models.CharField(max_length=60, verbose_name="holder")),
                        ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                        ("grounds", models.TextField(verbose_name="what it is for")),
                        ("notice_until", models.DateField(null=True, verbose_name="on notice until")),
                        (
                            "certificate",
                            models.CharField(
                                max_length=20, null=True, unique=True, verbose_name="number of the certificate"
                            ),
                        ),
                        ("awarded_at", models.DateTimeField(null=True, verbose_name="awarded at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        (
                            "owner",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="owner",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "honour",
                        "verbose_name_plural": "honours",
                        "ordering": ["-year", "-id"],
                        "indexes": [
                            models.Index(fields=["state", "-year", "-id"], name="honour_by_state"),
                            models.Index(
                                condition=models.Q(("alarm_at__isnull", False)),
                                fields=["alarm_at"],
                                name="honour_alarm",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["turned_down", "withdrawn"]), _negated=True),
                                fields=("kind", "unit", "holder", "year"),
                                name="honour_once_a_year",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            civicloop.publicity.rules.honour.HonourState["APPLIED"],
                                            civicloop.publicity.rules.honour.HonourState["AWARDED"],
                                            civicloop.publicity.rules.honour.HonourState["ON_NOTICE"],
                                            civicloop.publicity.rules.honour.HonourState["RECOMMENDED"],
                                            civicloop.publicity.rules.honour.HonourState["REVOKED"],
                                            civicloop.publicity.rules.honour.HonourState["TURNED_DOWN"],
                                            civicloop.publicity.rules.honour.HonourState["WITHDRAWN"],
                                        ],
                                    )
                                ),
                                name="honour_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None),
                                        (
                                            "state__in",
                                            [
                                                civicloop.publicity.rules.honour.HonourState["APPLIED"],
                                                civicloop.publicity.rules.honour.HonourState["ON_NOTICE"],
                                                civicloop.publicity.rules.honour.HonourState["RECOMMENDED"],
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        (
                                            "state__in",
                                            [
                                                civicloop.publicity.rules.honour.HonourState["AWARDED"],
                                                civicloop.publicity.rules.honour.HonourState["REVOKED"],
                                                civicloop.publicity.rules.honour.HonourState["TURNED_DOWN"],
                                                civicloop.publicity.rules.honour.HonourState["WITHDRAWN"],
                                            ],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="honour_ends_when_it_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("awarded_at__isnull", False),
                                        ("certificate__isnull", False),
                                        ("state__in", ["awarded", "revoked"]),
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["awarded", "revoked"]), _negated=True),
                                        ("awarded_at", None),
                                        ("certificate", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="awarded_honour_has_a_certificate",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HonourAlarm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rung", models.CharField(max_length=30, verbose_name="rung")),
                        ("deadline", models.DateTimeField(verbose_name="deadline")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "honour",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alarms",
                                to="publicity.honour",
                                verbose_name="honour",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="owner",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "alarm of an honour",
                        "verbose_name_plural": "alarms of an honour",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("honour", "rung", "deadline"), name="honour_alarm_once_per_deadline"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HonourStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("seq", models.PositiveIntegerField(verbose_name="number")),
                        ("name", models.CharField(max_length=30, verbose_name="step")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        ("noted_at", models.DateTimeField(null=True, verbose_name="noted on the device at")),
                        ("state_before", models.CharField(max_length=20, verbose_name="state before")),
                        ("state_after", models.CharField(max_length=20, verbose_name="state after")),
                        ("note", models.TextField(blank=True, verbose_name="note")),
                        ("data", models.JSONField(default=dict, verbose_name="details")),
                        (
                            "by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="taken by",
                            ),
                        ),
                        (
                            "honour",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="publicity.honour",
                                verbose_name="honour",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="acting unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "step of an honour",
                        "verbose_name_plural": "steps of an honour",
                        "ordering": ["honour", "seq"],
                        "constraints": [
                            models.UniqueConstraint(fields=("honour", "seq"), name="honour_step_number_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HonourEvidence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("kind", models.CharField(max_length=15, verbose_name="kind")),
                        ("noted_at", models.DateTimeField(null=True, verbose_name="taken at, by the device")),
                        ("lon", models.FloatField(null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(null=True, verbose_name="latitude")),
                        ("accuracy_m", models.FloatField(null=True, verbose_name="accuracy (m)")),
                        (
                            "honour",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="publicity.honour",
                                verbose_name="honour",
                            ),
                        ),
                        (
                            "photo",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="photos.photo",
                                verbose_name="photo",
                            ),
                        ),
                        (
                            "step",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="publicity.honourstep",
                                verbose_name="step",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "evidence of an honour",
                        "verbose_name_plural": "evidence of an honour",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("step", "photo", "kind"), name="honour_evidence_once_per_step"
                            )
                        ],
                    },
                ),
            ]
        )
    ]
