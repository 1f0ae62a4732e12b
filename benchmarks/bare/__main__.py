"""`python -m benchmarks.bare`: make the table."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"
django.setup()

from django.db import connection  # noqa: E402  (Django is ready now)

from benchmarks.bare.models import Row  # noqa: E402

with connection.schema_editor() as editor:
    editor.create_model(Row)
