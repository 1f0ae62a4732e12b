"""A display that is entered waits to be put up; “planned” means something else of inspections."""

from __future__ import annotations

from django.db import migrations, models

from civicloop.publicity.rules.display import DisplayState

WORDS = [
    (DisplayState.PLANNED, "to be put up"),
    (DisplayState.IN_USE, "in use"),
    (DisplayState.BROKEN, "broken"),
    (DisplayState.TAKEN_DOWN, "taken down"),
]


class Migration(migrations.Migration):
    dependencies = [("publicity", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="display",
            name="state",
            field=models.CharField(choices=WORDS, default=DisplayState.PLANNED, max_length=20, verbose_name="state"),
        ),
    ]
