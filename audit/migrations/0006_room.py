import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit import triggers


def install_anew(apps, schema_editor):
    """On SQLite a column that changes makes a new table, without the triggers of the old one."""
    remove(apps, schema_editor)
    triggers.install(schema_editor.connection, (triggers.RECORDS, triggers.REVIEWS))


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection, (triggers.RECORDS, triggers.REVIEWS))


def install_as_before(apps, schema_editor):
    triggers.install(schema_editor.connection, (triggers.RECORDS,))


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0005_chain'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Undone, this comes last: the records' own triggers are there again.
        migrations.RunPython(migrations.RunPython.noop, install_as_before),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=30)),
                ('key', models.CharField(max_length=200)),
                ('actor_id', models.BigIntegerField(null=True)),
                ('actor_name', models.CharField(max_length=200)),
                ('school', models.CharField(blank=True, max_length=120)),
                ('words', models.CharField(max_length=400)),
                ('count', models.PositiveIntegerField(default=1)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('found_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-first_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='WeeklyReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.CharField(help_text='ISO 8601, such as 2026-W47.', max_length=8)),
                ('officer_name', models.CharField(max_length=200)),
                ('note', models.CharField(max_length=1000)),
                ('pointed_out', models.JSONField(default=list, help_text='The sentences that were ticked, as they were then.')),
                ('log_state', models.CharField(help_text='What the room said of the log when it was signed.', max_length=400)),
                ('signed_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-week', 'pk'],
                'abstract': False,
            },
        ),
        migrations.AlterField(
            model_name='accessrecord',
            name='action',
            field=models.CharField(max_length=60),
        ),
        migrations.AddIndex(
            model_name='accessrecord',
            index=models.Index(fields=['school', 'at'], name='audit_school_at'),
        ),
        migrations.AddIndex(
            model_name='accessrecord',
            index=models.Index(fields=['about', 'at'], name='audit_about_at'),
        ),
        migrations.AddIndex(
            model_name='accessrecord',
            index=models.Index(fields=['action', 'at'], name='audit_action_at'),
        ),
        migrations.AddIndex(
            model_name='accessrecord',
            index=models.Index(condition=models.Q(('result', 'refused')), fields=['at'], name='audit_refused_at'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['first_at'], name='finding_first_at'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('rule', 'key'), name='finding_once'),
        ),
        migrations.AddField(
            model_name='weeklyreview',
            name='findings',
            field=models.ManyToManyField(related_name='reviews', to='audit.finding'),
        ),
        migrations.AddField(
            model_name='weeklyreview',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='weeklyreview',
            constraint=models.UniqueConstraint(fields=('week', 'officer'), name='review_once_per_week_and_officer'),
        ),
        migrations.RunPython(install_anew, remove),
    ]
