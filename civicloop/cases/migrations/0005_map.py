import django.db.models
from django.db import migrations, models

from civicloop.cases import mapsql
from civicloop.cases.mapcounts import count_all


def install(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for statement in mapsql.POSTGRESQL if schema_editor.connection.vendor == "postgresql" else mapsql.SQLITE:
            cursor.execute(statement)
        count_all(cursor)


def remove(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for statement in (
            mapsql.POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else mapsql.SQLITE_BACK
        ):
            cursor.execute(statement)


COUNTS = [
    ("unit", models.BigIntegerField(verbose_name="unit")),
    ("cell", models.BigIntegerField(verbose_name="cell")),
    ("open", models.IntegerField(default=0, verbose_name="open")),
    ("late", models.IntegerField(default=0, verbose_name="overdue")),
    ("closed", models.IntegerField(default=0, verbose_name="closed")),
    ("whole", models.IntegerField(default=0, verbose_name="all")),
    ("touched", models.IntegerField(default=0, verbose_name="changes")),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_desk")]
    operations = [
        migrations.CreateModel(
            name="MapCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "unit", "cell", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                *COUNTS,
                ("level", models.PositiveSmallIntegerField(verbose_name="zoom")),
            ],
            options={
                "verbose_name": "count of the map",
                "verbose_name_plural": "counts of the map",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level__in", (10, 14, 18))), name="map_count_level_is_kept"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MapChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                *COUNTS,
            ],
            options={
                "verbose_name": "change of the map",
                "verbose_name_plural": "changes of the map",
                "indexes": [models.Index(fields=["unit", "cell"], name="map_change_place")],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="late_for",
            field=models.DateTimeField(editable=False, null=True, verbose_name="counted as overdue for"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=django.db.models.Q(("ended_at", None)), fields=["tile_key"], name="case_open_place"
            ),
        ),
        migrations.RunPython(install, remove),
    ]
