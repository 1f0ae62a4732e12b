from django.db import migrations, models


class Migration(migrations.Migration):
    """A team may rest on public holidays; those that are there serve on them, as they did."""

    dependencies = [("volunteers", "0006_days_away")]

    operations = [
        migrations.AddField(
            "team", "on_holidays", models.BooleanField(default=True, verbose_name="serves on public holidays")
        ),
    ]
