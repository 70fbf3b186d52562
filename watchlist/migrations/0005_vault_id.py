"""Entries get a name for their key that never comes twice; those that exist keep theirs, which was their number."""

import watchlist.models
from django.db import migrations, models


def keep_numbers(apps, schema_editor):
    for entry in apps.get_model("watchlist", "Entry").objects.only("pk").iterator():
        type(entry).objects.filter(pk=entry.pk).update(vault_id=str(entry.pk))


class Migration(migrations.Migration):
    dependencies = [("watchlist", "0004_evaluation")]
    operations = [
        migrations.AddField("entry", "vault_id", models.CharField(max_length=36, null=True, editable=False)),
        migrations.RunPython(keep_numbers, migrations.RunPython.noop),
        migrations.AlterField(
            "entry",
            "vault_id",
            models.CharField(default=watchlist.models.new_vault_id, editable=False, max_length=36, unique=True),
        ),
    ]
