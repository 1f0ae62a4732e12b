from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0003_request_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="open311key",
            name="ending",
            field=models.CharField(blank=True, default="", max_length=4, verbose_name="last characters"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="open311key",
            name="contact",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="whom to ask"),
            preserve_default=False,
        ),
    ]
