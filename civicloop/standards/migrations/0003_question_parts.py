from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("standards", "0002_inspection"),
    ]

    operations = [
        migrations.AddField(
            model_name="question",
            name="part",
            field=models.CharField(
                choices=[
                    ("asked", "asked of people"),
                    ("notice", "only says something"),
                    ("server_set", "filled in by programs"),
                    ("hidden_field", "sent by programs, hidden"),
                ],
                default="asked",
                max_length=12,
                verbose_name="who answers",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="hint",
            field=models.CharField(blank=True, max_length=200, verbose_name="how to answer"),
        ),
        migrations.AddField(
            model_name="question",
            name="hint_en",
            field=models.CharField(blank=True, max_length=200, verbose_name="how to answer, in English"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("part", "notice"), _negated=True) | models.Q(("required", False)),
                name="question_notice_needs_no_answer",
            ),
        ),
    ]
