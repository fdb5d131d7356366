"""PostgreSQL tried to compress roster.csv for seconds, without getting it smaller: the hash of a person has nothing to compress."""

from django.db import migrations


def _store(schema_editor, storage):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE draws_drawfile ALTER COLUMN content SET STORAGE {storage}")


def as_they_are(_apps, schema_editor):
    _store(schema_editor, "EXTERNAL")


def compressed(_apps, schema_editor):
    _store(schema_editor, "EXTENDED")


class Migration(migrations.Migration):
    dependencies = [
        ("draws", "0008_longer_file_names"),
    ]

    operations = [
        migrations.RunPython(as_they_are, compressed, elidable=False),
    ]
