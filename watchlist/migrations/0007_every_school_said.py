"""What an empty list of schools meant so far is said from now on; students are looked for only where a district says so."""

from django.db import migrations


def say_every_school(apps, schema_editor):
    Entry = apps.get_model("watchlist", "Entry")
    # An ended entry is looked for nowhere, whatever it says.
    Entry.objects.filter(schools__isnull=True).update(every_school=True)


def switch_students_off(apps, schema_editor):
    apps.get_model("watchlist", "Category").objects.filter(slug="suspended-student").update(enabled=False)


class Migration(migrations.Migration):
    dependencies = [("watchlist", "0006_desk")]
    operations = [
        migrations.RunPython(say_every_school, migrations.RunPython.noop),
        migrations.RunPython(switch_students_off, migrations.RunPython.noop),
    ]
