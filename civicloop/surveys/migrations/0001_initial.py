import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import civicloop.kernel.ids
from civicloop.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0006_waiting"),
        ("organisation", "0003_preference"),
        ("organisation", "__first__"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="Questionnaire",
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
                        ("code", models.CharField(max_length=40, verbose_name="code")),
                        ("version", models.PositiveIntegerField(verbose_name="version")),
                        ("title", models.CharField(max_length=300, verbose_name="title")),
                        ("content", models.JSONField(verbose_name="content")),
                        ("digest", models.CharField(max_length=64, verbose_name="digest")),
                        ("loaded_at", models.DateTimeField(verbose_name="loaded at")),
                    ],
                    options={
                        "verbose_name": "questionnaire",
                        "verbose_name_plural": "questionnaires",
                        "ordering": ["code", "-version"],
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "version"), name="questionnaire_version_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Stratum",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        ("population", models.PositiveIntegerField(verbose_name="people")),
                        ("groups", models.JSONField(default=dict, verbose_name="people by group")),
                        ("wanted", models.PositiveIntegerField(verbose_name="answers wanted")),
                        ("asked", models.PositiveIntegerField(verbose_name="people to be asked")),
                        (
                            "unit",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "stratum of a survey",
                        "verbose_name_plural": "strata of a survey",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("population__gt", 0)), name="stratum_has_people")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
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
                        ("serial", models.PositiveIntegerField(verbose_name="number")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("household", "household"),
                                    ("street", "street intercept"),
                                    ("phone", "phone"),
                                    ("qr", "QR code"),
                                    ("kiosk", "kiosk"),
                                ],
                                max_length=12,
                                verbose_name="channel",
                            ),
                        ),
                        (
                            "digest",
                            models.CharField(max_length=64, null=True, unique=True, verbose_name="digest of the token"),
                        ),
                        ("most", models.PositiveIntegerField(default=1, verbose_name="answers at most")),
                        ("made_at", models.DateTimeField(verbose_name="made at")),
                        ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                        (
                            "stratum",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="surveys.stratum",
                                verbose_name="stratum",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "invitation",
                        "verbose_name_plural": "invitations",
                        "ordering": ["survey", "serial"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("most", 1),
                                    models.Q(("channel__in", ("qr", "kiosk")), ("most__gte", 1)),
                                    _connector="OR",
                                ),
                                name="invitation_is_one_answer_unless_shared",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Survey",
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
                        ("title", models.CharField(max_length=100, verbose_name="title")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("open", "under way"),
                                    ("closed", "has ended"),
                                    ("cancelled", "cancelled"),
                                ],
                                default="draft",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="first day")),
                        ("ends_on", models.DateField(verbose_name="last day")),
                        ("design", models.JSONField(default=dict, verbose_name="design")),
                        ("group", models.CharField(blank=True, max_length=40, verbose_name="weighted by")),
                        ("results", models.JSONField(null=True, verbose_name="results")),
                        ("made_at", models.DateTimeField(verbose_name="planned at")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
                        (
                            "made_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="planned by",
                            ),
                        ),
                        (
                            "questionnaire",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="surveys",
                                to="surveys.questionnaire",
                                verbose_name="questionnaire",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "survey",
                        "verbose_name_plural": "surveys",
                        "ordering": ["-starts_on", "-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["cancelled", "closed", "draft", "open"])),
                                name="survey_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="survey_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("closed_at__isnull", False), ("results__isnull", False), ("state", "closed")
                                    ),
                                    models.Q(
                                        models.Q(("state", "closed"), _negated=True),
                                        ("closed_at", None),
                                        ("results__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="survey_has_results_once_closed",
                            ),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="stratum",
                    name="survey",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="strata",
                        to="surveys.survey",
                        verbose_name="survey",
                    ),
                ),
                migrations.CreateModel(
                    name="Response",
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
                        ("place", models.PositiveIntegerField(default=1, verbose_name="number of the answer")),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("household", "household"),
                                    ("street", "street intercept"),
                                    ("phone", "phone"),
                                    ("qr", "QR code"),
                                    ("kiosk", "kiosk"),
                                ],
                                max_length=12,
                                verbose_name="channel",
                            ),
                        ),
                        ("answers", models.JSONField(verbose_name="answers")),
                        ("answered_on", models.DateField(verbose_name="answered on")),
                        (
                            "entered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="entered by",
                            ),
                        ),
                        (
                            "invitation",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responses",
                                to="surveys.invitation",
                                verbose_name="invitation",
                            ),
                        ),
                        (
                            "stratum",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responses",
                                to="surveys.stratum",
                                verbose_name="stratum",
                            ),
                        ),
                        (
                            "survey",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responses",
                                to="surveys.survey",
                                verbose_name="survey",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "answer to a survey",
                        "verbose_name_plural": "answers to a survey",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("invitation", "place"), name="response_once_per_invitation"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("place__gte", 1)), name="response_is_counted_from_one"
                            ),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="invitation",
                    name="survey",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="surveys.survey",
                        verbose_name="survey",
                    ),
                ),
                migrations.CreateModel(
                    name="DoorOpinion",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("problem", "problem"),
                                    ("suggestion", "suggestion"),
                                    ("praise", "praise"),
                                    ("question", "question"),
                                ],
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("noted", "noted"),
                                    ("case_opened", "became a case"),
                                    ("passed_on", "passed on as a suggestion"),
                                    ("answered", "answered"),
                                    ("set_aside", "set aside"),
                                ],
                                default="noted",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("words", models.TextField(verbose_name="what was said")),
                        ("address", models.CharField(blank=True, max_length=200, verbose_name="where it is about")),
                        ("lon", models.FloatField(null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(null=True, verbose_name="latitude")),
                        ("heard_on", models.DateField(verbose_name="heard on")),
                        ("noted_at", models.DateTimeField(verbose_name="noted at")),
                        ("answer", models.TextField(blank=True, verbose_name="answer or reason")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="cases.case",
                                verbose_name="case",
                            ),
                        ),
                        (
                            "noted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="noted by",
                            ),
                        ),
                        (
                            "passed_to",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="passed on to",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="community",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "opinion heard at the door",
                        "verbose_name_plural": "opinions heard at the door",
                        "ordering": ["-noted_at", "-id"],
                        "indexes": [models.Index(fields=["state", "-noted_at"], name="opinion_by_state")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["answered", "case_opened", "noted", "passed_on", "set_aside"])
                                ),
                                name="opinion_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lat", None), ("lon", None)),
                                    models.Q(("lat__isnull", False), ("lon__isnull", False)),
                                    _connector="OR",
                                ),
                                name="opinion_place_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("case__isnull", False), ("state", "case_opened")),
                                    models.Q(models.Q(("state", "case_opened"), _negated=True), ("case", None)),
                                    _connector="OR",
                                ),
                                name="opinion_that_became_a_case_has_one",
                            ),
                        ],
                    },
                ),
                migrations.AddConstraint(
                    model_name="stratum",
                    constraint=models.UniqueConstraint(fields=("survey", "name"), name="stratum_once_per_survey"),
                ),
                migrations.AddConstraint(
                    model_name="invitation",
                    constraint=models.UniqueConstraint(fields=("survey", "serial"), name="invitation_number_once"),
                ),
            ]
        )
    ]
