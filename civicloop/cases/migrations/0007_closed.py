from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_waiting"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="case_closed"
            ),
        ),
    ]
