from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("lockport", "0001_initial")]

    # What was broken before there was anybody to ring at stays on the pages, and is not sent days later.
    operations = [
        migrations.AddField("brokenglass", "told", models.BooleanField(default=True, editable=False)),
        migrations.AlterField("brokenglass", "told", models.BooleanField(default=False, editable=False)),
    ]
