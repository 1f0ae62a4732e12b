import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import civicloop.kernel.ids
import civicloop.volunteers.rules.lifecycle
from civicloop.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0003_preference"),
        ("organisation", "__first__"),
        ("photos", "0001_initial"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Requester",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "uid",
                            models.UUIDField(
                                default=civicloop.kernel.ids.new_uid,
                                editable=False,
                                unique=True,
                                verbose_name="public id",
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=60, verbose_name="name")),
                        ("phone", models.CharField(blank=True, db_index=True, max_length=30, verbose_name="phone")),
                        ("consent_at", models.DateTimeField(null=True, verbose_name="consent given at")),
                        ("anonymised_at", models.DateTimeField(null=True, verbose_name="anonymised at")),
                    ],
                    options={
                        "verbose_name": "requester",
                        "verbose_name_plural": "requesters",
                    },
                ),
                migrations.CreateModel(
                    name="ServiceKind",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "uid",
                            models.UUIDField(
                                default=civicloop.kernel.ids.new_uid,
                                editable=False,
                                unique=True,
                                verbose_name="public id",
                            ),
                        ),
                        ("code", models.CharField(max_length=30, unique=True, verbose_name="code")),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        ("group", models.CharField(blank=True, max_length=40, verbose_name="group")),
                        ("description", models.TextField(blank=True, verbose_name="what is done")),
                        ("minutes", models.PositiveIntegerField(default=60, verbose_name="usual minutes")),
                        ("people", models.PositiveSmallIntegerField(default=1, verbose_name="people needed")),
                        ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                        (
                            "ended_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="taken from the menu at"),
                        ),
                    ],
                    options={
                        "verbose_name": "service on the menu",
                        "verbose_name_plural": "services on the menu",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Skill",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=30, unique=True, verbose_name="code")),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        ("needs_licence", models.BooleanField(default=False, verbose_name="needs a licence")),
                    ],
                    options={
                        "verbose_name": "skill",
                        "verbose_name_plural": "skills",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Order",
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
                                    (civicloop.volunteers.rules.lifecycle.OrderState["DRAFT"], "draft"),
                                    (civicloop.volunteers.rules.lifecycle.OrderState["SUBMITTED"], "waits for review"),
                                    (
                                        civicloop.volunteers.rules.lifecycle.OrderState["RETURNED"],
                                        "returned to the requester",
                                    ),
                                    (civicloop.volunteers.rules.lifecycle.OrderState["REJECTED"], "rejected"),
                                    (civicloop.volunteers.rules.lifecycle.OrderState["POOLED"], "waits for a team"),
                                    (civicloop.volunteers.rules.lifecycle.OrderState["ASSIGNED"], "offered to a team"),
                                    (
                                        civicloop.volunteers.rules.lifecycle.OrderState["ACCEPTED"],
                                        "accepted by the team",
                                    ),
                                    (civicloop.volunteers.rules.lifecycle.OrderState["SERVING"], "being served"),
                                    (
                                        civicloop.volunteers.rules.lifecycle.OrderState["SERVED"],
                                        "served, waits for rating",
                                    ),
                                    (civicloop.volunteers.rules.lifecycle.OrderState["RATED"], "rated"),
                                    (civicloop.volunteers.rules.lifecycle.OrderState["ARCHIVED"], "archived"),
                                    (civicloop.volunteers.rules.lifecycle.OrderState["CANCELLED"], "cancelled"),
                                ],
                                default=civicloop.volunteers.rules.lifecycle.OrderState["DRAFT"],
                                max_length=20,
                                verbose_name="state",
                            ),
                        ),
                        ("description", models.TextField(blank=True, verbose_name="what is wanted")),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("portal", "portal"),
                                    ("desk", "desk"),
                                    ("hotline", "hotline 12345"),
                                    ("visit", "call at the door"),
                                    ("api", "API"),
                                ],
                                default="desk",
                                max_length=20,
                                verbose_name="source",
                            ),
                        ),
                        (
                            "external_key",
                            models.CharField(max_length=100, null=True, unique=True, verbose_name="key of the source"),
                        ),
                        (
                            "code_digest",
                            models.CharField(
                                blank=True, db_index=True, max_length=64, verbose_name="digest of the code"
                            ),
                        ),
                        ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                        ("weight", models.PositiveSmallIntegerField(default=1, verbose_name="weight")),
                        ("people", models.PositiveSmallIntegerField(default=1, verbose_name="people needed")),
                        ("minutes", models.PositiveIntegerField(default=60, verbose_name="expected minutes")),
                        ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                        ("lon", models.FloatField(null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(null=True, verbose_name="latitude")),
                        ("wanted_from", models.DateTimeField(null=True, verbose_name="wanted from")),
                        ("wanted_to", models.DateTimeField(null=True, verbose_name="wanted until")),
                        ("submitted_at", models.DateTimeField(null=True, verbose_name="submitted at")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="approved at")),
                        ("assigned_at", models.DateTimeField(null=True, verbose_name="offered at")),
                        ("accepted_at", models.DateTimeField(null=True, verbose_name="accepted at")),
                        ("begun_at", models.DateTimeField(null=True, verbose_name="begun at")),
                        ("served_at", models.DateTimeField(null=True, verbose_name="served at")),
                        ("rated_at", models.DateTimeField(null=True, verbose_name="rated at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        ("score", models.PositiveSmallIntegerField(null=True, verbose_name="score, 1 to 5")),
                        ("rated_by_time", models.BooleanField(default=False, verbose_name="rated by lapse of time")),
                        ("as_asked", models.BooleanField(null=True, verbose_name="what was asked for")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
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
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="entered by",
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
                            "requester",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to="volunteers.requester",
                                verbose_name="requester",
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="orders",
                                to="volunteers.servicekind",
                                verbose_name="service",
                            ),
                        ),
                        (
                            "skills",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="volunteers.skill", verbose_name="more skills needed"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "order",
                        "verbose_name_plural": "orders",
                        "ordering": ["-created_at", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None)),
                                fields=["state", "act_by", "id"],
                                name="order_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("ended_at", None)),
                                fields=["owner", "act_by", "id"],
                                name="order_of_owner",
                            ),
                            models.Index(fields=["-created_at", "-id"], name="order_newest"),
                            models.Index(
                                condition=models.Q(("alarm_at__isnull", False)), fields=["alarm_at"], name="order_alarm"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            civicloop.volunteers.rules.lifecycle.OrderState["ACCEPTED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["ARCHIVED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["ASSIGNED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["CANCELLED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["DRAFT"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["POOLED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["RATED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["REJECTED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["RETURNED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["SERVED"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["SERVING"],
                                            civicloop.volunteers.rules.lifecycle.OrderState["SUBMITTED"],
                                        ],
                                    )
                                ),
                                name="order_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None),
                                        (
                                            "state__in",
                                            [
                                                civicloop.volunteers.rules.lifecycle.OrderState["ACCEPTED"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["ASSIGNED"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["DRAFT"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["POOLED"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["RATED"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["RETURNED"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["SERVED"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["SERVING"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["SUBMITTED"],
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        (
                                            "state__in",
                                            [
                                                civicloop.volunteers.rules.lifecycle.OrderState["ARCHIVED"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["CANCELLED"],
                                                civicloop.volunteers.rules.lifecycle.OrderState["REJECTED"],
                                            ],
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="order_ends_when_it_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lat", None), ("lon", None)),
                                    models.Q(("lat__isnull", False), ("lon__isnull", False)),
                                    _connector="OR",
                                ),
                                name="order_place_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("score", None), models.Q(("score__gte", 1), ("score__lte", 5)), _connector="OR"
                                ),
                                name="order_score_is_1_to_5",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("weight__in", [1, 2, 4])), name="order_weight_is_known"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrderStep",
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
                            "order",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="volunteers.order",
                                verbose_name="order",
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
                        "verbose_name": "step of an order",
                        "verbose_name_plural": "steps of an order",
                        "ordering": ["order", "seq"],
                        "indexes": [models.Index(fields=["name", "at"], name="order_step_by_name")],
                        "constraints": [
                            models.UniqueConstraint(fields=("order", "seq"), name="order_step_number_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OrderEvidence",
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
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evidence",
                                to="volunteers.order",
                                verbose_name="order",
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
                                to="volunteers.orderstep",
                                verbose_name="step",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "evidence of an order",
                        "verbose_name_plural": "evidence of an order",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("step", "photo", "kind"), name="order_evidence_once_per_step"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PracticeSite",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "uid",
                            models.UUIDField(
                                default=civicloop.kernel.ids.new_uid,
                                editable=False,
                                unique=True,
                                verbose_name="public id",
                            ),
                        ),
                        ("code", models.CharField(max_length=30, unique=True, verbose_name="code")),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("centre", "centre"),
                                    ("institute", "institute"),
                                    ("station", "station"),
                                    ("position_post", "position post"),
                                    ("practice_post", "practice post"),
                                ],
                                max_length=20,
                                verbose_name="level",
                            ),
                        ),
                        ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                        ("lon", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                        ("opening", models.CharField(blank=True, max_length=200, verbose_name="opening hours")),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "parent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="below",
                                to="volunteers.practicesite",
                                verbose_name="site above",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="kept by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "practice site",
                        "verbose_name_plural": "practice sites",
                        "ordering": ["code"],
                        "indexes": [models.Index(fields=["level", "active"], name="site_by_level")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lat", None), ("lon", None)),
                                    models.Q(("lat__isnull", False), ("lon__isnull", False)),
                                    _connector="OR",
                                ),
                                name="site_place_is_whole",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Proposal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "uid",
                            models.UUIDField(
                                default=civicloop.kernel.ids.new_uid,
                                editable=False,
                                unique=True,
                                verbose_name="public id",
                            ),
                        ),
                        ("made_at", models.DateTimeField(verbose_name="made at")),
                        ("state", models.CharField(default="open", max_length=12, verbose_name="state")),
                        ("content", models.JSONField(default=list, verbose_name="rows")),
                        ("figures", models.JSONField(default=dict, verbose_name="figures")),
                        ("versions", models.JSONField(default=dict, verbose_name="versions of the orders")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="asked by",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="decided by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "proposal of dispatch",
                        "verbose_name_plural": "proposals of dispatch",
                        "ordering": ["-made_at"],
                    },
                ),
                migrations.AddField(
                    model_name="servicekind",
                    name="skills",
                    field=models.ManyToManyField(
                        blank=True, related_name="services", to="volunteers.skill", verbose_name="skills needed"
                    ),
                ),
                migrations.CreateModel(
                    name="Team",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("lon", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                        ("radius_m", models.PositiveIntegerField(default=5000, verbose_name="goes as far as (m)")),
                        ("capacity", models.PositiveSmallIntegerField(default=3, verbose_name="orders at a time")),
                        ("slots", models.JSONField(blank=True, default=list, verbose_name="weekly times")),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "areas",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="organisation.unit", verbose_name="serves in"
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="teams",
                                to="volunteers.practicesite",
                                verbose_name="site",
                            ),
                        ),
                        (
                            "skills",
                            models.ManyToManyField(
                                blank=True, related_name="teams", to="volunteers.skill", verbose_name="skills"
                            ),
                        ),
                        (
                            "unit",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="volunteer_team",
                                to="organisation.unit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "volunteer team",
                        "verbose_name_plural": "volunteer teams",
                        "ordering": ["unit__code"],
                    },
                ),
                migrations.CreateModel(
                    name="OrderRefusal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("why", models.CharField(max_length=20, verbose_name="why")),
                        ("reason", models.TextField(blank=True, verbose_name="reason")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "order",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refusals",
                                to="volunteers.order",
                                verbose_name="order",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="refusals",
                                to="volunteers.team",
                                verbose_name="team",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "refusal of an order",
                        "verbose_name_plural": "refusals of orders",
                        "constraints": [
                            models.UniqueConstraint(fields=("order", "team"), name="order_refusal_once_per_team")
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="order",
                    name="team",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="volunteers.team",
                        verbose_name="team",
                    ),
                ),
                migrations.CreateModel(
                    name="OrderAlarm",
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
                            "order",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alarms",
                                to="volunteers.order",
                                verbose_name="order",
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
                        "verbose_name": "alarm of an order",
                        "verbose_name_plural": "alarms of an order",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("order", "rung", "deadline"), name="order_alarm_once_per_deadline"
                            )
                        ],
                    },
                ),
                migrations.AddIndex(
                    model_name="order",
                    index=models.Index(
                        condition=models.Q(("team__isnull", False)), fields=["team", "state"], name="order_of_team"
                    ),
                ),
            ]
        )
    ]
