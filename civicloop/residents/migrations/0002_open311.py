import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import civicloop.kernel.ids
from civicloop.tables import CreateTogether


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_waiting"),
        ("organisation", "__first__"),
        ("residents", "0001_initial"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Open311Key",
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
                        ("client", models.CharField(max_length=100, verbose_name="client")),
                        ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest of the key")),
                        ("jurisdiction", models.CharField(blank=True, max_length=100, verbose_name="jurisdiction")),
                        ("services", models.JSONField(blank=True, default=list, verbose_name="services it may report")),
                        ("test", models.BooleanField(default=False, verbose_name="for tests")),
                        ("per_minute", models.PositiveIntegerField(default=120, verbose_name="requests a minute")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "Open311 key",
                        "verbose_name_plural": "Open311 keys",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("per_minute__gt", 0)), name="open311_key_has_a_rate"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Open311Request",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("token", models.CharField(max_length=32, unique=True, verbose_name="token")),
                        ("sent_as", models.CharField(max_length=100, null=True, verbose_name="key of the sender")),
                        ("private", models.BooleanField(default=False, verbose_name="private")),
                        ("media_urls", models.JSONField(default=list, verbose_name="pictures elsewhere")),
                        ("sample", models.JSONField(null=True, verbose_name="sample")),
                        ("received_at", models.DateTimeField(verbose_name="received at")),
                        (
                            "key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="residents.open311key",
                                verbose_name="key",
                            ),
                        ),
                        (
                            "report",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="open311",
                                to="residents.report",
                                verbose_name="report of a resident",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "Open311 request",
                        "verbose_name_plural": "Open311 requests",
                        "constraints": [
                            models.UniqueConstraint(fields=("key", "sent_as"), name="open311_request_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("report__isnull", False), ("sample", None)),
                                    models.Q(("report", None), ("sample__isnull", False)),
                                    _connector="OR",
                                ),
                                name="open311_request_is_a_report_or_a_sample",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Open311Subscription",
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
                        ("address", models.CharField(max_length=300, verbose_name="address")),
                        ("secret", models.TextField(verbose_name="our key there, encrypted")),
                        (
                            "jurisdiction",
                            models.CharField(blank=True, max_length=100, verbose_name="jurisdiction there"),
                        ),
                        ("own_only", models.BooleanField(default=True, verbose_name="only what it reported")),
                        ("since", models.DateTimeField(verbose_name="since")),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                        (
                            "key",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="subscription",
                                to="residents.open311key",
                                verbose_name="key",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "Open311 subscription",
                        "verbose_name_plural": "Open311 subscriptions",
                    },
                ),
                migrations.CreateModel(
                    name="Open311Push",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "waiting"), ("sent", "sent"), ("failed", "failed")],
                                default="waiting",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                        ("next_try_at", models.DateTimeField(null=True, verbose_name="next try")),
                        ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                        ("failure", models.CharField(blank=True, max_length=40, verbose_name="what went wrong")),
                        (
                            "step",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="cases.casestep",
                                verbose_name="step",
                            ),
                        ),
                        (
                            "subscription",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pushes",
                                to="residents.open311subscription",
                                verbose_name="subscription",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "Open311 push",
                        "verbose_name_plural": "Open311 pushes",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["next_try_at"],
                                name="open311_push_due",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("subscription", "step"), name="open311_push_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("next_try_at__isnull", False), ("state", "waiting")),
                                    models.Q(models.Q(("state", "waiting"), _negated=True), ("next_try_at", None)),
                                    _connector="OR",
                                ),
                                name="open311_push_waits_for_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Open311Update",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("update_id", models.CharField(max_length=100, verbose_name="id of the update")),
                        ("status", models.CharField(max_length=30, verbose_name="status")),
                        ("updated_at", models.DateTimeField(verbose_name="updated at")),
                        ("media_urls", models.JSONField(default=list, verbose_name="pictures elsewhere")),
                        ("received_at", models.DateTimeField(verbose_name="received at")),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="cases.case",
                                verbose_name="case",
                            ),
                        ),
                        (
                            "key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="updates",
                                to="residents.open311key",
                                verbose_name="key",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "Open311 update",
                        "verbose_name_plural": "Open311 updates",
                        "constraints": [
                            models.UniqueConstraint(fields=("key", "update_id"), name="open311_update_once")
                        ],
                    },
                ),
            ]
        )
    ]
