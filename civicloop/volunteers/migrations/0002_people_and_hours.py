import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import civicloop.kernel.ids
from civicloop.tables import CreateTogether


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_preference"),
        ("organisation", "__first__"),
        ("volunteers", "0001_initial"),
    ]

    operations = [
        CreateTogether(
            [
                migrations.CreateModel(
                    name="CertificateCounter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="year")),
                        ("last", models.PositiveIntegerField(default=0, verbose_name="last number")),
                    ],
                    options={
                        "verbose_name": "counter of certificates",
                        "verbose_name_plural": "counters of certificates",
                    },
                ),
                migrations.CreateModel(
                    name="Project",
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
                        ("description", models.TextField(blank=True, verbose_name="what it is about")),
                        ("brand", models.BooleanField(default=False, verbose_name="brand project")),
                        ("published_at", models.DateTimeField(db_index=True, null=True, verbose_name="published at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                        (
                            "service",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="projects",
                                to="volunteers.servicekind",
                                verbose_name="service",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="organiser",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "project",
                        "verbose_name_plural": "projects",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Event",
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
                        ("content", models.TextField(verbose_name="what is done")),
                        ("place", models.CharField(max_length=200, verbose_name="place")),
                        ("lon", models.FloatField(null=True, verbose_name="longitude")),
                        ("lat", models.FloatField(null=True, verbose_name="latitude")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "draft"),
                                    ("published", "published"),
                                    ("cancelled", "cancelled"),
                                    ("finished", "finished"),
                                ],
                                default="draft",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        ("starts_at", models.DateTimeField(verbose_name="starts at")),
                        ("ends_at", models.DateTimeField(verbose_name="ends at")),
                        ("created_at", models.DateTimeField(verbose_name="created at")),
                        ("published_at", models.DateTimeField(null=True, verbose_name="published at")),
                        ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled at")),
                        ("cancel_reason", models.CharField(blank=True, max_length=400, verbose_name="reason")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="finished at")),
                        (
                            "in_charge",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person in charge",
                            ),
                        ),
                        (
                            "service",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="volunteers.servicekind",
                                verbose_name="service",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="volunteers.practicesite",
                                verbose_name="site",
                            ),
                        ),
                        (
                            "team",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="volunteers.team",
                                verbose_name="team",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="organiser",
                            ),
                        ),
                        (
                            "project",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="events",
                                to="volunteers.project",
                                verbose_name="project",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "event",
                        "verbose_name_plural": "events",
                        "ordering": ["starts_at", "id"],
                        "indexes": [
                            models.Index(fields=["state", "starts_at"], name="event_by_day"),
                            models.Index(fields=["unit", "starts_at"], name="event_of_unit"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["cancelled", "draft", "finished", "published"])),
                                name="event_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="event_ends_after_it_begins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lat", None), ("lon", None)),
                                    models.Q(("lat__isnull", False), ("lon__isnull", False)),
                                    _connector="OR",
                                ),
                                name="event_place_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "draft"), ("published_at__isnull", False), _connector="OR"
                                ),
                                name="event_published_has_its_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Shift",
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
                        ("starts_at", models.DateTimeField(verbose_name="starts at")),
                        ("ends_at", models.DateTimeField(verbose_name="ends at")),
                        ("needed", models.PositiveSmallIntegerField(verbose_name="most people")),
                        ("minimum", models.PositiveSmallIntegerField(default=1, verbose_name="fewest people")),
                        ("secret", models.CharField(max_length=64, verbose_name="secret of the code on site")),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shifts",
                                to="volunteers.event",
                                verbose_name="event",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "shift",
                        "verbose_name_plural": "shifts",
                        "ordering": ["starts_at", "id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="shift_ends_after_it_begins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("minimum__gte", 1), ("minimum__lte", models.F("needed")), ("needed__gte", 1)
                                ),
                                name="shift_room_is_possible",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Volunteer",
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
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        (
                            "sex",
                            models.CharField(
                                blank=True,
                                choices=[("", "not said"), ("female", "female"), ("male", "male")],
                                default="",
                                max_length=10,
                                verbose_name="sex",
                            ),
                        ),
                        ("birth_on", models.DateField(null=True, verbose_name="date of birth")),
                        (
                            "id_type",
                            models.CharField(
                                choices=[
                                    ("resident", "resident identity card"),
                                    ("hk_macao", "mainland travel permit, Hong Kong and Macao"),
                                    ("taiwan", "mainland travel permit, Taiwan"),
                                    ("passport", "passport"),
                                    ("foreigner", "permanent residence card of a foreigner"),
                                ],
                                default="resident",
                                max_length=20,
                                verbose_name="identity paper",
                            ),
                        ),
                        (
                            "id_sealed",
                            models.TextField(blank=True, verbose_name="number of the identity paper, sealed"),
                        ),
                        (
                            "id_last4",
                            models.CharField(blank=True, max_length=4, verbose_name="last four of the number"),
                        ),
                        (
                            "id_print",
                            models.CharField(
                                max_length=64, null=True, unique=True, verbose_name="keyed digest of the number"
                            ),
                        ),
                        ("phone", models.CharField(blank=True, db_index=True, max_length=30, verbose_name="phone")),
                        ("consent_at", models.DateTimeField(null=True, verbose_name="consent given at")),
                        ("guardian_name", models.CharField(blank=True, max_length=60, verbose_name="guardian")),
                        (
                            "guardian_phone",
                            models.CharField(blank=True, max_length=30, verbose_name="phone of the guardian"),
                        ),
                        ("guardian_consent_at", models.DateTimeField(null=True, verbose_name="guardian agreed at")),
                        ("registered_on", models.DateField(verbose_name="registered on")),
                        ("left_at", models.DateTimeField(null=True, verbose_name="left at")),
                        (
                            "account",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="volunteer",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account",
                            ),
                        ),
                        (
                            "areas",
                            models.ManyToManyField(
                                blank=True, related_name="+", to="organisation.unit", verbose_name="serves in"
                            ),
                        ),
                        (
                            "home",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="lives in",
                            ),
                        ),
                        (
                            "skills",
                            models.ManyToManyField(
                                blank=True, related_name="volunteers", to="volunteers.skill", verbose_name="skills"
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="registered with",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "volunteer",
                        "verbose_name_plural": "volunteers",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("consent_at__isnull", False), ("left_at__isnull", False), _connector="OR"
                                ),
                                name="volunteer_has_agreed_or_left",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("guardian_consent_at", None),
                                    models.Q(
                                        models.Q(("guardian_name", ""), _negated=True),
                                        models.Q(("guardian_phone", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="volunteer_guardian_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("id_last4", ""), ("id_print", None), ("id_sealed", "")),
                                    models.Q(models.Q(("id_sealed", ""), _negated=True), ("id_print__isnull", False)),
                                    _connector="OR",
                                ),
                                name="volunteer_id_is_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignUp",
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
                            "state",
                            models.CharField(
                                choices=[
                                    ("signed", "signed up"),
                                    ("waiting", "on the waiting list"),
                                    ("cancelled", "cancelled"),
                                ],
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "code_digest",
                            models.CharField(max_length=64, unique=True, verbose_name="digest of the code"),
                        ),
                        ("at", models.DateTimeField(verbose_name="signed up at")),
                        ("moved_up_at", models.DateTimeField(null=True, verbose_name="moved up at")),
                        ("cancelled_at", models.DateTimeField(null=True, verbose_name="cancelled at")),
                        ("reason", models.CharField(blank=True, max_length=400, verbose_name="reason")),
                        (
                            "shift",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signups",
                                to="volunteers.shift",
                                verbose_name="shift",
                            ),
                        ),
                        (
                            "volunteer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signups",
                                to="volunteers.volunteer",
                                verbose_name="volunteer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "sign-up",
                        "verbose_name_plural": "sign-ups",
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["shift", "state", "id"], name="signup_of_shift")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("cancelled_at", None)),
                                fields=("shift", "volunteer"),
                                name="signup_open_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("cancelled_at__isnull", False), ("state", "cancelled")),
                                    models.Q(("cancelled_at", None), ("state__in", ["signed", "waiting"])),
                                    _connector="OR",
                                ),
                                name="signup_cancelled_has_its_moment",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ServiceRecord",
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
                        ("title", models.CharField(max_length=100, verbose_name="activity")),
                        ("content", models.CharField(blank=True, max_length=400, verbose_name="what was done")),
                        ("place", models.CharField(max_length=200, verbose_name="place")),
                        ("in_charge", models.CharField(blank=True, max_length=60, verbose_name="person in charge")),
                        ("starts_at", models.DateTimeField(verbose_name="from")),
                        ("ends_at", models.DateTimeField(verbose_name="to")),
                        ("halves", models.PositiveSmallIntegerField(verbose_name="half hours served")),
                        (
                            "state",
                            models.CharField(
                                choices=[("valid", "valid"), ("replaced", "replaced"), ("void", "void")],
                                default="valid",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=400, verbose_name="reason")),
                        ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="replaced or voided at")),
                        (
                            "order",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="records",
                                to="volunteers.order",
                                verbose_name="order",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="recorded by",
                            ),
                        ),
                        (
                            "replaces",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="volunteers.servicerecord",
                                verbose_name="replaces",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="organiser",
                            ),
                        ),
                        (
                            "shift",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="records",
                                to="volunteers.shift",
                                verbose_name="shift",
                            ),
                        ),
                        (
                            "volunteer",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="records",
                                to="volunteers.volunteer",
                                verbose_name="volunteer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "record of service",
                        "verbose_name_plural": "records of service",
                        "ordering": ["starts_at", "id"],
                        "indexes": [
                            models.Index(fields=["volunteer", "starts_at"], name="record_of_volunteer"),
                            models.Index(
                                condition=models.Q(("state", "valid")),
                                fields=["unit", "starts_at"],
                                name="record_of_unit",
                            ),
                            models.Index(
                                condition=models.Q(("state", "valid")), fields=["starts_at"], name="record_by_day"
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["replaced", "valid", "void"])),
                                name="record_state_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="record_ends_after_it_begins",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("halves__gte", 1), ("halves__lte", 48)),
                                name="record_has_half_an_hour",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("shift", None), ("order", None), _connector="OR"),
                                name="record_is_of_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("state", "valid")),
                                    models.Q(models.Q(("state", "valid"), _negated=True), ("ended_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="record_valid_until_it_ends",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "valid")),
                                fields=("volunteer", "starts_at"),
                                name="record_begins_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Membership",
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
                        ("since", models.DateField(verbose_name="since")),
                        ("until", models.DateField(null=True, verbose_name="until")),
                        (
                            "team",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="volunteers.team",
                                verbose_name="team",
                            ),
                        ),
                        (
                            "volunteer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="memberships",
                                to="volunteers.volunteer",
                                verbose_name="volunteer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "membership of a team",
                        "verbose_name_plural": "memberships of teams",
                        "ordering": ["since", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)),
                                fields=("volunteer", "team"),
                                name="membership_open_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="membership_ends_after_it_begins",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Certificate",
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
                        ("number", models.CharField(max_length=20, unique=True, verbose_name="number")),
                        ("year", models.PositiveSmallIntegerField(verbose_name="year of the number")),
                        ("serial", models.PositiveIntegerField(verbose_name="serial number")),
                        ("code", models.CharField(max_length=12, unique=True, verbose_name="verification code")),
                        ("content", models.JSONField(verbose_name="content")),
                        ("digest", models.CharField(max_length=64, verbose_name="digest of the content")),
                        ("halves", models.PositiveIntegerField(verbose_name="half hours served")),
                        ("issued_at", models.DateTimeField(verbose_name="issued at")),
                        ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked at")),
                        ("revoke_reason", models.CharField(blank=True, max_length=400, verbose_name="reason")),
                        (
                            "issued_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="issued by, the person",
                            ),
                        ),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="revoked by",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="organisation.unit",
                                verbose_name="issued by",
                            ),
                        ),
                        (
                            "records",
                            models.ManyToManyField(
                                related_name="certificates",
                                to="volunteers.servicerecord",
                                verbose_name="records of service",
                            ),
                        ),
                        (
                            "volunteer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="certificates",
                                to="volunteers.volunteer",
                                verbose_name="volunteer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "certificate of service",
                        "verbose_name_plural": "certificates of service",
                        "ordering": ["-year", "-serial"],
                        "constraints": [
                            models.UniqueConstraint(fields=("year", "serial"), name="certificate_serial_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attendance",
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
                        ("arrived_at", models.DateTimeField(verbose_name="arrived at")),
                        ("left_at", models.DateTimeField(null=True, verbose_name="left at")),
                        ("how", models.CharField(max_length=10, verbose_name="how it is known")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="entered by",
                            ),
                        ),
                        (
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attendances",
                                to="volunteers.shift",
                                verbose_name="shift",
                            ),
                        ),
                        (
                            "volunteer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attendances",
                                to="volunteers.volunteer",
                                verbose_name="volunteer",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "attendance",
                        "verbose_name_plural": "attendances",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("shift", "volunteer"), name="attendance_once_per_shift"),
                            models.CheckConstraint(
                                condition=models.Q(("how__in", ["code", "leader"])), name="attendance_is_known_somehow"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_at", None), ("left_at__gte", models.F("arrived_at")), _connector="OR"
                                ),
                                name="attendance_ends_after_it_begins",
                            ),
                        ],
                    },
                ),
            ]
        )
    ]
