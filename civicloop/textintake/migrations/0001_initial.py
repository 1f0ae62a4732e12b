import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import civicloop.kernel.ids
from civicloop.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0006_waiting"),
        ("organisation", "__first__"),
        ("standards", "0002_inspection"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Suggestion",
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
                        ("intake", models.UUIDField(db_index=True, editable=False, verbose_name="text")),
                        ("seq", models.PositiveSmallIntegerField(verbose_name="part")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        (
                            "door",
                            models.CharField(
                                choices=[("desk", "desk"), ("api", "API")], max_length=10, verbose_name="door"
                            ),
                        ),
                        ("text", models.TextField(verbose_name="text, masked")),
                        ("suggested", models.JSONField(verbose_name="suggested")),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("open", "not yet decided"),
                                    ("filed", "reported as a case"),
                                    ("dropped", "not a case"),
                                ],
                                default="open",
                                max_length=10,
                                verbose_name="outcome",
                            ),
                        ),
                        ("rank", models.PositiveSmallIntegerField(null=True, verbose_name="rank of the choice")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                        (
                            "by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="given by",
                            ),
                        ),
                        (
                            "case",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="suggestion",
                                to="cases.case",
                                verbose_name="case",
                            ),
                        ),
                        (
                            "chosen",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="standards.category",
                                verbose_name="chosen category",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "suggestion",
                        "verbose_name_plural": "suggestions",
                        "ordering": ["intake", "seq"],
                        "indexes": [
                            models.Index(fields=["by", "-id"], name="suggestion_of_person"),
                            models.Index(
                                condition=models.Q(("outcome", "filed")), fields=["decided_at"], name="suggestion_filed"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("intake", "seq"), name="suggestion_part_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("case__isnull", False),
                                        ("chosen__isnull", False),
                                        ("decided_at__isnull", False),
                                        ("outcome", "filed"),
                                        ("rank__isnull", False),
                                    ),
                                    models.Q(
                                        ("case", None),
                                        ("chosen", None),
                                        ("decided_at__isnull", False),
                                        ("outcome", "dropped"),
                                        ("rank", None),
                                    ),
                                    models.Q(
                                        ("case", None),
                                        ("chosen", None),
                                        ("decided_at", None),
                                        ("outcome", "open"),
                                        ("rank", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="suggestion_filed_has_case_and_choice",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TextModel",
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
                        ("trained_at", models.DateTimeField(verbose_name="trained at")),
                        ("cases", models.PositiveIntegerField(verbose_name="closed cases")),
                        ("texts", models.PositiveIntegerField(verbose_name="different wordings")),
                        ("held", models.PositiveIntegerField(verbose_name="wordings held back")),
                        ("top1", models.FloatField(verbose_name="right at first")),
                        ("top3", models.FloatField(verbose_name="among the first three")),
                        ("per_category", models.JSONField(default=list, verbose_name="by category")),
                        ("roads", models.JSONField(default=dict, verbose_name="roads")),
                        ("weights", models.BinaryField(verbose_name="weights")),
                        ("sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the weights")),
                        (
                            "trained_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="trained by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "text model",
                        "verbose_name_plural": "text models",
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("top1__gte", 0), ("top1__lte", models.F("top3")), ("top3__lte", 1)),
                                name="text_model_rates_are_rates",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("held__lte", models.F("texts"))),
                                name="text_model_holds_back_what_it_has",
                            ),
                        ],
                    },
                ),
            ]
        )
    ]
