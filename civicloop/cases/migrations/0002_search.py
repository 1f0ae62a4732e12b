from django.db import migrations

from civicloop.cases import search


def _run(schema_editor, postgresql, sqlite):
    with schema_editor.connection.cursor() as cursor:
        for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
            cursor.execute(statement)


def install(apps, schema_editor):
    _run(schema_editor, search.POSTGRESQL, search.SQLITE)


def remove(apps, schema_editor):
    _run(schema_editor, search.POSTGRESQL_BACK, search.SQLITE_BACK)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
