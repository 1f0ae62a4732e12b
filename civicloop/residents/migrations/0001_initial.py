import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import civicloop.kernel.ids
import civicloop.residents.rules.lifecycle
from civicloop.tables import CreateTogether


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0006_waiting"),
        ("organisation", "0003_preference"),
        ("organisation", "__first__"),
        ("photos", "0001_initial"),
        ("standards", "0002_inspection"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="MineLink",
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
                        ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
                        ("contact_key", models.CharField(max_length=64, verbose_name="key of the contact")),
                        ("made_at", models.DateTimeField(verbose_name="made at")),
                        ("expires_at", models.DateTimeField(verbose_name="ends at")),
                        ("used_at", models.DateTimeField(null=True, verbose_name="used at")),
                    ],
                    options={
                        "verbose_name": "link to reports",
                        "verbose_name_plural": "links to reports",
                        "indexes": [models.Index(fields=["contact_key", "made_at"], name="mine_link_of_contact")],
                    },
                ),
                migrations.CreateModel(
                    name="Plate",
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
                        ("code", models.CharField(max_length=10, unique=True, verbose_name="code")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("point", "inspection point"), ("shop", "shop-front")],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="name")),
                        ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                        ("lon", models.FloatField(null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(null=True, verbose_name="latitude")),
                        ("active", models.BooleanField(default=True, verbose_name="in use")),
                        ("made_at", models.DateTimeField(verbose_name="made at")),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="made by",
                            ),
                        ),
                        (
                            "point",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plates",
                                to="organisation.point",
                                verbose_name="point",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "plate",
                        "verbose_name_plural": "plates",
                        "ordering": ["name", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lat", None), ("lon", None)),
                                    models.Q(("lat__isnull", False), ("lon__isnull", False)),
                                    _connector="OR",
                                ),
                                name="plate_place_is_whole",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("active", True), ("point__isnull", False)),
                                fields=("point",),
                                name="plate_one_in_use_for_a_point",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Report",
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
                            "code_digest",
                            models.CharField(max_length=64, unique=True, verbose_name="digest of the code"),
                        ),
                        ("key", models.CharField(max_length=64, unique=True, verbose_name="key of the sender")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "waits for a moderator"),
                                    ("entered", "entered"),
                                    ("refused", "not taken up"),
                                ],
                                default="waiting",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("held_for", models.JSONField(default=list, verbose_name="why it waits")),
                        ("content", models.JSONField(default=dict, verbose_name="what was typed")),
                        (
                            "sender_key",
                            models.CharField(blank=True, max_length=64, verbose_name="key of the sender's address"),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="received at")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                        ("refusal", models.CharField(blank=True, max_length=400, verbose_name="reason of the refusal")),
                        (
                            "case",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="resident_reports",
                                to="cases.case",
                                verbose_name="case",
                            ),
                        ),
                        (
                            "category",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="standards.category",
                                verbose_name="category",
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
                        (
                            "plate",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="residents.plate",
                                verbose_name="plate",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "report of a resident",
                        "verbose_name_plural": "reports of residents",
                        "ordering": ["-received_at", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["received_at", "id"],
                                name="report_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("sender_key", ""), _negated=True),
                                fields=["sender_key", "received_at"],
                                name="report_of_sender",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["entered", "refused", "waiting"])),
                                name="report_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("case__isnull", False), ("state", "entered")),
                                    models.Q(models.Q(("state", "entered"), _negated=True), ("case", None)),
                                    _connector="OR",
                                ),
                                name="report_entered_has_a_case",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "refused"), _negated=True),
                                    models.Q(("refusal", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="report_refused_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Feedback",
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
                        ("closed_at", models.DateTimeField(verbose_name="closed at")),
                        ("asked_at", models.DateTimeField(verbose_name="asked at")),
                        (
                            "grade",
                            models.PositiveSmallIntegerField(
                                choices=[(4, "satisfied"), (3, "mostly satisfied"), (2, "so-so"), (1, "not satisfied")],
                                null=True,
                                verbose_name="how content",
                            ),
                        ),
                        ("note", models.TextField(blank=True, verbose_name="remark")),
                        ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="feedback",
                                to="residents.report",
                                verbose_name="report",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "feedback",
                        "verbose_name_plural": "feedbacks",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("report", "closed_at"), name="feedback_asked_once_per_closing"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answered_at", None), ("grade", None)),
                                    models.Q(("answered_at__isnull", False), ("grade__in", [1, 2, 3, 4])),
                                    _connector="OR",
                                ),
                                name="feedback_grade_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Reporter",
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
                        ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                        ("email", models.CharField(blank=True, max_length=254, verbose_name="mail")),
                        (
                            "phone_key",
                            models.CharField(blank=True, db_index=True, max_length=64, verbose_name="key of the phone"),
                        ),
                        (
                            "email_key",
                            models.CharField(blank=True, db_index=True, max_length=64, verbose_name="key of the mail"),
                        ),
                        ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
                        ("consent_at", models.DateTimeField(null=True, verbose_name="consent given at")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        ("anonymised_at", models.DateTimeField(null=True, verbose_name="anonymised at")),
                    ],
                    options={
                        "verbose_name": "reporter",
                        "verbose_name_plural": "reporters",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("anonymised_at", None)),
                                fields=["created_at"],
                                name="reporter_known",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("email", ""), ("phone", "")),
                                    ("consent_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="reporter_contact_needs_consent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("anonymised_at", None),
                                    models.Q(
                                        ("email", ""), ("email_key", ""), ("name", ""), ("phone", ""), ("phone_key", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="reporter_anonymised_is_nobody",
                            ),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="report",
                    name="reporter",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="residents.reporter",
                        verbose_name="reporter",
                    ),
                ),
                migrations.CreateModel(
                    name="ReopenRequest",
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
                        ("reason", models.TextField(verbose_name="reason")),
                        ("asked_at", models.DateTimeField(verbose_name="asked at")),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "waits"), ("granted", "granted"), ("refused", "refused")],
                                default="waiting",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                        ("answer", models.TextField(blank=True, verbose_name="answer")),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reopen_requests",
                                to="cases.case",
                                verbose_name="case",
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
                        (
                            "reporter",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="residents.reporter",
                                verbose_name="reporter",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "request to reopen",
                        "verbose_name_plural": "requests to reopen",
                        "ordering": ["asked_at"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "waiting")),
                                fields=("case",),
                                name="reopen_one_waiting_for_a_case",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["granted", "refused", "waiting"])),
                                name="reopen_state_is_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Following",
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
                            "code_digest",
                            models.CharField(max_length=64, unique=True, verbose_name="digest of the code"),
                        ),
                        ("key", models.CharField(max_length=64, unique=True, verbose_name="key of the sender")),
                        ("since", models.DateTimeField(verbose_name="since")),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followings",
                                to="cases.case",
                                verbose_name="case",
                            ),
                        ),
                        (
                            "reporter",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followings",
                                to="residents.reporter",
                                verbose_name="reporter",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "following",
                        "verbose_name_plural": "followings",
                    },
                ),
                migrations.CreateModel(
                    name="Complaint",
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
                                    (civicloop.residents.rules.lifecycle.ComplaintState["SUBMITTED"], "submitted"),
                                    (civicloop.residents.rules.lifecycle.ComplaintState["ACCEPTED"], "taken up"),
                                    (civicloop.residents.rules.lifecycle.ComplaintState["ANSWERED"], "answered"),
                                    (civicloop.residents.rules.lifecycle.ComplaintState["CLOSED"], "finished"),
                                ],
                                default=civicloop.residents.rules.lifecycle.ComplaintState["SUBMITTED"],
                                max_length=20,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("complaint", "complaint"), ("suggestion", "suggestion for the platform")],
                                default="complaint",
                                max_length=12,
                                verbose_name="kind",
                            ),
                        ),
                        ("text", models.TextField(verbose_name="text")),
                        (
                            "code_digest",
                            models.CharField(max_length=64, unique=True, verbose_name="digest of the code"),
                        ),
                        ("key", models.CharField(max_length=64, unique=True, verbose_name="key of the sender")),
                        ("answer", models.TextField(blank=True, verbose_name="answer")),
                        (
                            "sender_key",
                            models.CharField(blank=True, max_length=64, verbose_name="key of the sender's address"),
                        ),
                        ("submitted_at", models.DateTimeField(verbose_name="submitted at")),
                        ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        (
                            "about",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="about",
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
                            "reporter",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="complaints",
                                to="residents.reporter",
                                verbose_name="reporter",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "complaint about the platform",
                        "verbose_name_plural": "complaints about the platform",
                        "ordering": ["-submitted_at", "-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("ended_at", None)),
                                fields=["state", "act_by", "id"],
                                name="complaint_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("alarm_at__isnull", False)),
                                fields=["alarm_at"],
                                name="complaint_alarm",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            civicloop.residents.rules.lifecycle.ComplaintState["ACCEPTED"],
                                            civicloop.residents.rules.lifecycle.ComplaintState["ANSWERED"],
                                            civicloop.residents.rules.lifecycle.ComplaintState["CLOSED"],
                                            civicloop.residents.rules.lifecycle.ComplaintState["SUBMITTED"],
                                        ],
                                    )
                                ),
                                name="complaint_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at", None),
                                        (
                                            "state__in",
                                            [
                                                civicloop.residents.rules.lifecycle.ComplaintState["ACCEPTED"],
                                                civicloop.residents.rules.lifecycle.ComplaintState["ANSWERED"],
                                                civicloop.residents.rules.lifecycle.ComplaintState["SUBMITTED"],
                                            ],
                                        ),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("state__in", [civicloop.residents.rules.lifecycle.ComplaintState["CLOSED"]]),
                                    ),
                                    _connector="OR",
                                ),
                                name="complaint_ends_when_it_ends",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["answered", "closed"]), _negated=True),
                                    models.Q(("answer", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="complaint_answered_has_an_answer",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportPhoto",
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
                                choices=[("waiting", "not looked at"), ("accepted", "looked at"), ("hidden", "hidden")],
                                default="waiting",
                                max_length=10,
                                verbose_name="state",
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
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="residents.report",
                                verbose_name="report",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "photo of a report",
                        "verbose_name_plural": "photos of reports",
                        "ordering": ["id"],
                        "constraints": [models.UniqueConstraint(fields=("report", "photo"), name="report_photo_once")],
                    },
                ),
                migrations.CreateModel(
                    name="ResidentMessage",
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
                            "channel",
                            models.CharField(
                                choices=[("mail", "mail"), ("sms", "text message")],
                                max_length=10,
                                verbose_name="channel",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("mine", "link to all reports"),
                                    ("satisfaction", "question how content one is"),
                                ],
                                max_length=20,
                                verbose_name="kind",
                            ),
                        ),
                        ("data", models.JSONField(default=dict, verbose_name="details")),
                        ("key", models.CharField(max_length=80, unique=True, verbose_name="key")),
                        ("made_at", models.DateTimeField(verbose_name="made at")),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "waits"), ("sent", "sent"), ("failed", "failed")],
                                default="waiting",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                        ("next_try_at", models.DateTimeField(null=True, verbose_name="next try at")),
                        ("failure", models.CharField(blank=True, max_length=200, verbose_name="why it failed")),
                        (
                            "reporter",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="messages",
                                to="residents.reporter",
                                verbose_name="reporter",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "message to a resident",
                        "verbose_name_plural": "messages to residents",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "waiting")),
                                fields=["next_try_at"],
                                name="resident_message_due",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Block",
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
                                choices=[("address", "network address"), ("contact", "contact"), ("word", "word")],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        ("key", models.CharField(max_length=64, verbose_name="key or word")),
                        ("reason", models.CharField(max_length=200, verbose_name="reason")),
                        ("at", models.DateTimeField(verbose_name="at")),
                        ("until", models.DateTimeField(verbose_name="until")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "block of senders",
                        "verbose_name_plural": "blocks",
                        "ordering": ["-at"],
                        "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="block_once_per_key")],
                    },
                ),
                migrations.CreateModel(
                    name="ComplaintAlarm",
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
                            "complaint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="alarms",
                                to="residents.complaint",
                                verbose_name="complaint about the platform",
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
                        "verbose_name": "alarm of a complaint",
                        "verbose_name_plural": "alarms of a complaint",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("complaint", "rung", "deadline"), name="complaint_alarm_once_per_deadline"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ComplaintStep",
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
                            "complaint",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="residents.complaint",
                                verbose_name="complaint about the platform",
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
                        "verbose_name": "step of a complaint",
                        "verbose_name_plural": "steps of a complaint",
                        "ordering": ["complaint", "seq"],
                        "constraints": [
                            models.UniqueConstraint(fields=("complaint", "seq"), name="complaint_step_number_once")
                        ],
                    },
                ),
            ]
        )
    ]
