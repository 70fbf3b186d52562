"""Install the triggers anew: SQLite's INSERT OR REPLACE got past the first ones."""

from django.db import migrations

from audit import triggers


def install_anew(apps, schema_editor):
    triggers.install(schema_editor.connection, (triggers.RECORDS,))


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunPython(install_anew, migrations.RunPython.noop)]
