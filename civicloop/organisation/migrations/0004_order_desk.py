from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0003_preference")]
    operations = [
        migrations.AlterField(
            model_name="appointment",
            name="role",
            field=models.CharField(
                choices=[
                    ("reporter", "reporter"),
                    ("filer", "filer"),
                    ("dispatcher", "dispatcher"),
                    ("unit_handler", "unit handler"),
                    ("unit_leader", "unit leader"),
                    ("verifier", "verifier"),
                    ("supervisor", "supervisor"),
                    ("auditor", "auditor"),
                    ("system_admin", "system administrator"),
                    ("security_admin", "security administrator"),
                    ("audit_admin", "audit administrator"),
                    ("sponsor", "sponsor leader"),
                    ("grid_worker", "grid worker"),
                    ("inspector", "inspector"),
                    ("order_desk", "order desk of the volunteer centre"),
                ],
                max_length=20,
                verbose_name="role",
            ),
        ),
    ]
