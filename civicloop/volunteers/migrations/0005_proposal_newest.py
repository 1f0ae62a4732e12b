from django.db import migrations, models


class Migration(migrations.Migration):
    """The open proposal is found at once, and old ones by their age."""

    dependencies = [("volunteers", "0004_applications")]

    operations = [
        migrations.AddIndex("proposal", models.Index(fields=["state", "made_at"], name="proposal_newest")),
    ]
