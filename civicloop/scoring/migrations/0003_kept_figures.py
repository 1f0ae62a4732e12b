from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_daily_figure")]
    operations = [
        migrations.CreateModel(
            name="KeptFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
                ("as_of", models.DateTimeField(verbose_name="as of")),
                ("content", models.JSONField(default=dict, verbose_name="figures")),
            ],
            options={"verbose_name": "kept figures", "verbose_name_plural": "kept figures"},
        ),
    ]
