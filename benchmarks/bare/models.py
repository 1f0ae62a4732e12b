from django.db import models


class Row(models.Model):
    """What came in."""

    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        app_label = "bare"
        db_table = "bare_row"

    def __str__(self) -> str:
        return f"{self.pk}"
