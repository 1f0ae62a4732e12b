from django.db import migrations, models


class Migration(migrations.Migration):
    """Receipts are found by age: their days end."""

    dependencies = [("loops", "0002_presence")]

    operations = [
        migrations.AddIndex("receipt", models.Index(fields=["created_at"], name="receipt_oldest")),
    ]
