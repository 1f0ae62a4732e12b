from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_closed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["source", "-reported_at", "-id"], name="case_source_newest"),
        ),
    ]
