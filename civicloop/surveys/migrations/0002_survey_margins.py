"""People by several features, by which answers are raked."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="survey",
            name="margins",
            field=models.JSONField(default=dict, verbose_name="people by feature"),
        ),
    ]
