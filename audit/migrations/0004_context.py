from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_no_replace")]
    operations = [
        migrations.AddField("accessrecord", "school", models.CharField(blank=True, default="", max_length=120), preserve_default=False),
        migrations.AddField("accessrecord", "about", models.CharField(blank=True, default="", max_length=40), preserve_default=False),
        migrations.AddField("accessrecord", "grant", models.CharField(blank=True, default="", max_length=300), preserve_default=False),
    ]
