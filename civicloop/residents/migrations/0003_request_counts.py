from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0002_open311")]

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="digest")),
                ("begun_ms", models.BigIntegerField(db_index=True, verbose_name="begun")),
                ("times", models.BigIntegerField(verbose_name="how often")),
            ],
            options={"verbose_name": "count of requests", "verbose_name_plural": "counts of requests"},
        ),
    ]
