from django.db import migrations, models

from audit import triggers


def install_anew(apps, schema_editor):
    """What is older than six years and behind a checkpoint may be deleted now, and nothing else."""
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, (triggers.CHECKPOINTS,))


def install_as_before(apps, schema_editor):
    triggers.install(schema_editor.connection, (triggers.RECORDS, triggers.LINKS))


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_room'),
    ]

    operations = [
        # Undone, this comes last: without checkpoints nothing at all may be deleted again.
        migrations.RunPython(migrations.RunPython.noop, install_as_before),
        migrations.CreateModel(
            name='AccessCheckpoint',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.CharField(max_length=64)),
                ('until', models.CharField(max_length=27)),
                ('at', models.CharField(max_length=27)),
                ('key', models.CharField(max_length=16)),
                ('signature', models.CharField(max_length=128)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RunPython(install_anew, remove),
    ]
