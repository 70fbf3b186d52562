"""Wrapped keys move from the table into the key folder, where no restored database brings them back.

Crash-safe: files are written (and synced) before the table is dropped, and what was moved already is only compared.
"""

from django.db import migrations


def move_keys(apps, schema_editor):
    from retention import keyfolder
    from retention.disk import write_new
    from retention.keys import Unreadable, key_ring, master_seal, opened_by

    rows = apps.get_model("retention", "DataKey").objects.all()
    if not rows.exists():
        return
    for row in rows.iterator():
        try:
            key = opened_by(key_ring(), bytes(row.wrapped), row.owner)
        except Unreadable as error:
            raise Unreadable(f"{error} Set the right master key and run migrate again: nothing is lost.") from None
        try:
            write_new(keyfolder.path_of(row.owner), master_seal(key, row.owner))
        except FileExistsError:
            if keyfolder.read_key(row.owner) != key:
                raise Unreadable(f"There is another key of {row.owner} in the key folder already.") from None


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial")]
    operations = [migrations.RunPython(move_keys, migrations.RunPython.noop, elidable=False)]
