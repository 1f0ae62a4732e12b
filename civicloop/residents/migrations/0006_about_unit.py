import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_preference"),
        ("residents", "0005_followers"),
    ]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="about_unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisation.unit",
                verbose_name="about the unit",
            ),
        ),
    ]
